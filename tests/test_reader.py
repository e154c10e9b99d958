"""What a reader does besides searching: saves, copies, comes back, walks by keyboard, prints, shares."""

import gzip
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from generator.site.build import build
from tests.conftest import Sample
from tests.digest_folder import record, write_digest


@pytest.fixture
def address(sample: Sample, serve: Callable[..., str]) -> str:
    """The sample, served below a path as a project's pages are."""
    return serve(sample.site.folder, "/some/path/")


def _kept(page: Page, name: str) -> Any:
    """Return what the site keeps in this browser under `name`."""
    return json.loads(page.evaluate(f"localStorage.getItem('digest:/some/path/:{name}')") or "null")


def _save_first(page: Page) -> str:
    """Save the first card of a page; return its title."""
    card = page.locator(".card").first
    card.hover()
    card.locator(".save").click()
    return card.locator("h3").inner_text()


# The reading list


def test_saved_paper_is_on_the_reading_list_after_the_browser_was_elsewhere(page: Page, address: str) -> None:
    page.goto(address)
    title = _save_first(page)
    expect(page.locator(".card .save").first).to_have_attribute("aria-pressed", "true")
    page.goto(f"{address}topics/")
    page.click("nav >> text=Saved 1")
    expect(page.locator("#saved h3")).to_have_text([title])
    page.click("#saved h3 a")
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".paper .save")).to_have_text("saved")


def test_card_on_the_reading_list_says_what_it_said_where_it_was_saved(page: Page, address: str) -> None:
    page.goto(f"{address}topics/scheduling/")
    _save_first(page)
    before = page.locator(".card").first
    shown = [before.locator(part).all_inner_texts() for part in (".by a", ".cat", "time", ".meta a")]
    page.goto(f"{address}reading-list/")
    after = page.locator("#saved .card").first
    after.wait_for()
    assert [after.locator(part).all_inner_texts() for part in (".by a", ".cat", "time", ".meta a")] == shown


def test_paper_is_saved_from_its_own_page_and_by_key(page: Page, address: str) -> None:
    page.goto(f"{address}papers/math-0211159/")
    page.click(".paper .save")
    page.goto(f"{address}topics/mending/")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.goto(f"{address}reading-list/")
    expect(page.locator("#saved .card")).to_have_count(2)
    expect(page.locator("#saved .card h3").last).to_have_text("On what is invented")


def test_read_papers_stand_apart_and_removed_ones_are_gone(page: Page, address: str) -> None:
    page.goto(f"{address}topics/scheduling/")
    for number in range(2):
        page.locator(".card").nth(number).hover()
        page.locator(".card .save").nth(number).click()
    page.goto(f"{address}reading-list/")
    page.click("#saved .card:first-of-type >> text=mark read")
    expect(page.locator("#saved h2")).to_have_text(["To read", "Read"])
    expect(page.locator("#sum")).to_have_text("1 to read, 1 read")
    expect(page.locator("nav [data-list]")).to_have_text("Saved 1")
    page.locator("#saved >> text=remove").first.click()
    page.locator("#saved >> text=remove").first.click()
    expect(page.locator("#none")).to_be_visible()
    assert _kept(page, "list") == []


def test_exported_bibtex_is_that_of_the_papers_pages(page: Page, address: str) -> None:
    page.goto(f"{address}papers/math-0211159/")
    page.click(".paper .save")
    entry = page.locator("#bibtex").text_content()
    page.goto(f"{address}reading-list/")
    with page.expect_download() as download:
        page.click("text=Export BibTeX")
    assert Path(download.value.path()).read_text("utf-8").strip() == str(entry).strip()


def test_exported_list_can_be_imported_in_another_browser(
    page: Page, address: str, context: BrowserContext, tmp_path: Path
) -> None:
    page.goto(f"{address}topics/scheduling/")
    title = _save_first(page)
    page.goto(f"{address}reading-list/")
    with page.expect_download() as download:
        page.click("text=Export JSON")
    download.value.save_as(tmp_path / "list.json")
    page.evaluate("localStorage.clear()")
    page.reload()
    page.locator("#tools").wait_for()
    expect(page.locator("#saved .card")).to_have_count(0)
    page.set_input_files("#import", tmp_path / "list.json")
    expect(page.locator("#saved h3")).to_have_text([title])


@pytest.mark.parametrize(
    "written",
    [
        "no json",
        '{"a": 1}',
        '[{"address": "../../x", "title": "Up"}]',
        '[{"address": "1", "title": "<img src=x onerror=console.error(1)>", "code": "javascript:console.error(1)"}]',
    ],
)
def test_imported_file_of_anyone_does_no_harm(page: Page, address: str, tmp_path: Path, written: str) -> None:
    (tmp_path / "list.json").write_text(written, "utf-8")
    page.goto(f"{address}reading-list/")
    page.locator("#tools").wait_for()
    page.set_input_files("#import", tmp_path / "list.json")
    expect(page.locator("#sum")).not_to_have_text("")
    assert page.locator("#saved img, #saved [href^=javascript], #saved [href*='..']").count() == 0


