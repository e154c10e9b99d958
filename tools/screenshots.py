"""Pictures of every kind of page of a built site, on a phone and a desktop, light and dark; who looks at them decides.

``python -m tools.screenshots site screenshots`` is a step of ``make screenshots``.
"""

import re
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import BROWSER_ARGUMENTS
from tests.loopback import serving
from tools import browser

SIZES = {"phone": (360, 740), "desktop": (1280, 900)}
COLOURS = ("light", "dark")
LOST = "papers/nothing-is-here/"
_KIND = re.compile(r'<html [^>]*class="k-([\w-]+)"')
_HEAD = 400
"""Characters at the start of a page, in which its kind stands."""


def kinds(site: Path) -> dict[str, str]:
    """Return the address of one page of each kind: of those of a kind the longest among the first hundred."""
    found: dict[str, tuple[int, str]] = {}
    seen: dict[str, int] = {}
    for path in sorted(site.rglob("index.html")):
        with path.open(encoding="utf-8") as file:
            match = _KIND.search(file.read(_HEAD))
        if match is None:
            continue  # a redirect
        kind = match[1]
        seen[kind] = seen.get(kind, 0) + 1
        address = path.parent.relative_to(site).as_posix()
        if seen[kind] <= 100:
            found[kind] = max(found.get(kind, (0, "")), (path.stat().st_size, "" if address == "." else f"{address}/"))
    pages = {kind: address for kind, (_, address) in sorted(found.items())}
    if "search" in pages:
        pages["search-results"] = f"{pages['search']}?sort=date"
    return {**pages, "404": LOST}


def take(chromium: Browser, address: str, path: Path, size: str, colours: str) -> None:
    """Take a picture of what is seen of a page without scrolling, twice as high."""
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": 2 * height},
        color_scheme="dark" if colours == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=path)
    context.close()


def main(site: Path, folder: Path) -> int:
    """Take all pictures of `site` into `folder`; return 0, or 1 where there is no browser or no site."""
    executable = browser.find()
    if executable is None or not (site / "index.html").is_file():
        print(f"no browser, or no site in {site}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, serving(site, "/digest/") as address:
        chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
        pages = kinds(site)
        for (kind, page), size, colours in product(pages.items(), SIZES, COLOURS):
            take(chromium, address + page, folder / f"{kind}-{size}-{colours}.png", size, colours)
        chromium.close()
    print(f"{len(pages) * len(SIZES) * len(COLOURS)} pictures of {len(pages)} kinds of pages in {folder}/")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
