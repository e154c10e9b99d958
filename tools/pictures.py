"""Takes the pictures that are committed: two of the README, and those of the page for curators.

``python -m tools.pictures site`` is what ``make pictures`` calls; look at them before you commit them.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from generator.site.rendering.markdown import PICTURES
from tests.conftest import BROWSER_ARGUMENTS
from tests.loopback import serving
from tools import browser

CLONE = Path(__file__).parents[1]
HERE = "outline: 3px solid var(--accent); outline-offset: 5px; border-radius: 2px"
"""How a picture points at a thing."""


@dataclass(frozen=True)
class Shot:
    """One picture."""

    file: str
    address: str
    size: tuple[int, int]
    clip: Sequence[str] = ()
    """Selectors of what is to be seen, with a margin; empty: what is seen without scrolling."""
    here: Sequence[str] = ()
    """Selectors of what is pointed at."""
    dark: bool = False
    sharp: float = 1
    """Pixels of the picture for one of the page."""


def shots(day: str, paper: str) -> list[Shot]:
    """List the pictures of a digest; `day` has picks, `paper` is one of them."""
    content = f"content/{PICTURES}"
    return [
        Shot("docs/front-page.png", "", (1280, 900)),
        Shot("docs/search-on-a-phone.png", "search/?q=cache", (390, 780), dark=True),
        Shot(
            f"{content}/edit-this-page.webp", day, (820, 900), (".card >> nth=-1", ".foot"),
            ("footer a[href*='/edit/']",), sharp=1.5,
        ),
        Shot(
            f"{content}/a-pick-with-its-note.webp", day, (820, 900), (".card.pick >> nth=0", ".card.pick >> nth=1"),
            sharp=1.25,
        ),
        Shot(
            f"{content}/correct-a-field.webp", paper, (820, 900), (".choice", ".facts"),
            (".choice a[href*='/edit/']", ".facts a[href$='corrections.yml']"), sharp=1.5,
        ),
    ]  # fmt: skip


def take(chromium: Browser, site: str, shot: Shot) -> Image.Image:
    """Take one picture."""
    width, height = shot.size
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.dark else "light",
        device_scale_factor=shot.sharp,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(site + shot.address, wait_until="networkidle")
    for selector in shot.here:
        page.locator(selector).first.evaluate("(element, style) => element.style.cssText += style", HERE)
    boxes = [page.locator(selector).first.bounding_box() for selector in shot.clip]
    known = [box for box in boxes if box]
    if not known:
        data = page.screenshot()
    else:
        top, bottom = min(box["y"] for box in known), max(box["y"] + box["height"] for box in known)
        left, right = min(box["x"] for box in known), max(box["x"] + box["width"] for box in known)
        margin = 16
        data = page.screenshot(
            full_page=True,
            clip={
                "x": max(0, left - margin),
                "y": top - margin,
                "width": min(width, right + margin) - max(0, left - margin),
                "height": bottom - top + 2 * margin,
            },
        )
    context.close()
    return Image.open(BytesIO(data)).convert("RGB")


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture in few bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        picture.quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)
    else:
        picture.save(path, "WEBP", quality=60, method=6)


def main(site: Path) -> int:
    """Take all pictures of `site`, this repository's digest; return 0, or 1 where there is no browser or no site."""
    executable = browser.find()
    if executable is None or not (site / "index.html").is_file():
        print(f"no browser, or no site in {site}", file=sys.stderr)
        return 1
    with sync_playwright() as playwright, serving(site, "/digest/") as address:
        chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
        for shot in shots("days/2026-06-02/", "papers/2411.05007/"):
            picture = take(chromium, address, shot)
            save(picture, CLONE / shot.file)
            print(f"{shot.file}: {picture.width} x {picture.height}, {(CLONE / shot.file).stat().st_size:,} bytes")
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