def test_lists_of_two_sites_on_one_host_are_two(page: Page, sample: Sample, serve: Callable[..., str]) -> None:
    address = serve(sample.site.folder, "/some/path/")
    page.goto(f"{address}topics/scheduling/")
    _save_first(page)
    keys = page.evaluate("Object.keys(localStorage)")
    assert all("/some/path/" in key for key in keys if key.startswith("digest:"))
    assert any(key.endswith(":list") for key in keys)


# What is new


@pytest.fixture
def growing(tmp_path: Path) -> Callable[[int], Path]:
    """Build a digest of so many days, one paper a day, always in the same place."""

    def grow(days: int) -> Path:
        root = tmp_path / "root"
        shutil.rmtree(root, ignore_errors=True)
        papers = [record(f"arxiv:2512.0000{n}", f"Paper of day {n}", f"2025-12-0{n}") for n in range(1, days + 1)]
        build(write_digest(root, papers), tmp_path / "site", jobs=1)
        return tmp_path / "site"

    return grow


def test_new_is_what_came_since_the_last_visit_and_nothing_on_the_first(
    page: Page, context: BrowserContext, serve: Callable[..., str], growing: Callable[[int], Path]
) -> None:
    address = serve(growing(2))
    page.goto(address)
    expect(page.locator("#palette")).to_be_visible()
    assert page.locator(".new, .since").count() == 0
    growing(4)
    page.reload()  # still the same visit: it knows nothing older
    assert page.locator(".new, .since").count() == 0
    page.close()
    page = context.new_page()
    page.goto(address)
    # Seen was day 4 in the visit before: nothing is new.
    assert page.locator(".new").count() == 0
    growing(6)
    later = context.new_page()
    later.goto(address)
    expect(later.locator(".since")).to_contain_text("2 days")
    expect(later.locator(".since a")).to_have_text(["Sat 6 Dec", "Fri 5 Dec"])
    expect(later.locator(".card .new")).to_have_text(["new"])
    later.reload()
    expect(later.locator(".card .new")).to_have_text(["new"])
    later.goto(f"{address}months/2025-12/")
    expect(later.locator(".lines .new")).to_have_count(2)


# A paper


@pytest.mark.parametrize(("label", "suffix"), [("RIS", ".ris"), ("CSL-JSON", ".csl.json")])
def test_citations_of_a_list_are_unpacked_when_they_are_saved(
    page: Page, address: str, sample: Sample, label: str, suffix: str
) -> None:
    page.goto(f"{address}topics/systems/")
    with page.expect_download() as download:
        page.get_by_role("link", name=label, exact=True).click()
    assert download.value.suggested_filename == f"systems{suffix}"
    packed = sample.site.folder / f"topics/systems/papers{suffix}.gz"
    assert Path(download.value.path()).read_bytes() == gzip.decompress(packed.read_bytes())


