"""Search in a real browser, the templates' scripts on every kind of page, and the site opened from disk."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Sample


@pytest.fixture
def address(sample: Sample, serve: Callable[..., str]) -> str:
    """The sample, served below a path as a project's pages are."""
    return serve(sample.site.folder, "/some/path/")


def _titles(page: Page) -> list[str]:
    return page.locator("#results h3").all_inner_texts()


def _menu(page: Page, name: str) -> dict[str, int]:
    """Return the choices of a filter with their counts."""
    texts = page.locator(f"select[name={name}] option").all_inner_texts()
    found = (re.fullmatch(r"(.*) \(([\d,]+)\)", text) for text in texts)
    return {match[1]: int(match[2].replace(",", "")) for match in found if match}


def test_words_find_papers_as_they_are_typed(page: Page, address: str) -> None:
    page.goto(f"{address}search/")
    page.fill("#q", "study 17")
    page.locator("#results h3", has_text="in study 17").first.wait_for()
    assert "q=study+17" in page.url
    page.click("#results h3 a >> text=in study 17")
    expect(page.locator("h1")).to_contain_text("in study 17")


def test_name_of_an_author_finds_exactly_their_papers(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}search/?q=%22Ficción%22")
    count = len(sample.catalog.people["jose-ficcion"].papers)
    expect(page.locator("#sum")).to_have_text(f"{count} papers")


def test_filters_carry_counts_and_narrow_the_results(page: Page, address: str, sample: Sample) -> None:
    papers = [paper for paper in sample.catalog.papers.values() if "study" in f"{paper.title} {paper.abstract}".lower()]
    page.goto(f"{address}search/?q=study")
    page.locator("#results h3").first.wait_for()
    in_topic = len(sample.catalog.topics["scheduling"].papers)
    assert _menu(page, "year") == Counter(str((paper.published or paper.day).year) for paper in papers)
    assert _menu(page, "topic")["Scheduling"] == in_topic
    page.select_option("select[name=topic]", "Scheduling")
    expect(page.locator("#sum")).to_have_text(f"{in_topic} papers")
    assert "topic=Scheduling" in page.url
    page.select_option("select[name=category]", "cs.LG")
    both = [p for p in papers if "scheduling" in p.topics and "cs.LG" in p.categories]
    expect(page.locator("#sum")).to_have_text(f"{len(both)} papers")


def test_counts_are_those_of_the_results_from_the_first_search_on(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=by+hand")
    expect(page.locator("#sum")).to_have_text("1 paper")
    assert _menu(page, "year") == {"2024": 1}


def test_parent_topic_finds_what_its_children_have(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}search/?topic=Systems")
    expect(page.locator("#sum")).to_have_text(f"{len(sample.catalog.topics['systems'].papers)} papers")


def test_shared_address_shows_the_same_results(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}search/?q=study&topic=Scheduling&year=2025")
    chosen = [
        paper
        for paper in sample.catalog.papers.values()
        if "scheduling" in paper.topics and (paper.published or paper.day).year == 2025
    ]
    expect(page.locator("#sum")).to_have_text(f"{len(chosen)} papers")
    assert page.input_value("#q") == "study"
    assert page.input_value("select[name=topic]") == "Scheduling"
    assert page.input_value("select[name=year]") == "2025"
    page.locator("#results h3").first.wait_for()
    assert set(_titles(page)) <= {paper.title for paper in chosen}


def test_search_without_results_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=zyxwvutsr")
    expect(page.locator("#sum")).to_contain_text("No paper has “zyxwvutsr”")
    assert _titles(page) == []


def test_back_returns_to_the_search_before(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=study")
    page.locator("#results h3").first.wait_for()
    before = page.locator("#sum").inner_text()
    page.select_option("select[name=topic]", "Mending")
    expect(page.locator("#sum")).to_have_text("1 paper")
    page.go_back()
    expect(page.locator("#sum")).to_have_text(before)


def test_every_kind_of_page_opens_without_a_complaint(page: Page, address: str, sample: Sample) -> None:
    """The fixture fails the test on an error in the console and on a request to another host."""
    opened: dict[str, str] = {}
    for one in sample.site.addresses:
        kind = str(sample.site.soup(one).html)[:80]
        opened.setdefault(kind, one)
    assert len(opened) >= 16
    for one in opened.values():
        page.goto(address + one, wait_until="networkidle")


def test_links_of_the_header_lead_to_their_pages(page: Page, address: str) -> None:
    page.goto(f"{address}papers/math-0211159/")
    for text in page.locator("header nav a").all_inner_texts():
        page.goto(f"{address}papers/math-0211159/")
        page.click(f"header nav a >> text='{text}'")
        page.wait_for_load_state()
        expect(page.locator("header [aria-current=page]")).to_have_text(text)
    page.click("header .brand")
    expect(page).to_have_url(address)


@pytest.mark.console_errors
def test_address_that_leads_nowhere_shows_the_sites_page(page: Page, address: str) -> None:
    answer = page.goto(f"{address}papers/9999.99999/")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Nothing is at this address")


def test_site_opened_from_disk_can_be_walked(page: Page, sample: Sample) -> None:
    page.goto((sample.site.folder / "index.html").as_uri())
    title = page.locator(".card h3 a").first.inner_text()
    page.locator(".card h3 a").first.click()
    expect(page.locator("h1")).to_have_text(title)
    page.click("header nav a >> text='Topics'")
    expect(page.locator("h1")).to_have_text("Topics")
    page.click("text='Caching'")
    expect(page.locator("h1")).to_have_text("Caching")
    page.locator(".card .by a").first.click()
    expect(page.locator("h2").first).to_be_visible()
