"""Every template in a real browser, phone and desktop, light and dark: no barrier, no complaint, no sideways scroll."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from generator.site.build import build
from tests.conftest import Sample, is_local
from tests.digest_folder import sample_records, write_digest
from tools.screenshots import LOST, SIZES, kinds

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY = {"runOnly": TAGS, "resultTypes": ["violations"]}
COLOURS_ONLY = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def address(sample: Sample, serve: Callable[..., str]) -> str:
    """The sample, served where its configuration says, for the page of lost readers has no relative address."""
    return serve(sample.site.folder, "/digest/")


@pytest.fixture(params=SIZES)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page on a screen of that size."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", has_touch=request.param == "phone"
    )
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


def _barriers(page: Page) -> list[str]:
    """Return what axe finds on a page in light colours, and in dark ones, where only the colours are others."""
    found = []
    page.evaluate(Axe().axe_script)  # half a megabyte, for both
    for colours, rules in (("light", EVERY), ("dark", COLOURS_ONLY)):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]  # one of its words
        violations = page.evaluate("rules => axe.run(rules).then(found => found.violations)", rules)
        found += [f"{colours}: {rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in violations]
    return found


def test_every_kind_of_page_is_looked_at(sample: Sample) -> None:
    heads = (path.read_text("utf-8")[:400] for path in sample.site.folder.rglob("index.html"))
    found = {match[1] for head in heads if (match := re.search(r'<html[^>]* class="k-([^"]*)"', head))}
    assert len(found) >= 16
    assert kinds(sample.site.folder).keys() >= found


def test_no_template_has_a_barrier_a_complaint_or_a_sideways_scroll(look: Page, address: str, sample: Sample) -> None:
    problems: list[str] = []
    look.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    look.on("pageerror", lambda error: problems.append(str(error)))
    look.on("request", lambda request: None if is_local(request.url) else problems.append(request.url))
    for kind, page in kinds(sample.site.folder).items():
        before = len(problems)
        look.goto(address + page)
        if page == LOST:
            del problems[before:]  # that it leads nowhere, the console may say
        if kind == "search-results":
            look.locator("#results h3").first.wait_for()
        over = look.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        problems += [f"{kind}: scrolls {over} px sideways"] if over else []
        # What lies under the bar at a phone's lower edge is out of reach only until one scrolls.
        look.add_style_tag(content=".pager { position: static !important }")
        problems += [f"{kind}: {found}" for found in _barriers(look)]
    assert problems == []


@pytest.fixture(scope="module")
def trending(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> str:
    """The page of what trends, of a digest in which two papers do."""
    folder = tmp_path_factory.mktemp("trending")
    papers = sample_records(3, a_day=1)
    days = {one["listed"][0]["date"]: {"curator": "editors", "picks": [{"id": one["id"]}]} for one in papers}
    build(write_digest(folder / "root", papers, digests=days), folder / "site", jobs=1)
    return f"{serve(folder / 'site')}trending/"


def test_page_of_what_trends_has_no_barrier_when_something_does(look: Page, trending: str) -> None:
    look.goto(trending)
    expect(look.locator(".card")).to_have_count(2)
    expect(look.locator(".why").first).to_contain_text("Picked by editors on ")
    assert _barriers(look) == []


def test_search_is_one_step_away_without_scrolling(look: Page, address: str) -> None:
    for place in ("", "days/", "trending/"):
        look.goto(address + place)
        way = look.locator(".top nav a[href$='search/'], .top .quick input")
        box = way.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= look.evaluate("document.documentElement.clientWidth")
        way.click(trial=True)


def test_a_font_that_comes_late_moves_nothing(look: Page, address: str) -> None:
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    look.route("**/*.woff2", hold)
    look.add_init_script(
        "window.moved = 0;"
        "new PerformanceObserver(list => list.getEntries().forEach(entry => { moved += entry.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for path in ("", "days/"):
        look.goto(f"{address}{path}", wait_until="domcontentloaded")
        look.wait_for_timeout(500)  # longer than any browser waits for such a font
        while late:
            late.pop().continue_()
        look.evaluate("document.fonts.ready.then(() => true)")
        look.wait_for_timeout(300)
        assert look.evaluate("moved") < 0.01, path


def test_opened_parts_have_no_barrier_either(look: Page, address: str) -> None:
    """What is saved, the help, what unfolds, the filters, the reading list with papers on it."""
    look.goto(f"{address}topics/scheduling/")
    look.locator(".card").first.hover()
    look.locator(".card .save").first.click()
    look.locator("h1").hover()
    found = _barriers(look)
    look.keyboard.press("?")
    found += _barriers(look)
    look.goto(f"{address}reading-list/")
    look.locator("#saved .card").wait_for()
    found += _barriers(look)
    look.goto(f"{address}papers/math-0211159/")
    look.click("text=Cite")
    found += _barriers(look)
    look.goto(f"{address}search/?q=study&picked=yes&author=ada-invented-second")
    look.wait_for_selector("#results[aria-busy=false]")
    look.evaluate("document.querySelector('#narrow').open = true")
    look.locator("#filters select").first.wait_for()
    found += _barriers(look)
    assert found == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_reading_text_has_the_highest_contrast(
    look: Page, address: str, sample: Sample, colours: Literal["light", "dark"]
) -> None:
    look.emulate_media(color_scheme=colours)
    look.goto(f"{address}days/{max(sample.catalog.days)}/")
    found = Axe().run(look, context=".card h3, .note", options={"runOnly": ["color-contrast-enhanced"]})
    assert found.response["passes"]
    assert [rule["id"] for rule in found.response["violations"]] == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_choice_of_colours_is_kept_and_the_systems_comes_first(
    look: Page, address: str, colours: Literal["light", "dark"]
) -> None:
    def paper() -> str:
        return str(look.evaluate("getComputedStyle(document.documentElement).backgroundColor"))

    light, dark = "rgb(253, 252, 249)", "rgb(28, 26, 24)"
    look.emulate_media(color_scheme=colours)
    look.goto(address)
    assert paper() == {"light": light, "dark": dark}[colours]
    look.click("#palette")
    assert paper() == light
    look.click("#palette")
    assert paper() == dark
    look.goto(f"{address}days/")
    assert paper() == dark