def test_bibtex_is_copied_whole(page: Page, address: str, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}papers/math-0211159/")
    page.click("text=Cite")
    page.click("text=Copy")
    expect(page.locator(".copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == str(page.locator("#bibtex").text_content()).strip()
    assert copied.startswith("@misc{arxiv-math-0211159,")
    assert "eprint = {math/0211159}" in copied


def test_paper_leads_to_everyone_who_shows_it(sample: Sample) -> None:
    paper = next(paper for paper in sample.catalog.papers.values() if paper.doi)
    links = {a.get_text(): str(a["href"]) for a in sample.site.soup(f"papers/{paper.address}/").select(".links a")}
    number = paper.id.removeprefix("arxiv:")
    assert links["alphaXiv"] == f"https://www.alphaxiv.org/abs/{number}"
    assert links["Hugging Face"] == f"https://huggingface.co/papers/{number}"
    assert links["Semantic Scholar"].endswith(f"arXiv:{number}")
    assert {"arXiv", "PDF", "DOI"} <= links.keys()


def test_paper_leads_to_the_files_that_change_it(sample: Sample) -> None:
    picked = next(paper for paper in sample.catalog.papers.values() if paper.choices)
    links = [str(a["href"]) for a in sample.site.soup(f"papers/{picked.address}/").select("main a[href*='/edit/']")]
    day = picked.choices[0].date
    file = f"https://example.org/forge/digest/edit/main/content/digests/{day.year}/{day}.yml"
    assert [link for link in links if link.partition("#L")[0] == file and link.partition("#L")[2].isdigit()]
    assert "https://example.org/forge/digest/edit/main/content/corrections.yml" in links


def test_withdrawn_paper_says_so_first(page: Page, address: str, sample: Sample) -> None:
    paper = next(paper for paper in sample.catalog.papers.values() if paper.withdrawn)
    page.goto(f"{address}papers/{paper.address}/")
    expect(page.locator("h1 + .banner")).to_contain_text("Withdrawn by its authors")


# Days


def test_calendar_shows_of_every_day_how_much_there_was(sample: Sample) -> None:
    soup = sample.site.soup("days/")
    shown = {
        str(a["href"]).split("/")[-2]: int(a.small.find(string=True, recursive=False))  # type: ignore[union-attr,arg-type]
        for a in soup.select(".cal td a")
    }
    assert shown == {str(day): len(found.papers) for day, found in sample.catalog.days.items()}
    weekdays = {str(th.get_text()): at for at, th in enumerate(soup.select(".cal thead tr")[0].select("th"))}
    assert list(weekdays) == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    for row in soup.select(".cal tbody tr"):
        for at, cell in enumerate(row.select("td")):
            if cell.a:
                day = next(day for day in sample.catalog.days if str(day) in str(cell.a["href"]))
                assert day.weekday() == at


def test_arrow_keys_walk_from_day_to_day(page: Page, address: str, sample: Sample) -> None:
    days = list(sample.catalog.days)
    page.goto(f"{address}days/{days[3]}/")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{address}days/{days[4]}/")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(f"{address}days/{days[3]}/")


def test_passed_over_paper_says_why(page: Page, address: str, sample: Sample) -> None:
    day = next(day for day, found in sample.catalog.days.items() if found.passed)
    page.goto(f"{address}days/{day}/")
    expect(page.locator("h2 >> text=Passed over")).to_be_visible()
    expect(page.locator(".why")).to_have_text("Passed over: measures nothing")


# Keys, search from everywhere, subscribing


def test_keys_walk_unfold_open_and_explain(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    title = page.locator(".card h3").first.inner_text()
    assert page.evaluate("document.activeElement.textContent") == title
    page.keyboard.press("x")
    expect(page.locator(".card").first.locator(".abs")).to_have_attribute("open", "")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("next and previous paper")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page.locator("h1")).to_have_text(title)


def test_slash_and_words_search_from_any_page(page: Page, address: str) -> None:
    page.goto(f"{address}days/")
    page.keyboard.press("/")
    page.keyboard.type("by hand")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}search/?q=by+hand")
    expect(page.locator("#sum")).to_have_text("1 paper")


def test_box_for_mail_posts_to_the_configured_service_and_feeds_are_always_there(tmp_path: Path) -> None:
    papers = [record("arxiv:2512.00001", "One", "2025-12-01")]
    service = {"action": "https://example.org/list?u=1&id=2", "field": "EMAIL", "hidden": {"tag": '"7"'}}
    for number, config in enumerate([{}, {"subscribe": service}]):
        build(write_digest(tmp_path / f"{number}", papers, config=config), tmp_path / f"{number}/site", jobs=1)
    without, with_box = ((tmp_path / f"{n}/site/index.html").read_text("utf-8") for n in range(2))
    assert "<form" not in without
    form = re.search(r"<form method=\"post\".*?</form>", with_box)
    assert form is not None
    for part in (
        'action="https://example.org/list?u=1&amp;id=2"',
        'type="email" name="EMAIL"',
        'name="tag" value="&#34;7',
    ):
        assert part.replace("&#34;", "&quot;") in form[0].replace("&#34;", "&quot;"), part
    assert all('/days/feed.xml">days</a>' in page and '/feed.xml">papers</a>' in page for page in (without, with_box))


# Sharing


def test_link_elsewhere_shows_title_words_and_a_picture(sample: Sample) -> None:
    paper = next(iter(sample.catalog.papers.values()))
    soup = sample.site.soup(f"papers/{paper.address}/")
    found = {str(tag["property"]): str(tag["content"]) for tag in soup.select("meta[property]")}
    assert found["og:title"] == paper.title
    assert found["og:url"] == f"https://example.org/digest/papers/{paper.address}/"
    assert found["og:image"] == "https://example.org/digest/picture.png"
    assert (sample.site.folder / "picture.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert (sample.site.folder / "picture.png").stat().st_size < 40_000


# Without a script, on paper


def test_everything_but_search_can_be_read_without_a_script(context: BrowserContext, address: str) -> None:
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(address)
    page.click("header nav >> text=Days")
    page.locator(".cal td a").first.click()
    page.locator(".card h3 a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.click("summary >> text=Cite")
    expect(page.locator("#bibtex")).to_be_visible()
    page.click("header nav >> text=Search")
    expect(page.locator("#hint a >> text=topic")).to_be_visible()
    assert "<noscript>" in page.content()  # Chromium shows it only where scripts are off in its settings
    plain.close()


def test_printed_page_has_the_papers_and_nothing_to_press(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}days/{max(sample.catalog.days)}/")
    page.emulate_media(media="print")
    expect(page.locator(".card h3").first).to_be_visible()
    for part in ("nav", "#palette", ".save", ".foot", ".skip"):
        for found in page.locator(part).all():
            expect(found).not_to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()") == "#fff"


def test_week_is_printed_on_two_pages(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}weeks/2025-W02/")
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 2
