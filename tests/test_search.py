"""Search in a real browser, the ways of the header, and the site opened from disk."""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.content import load
from generator.catalog.similar import find_likenesses
from generator.model import Paper
from generator.site import search
from generator.site.build import build
from generator.site.pages import Pages
from generator.site.search import documents
from tests.conftest import Sample
from tests.digest_folder import sample_records, write_digest


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


def test_links_of_the_header_lead_to_their_pages(page: Page, address: str) -> None:
    page.goto(f"{address}papers/math-0211159/")
    for text in page.locator("header nav a").all_inner_texts():
        page.goto(f"{address}papers/math-0211159/")
        page.click(f"header nav a >> text='{text}'")
        page.wait_for_load_state()
        expect(page.locator("header [aria-current=page]")).to_have_text(text)
    page.click("header .brand")
    expect(page).to_have_url(address)


@pytest.mark.console_errors("status of 404")
def test_address_that_leads_nowhere_shows_the_sites_page(page: Page, address: str) -> None:
    answer = page.goto(f"{address}papers/9999.99999/")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Nothing is at this address")


# Where pages have no origin, a font cannot be asked for before the styles name it.
@pytest.mark.console_errors(r"Access to font at 'file:.* has been blocked by CORS|net::ERR_FAILED|A preload for 'file:")
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


# Filters, order and cards


def _found(page: Page, address: str, query: str) -> list[str]:
    """Open a search; return the titles that it shows, all of them asked for."""
    page.goto(f"{address}search/?{query}")
    page.locator("#results[aria-busy=false]").wait_for(state="attached")
    while page.locator("#more").count():
        shown = len(_titles(page))
        page.click("#more button")
        expect(page.locator("#results h3")).not_to_have_count(shown)
    return _titles(page)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("topic=Caching", lambda paper: "caching" in paper.topics),
        ("category=cs.OS", lambda paper: "cs.OS" in paper.categories),
        ("year=2024", lambda paper: (paper.published or paper.day).year == 2024),
        ("author=bo", lambda paper: any(mention.person == "bo" for mention in paper.authors)),
        ("code=yes", lambda paper: "code" in paper.links),
        ("picked=yes", lambda paper: bool(paper.choices)),
        ("q=study&code=yes&category=cs.LG", lambda paper: "code" in paper.links and "cs.LG" in paper.categories),
    ],
)
def test_each_filter_leaves_exactly_the_papers_that_it_says(
    page: Page, address: str, sample: Sample, query: str, holds: Callable[[Paper], bool]
) -> None:
    expected = sorted(paper.title for paper in sample.catalog.papers.values() if holds(paper))
    assert sorted(_found(page, address, query)) == expected
    assert expected


def test_newest_first_is_newest_first_over_all_indexes(page: Page, sample_by_quarter: tuple[str, Catalog]) -> None:
    address, catalog = sample_by_quarter
    days = {paper.title: paper.day for paper in catalog.papers.values()}
    found = [days[title] for title in _found(page, address, "q=study&sort=date")]
    assert found == sorted(found, reverse=True)
    assert len(found) > 40


def test_most_upvotes_first_over_all_indexes(page: Page, sample_by_quarter: tuple[str, Catalog]) -> None:
    address, catalog = sample_by_quarter
    votes = {paper.title: paper.measured.upvotes if paper.measured else 0 for paper in catalog.papers.values()}
    found = [votes[title] or 0 for title in _found(page, address, "q=study&sort=upvotes")]
    assert found == sorted(found, reverse=True)
    assert found[0] == max(n or 0 for n in votes.values()) > 0


def test_highest_score_first_over_all_indexes_and_shown(page: Page, sample_by_quarter: tuple[str, Catalog]) -> None:
    address, catalog = sample_by_quarter
    scores = Pages(catalog, partial(find_likenesses, catalog.papers)).prints.scores
    shown = {paper.title: scores.shown(paper) for paper in catalog.papers.values()}
    found = [shown[title] for title in _found(page, address, "q=study&sort=score")]
    assert found == sorted(found, key=lambda score: float(score or 0), reverse=True)
    assert len(set(found)) > 10
    assert page.locator("#results .meta").first.locator("span").all_inner_texts()[-1] == f"score {found[0]}"
    assert page.input_value("select[name=sort]") == "score"


def test_a_score_stands_on_the_results_only_where_they_are_sorted_by_it(page: Page, address: str) -> None:
    _found(page, address, "q=study")
    assert "score" not in " ".join(page.locator("#results .meta").all_inner_texts())


@pytest.fixture(scope="module")
def sample_by_quarter(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> tuple[str, Catalog]:
    """Sixty papers with votes in three indexes, served; two in different indexes have a word of their own."""
    records = sample_records(60, a_day=1)
    for number in (3, 57):
        records[number]["title"] += ", a studiobook of KV-caches"
    records[20]["title"] = "Mol-LLaMA and Lumos-1, beside GPT-4o and L^2M"
    records[11]["authors"] = [{"name": "Kernels Study"}]
    root = write_digest(tmp_path_factory.mktemp("quarters") / "root", records)
    papers = sorted(assemble(load(root)).papers)
    lines = [f'{{"as_of":"2025-12-31","id":"{paper}","upvotes":{at * 7 % 31}}}\n' for at, paper in enumerate(papers)]
    (root / "content/metrics").mkdir()
    (root / "content/metrics/2025-12.jsonl").write_text("".join(lines), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "ENOUGH", 20)
        build(root, root.parent / "site", jobs=1)
    catalog = assemble(load(root))
    assert len(search.Search(Pages(catalog).prints, b"").indexes) == 1  # with so few papers, were it not for the patch
    assert len(list((root.parent / "site/pagefind").glob("*/keys.json"))) >= 1
    return serve(root.parent / "site"), catalog


def test_a_word_finds_what_has_it_and_not_what_has_only_its_beginning(
    page: Page, sample_by_quarter: tuple[str, Catalog]
) -> None:
    """Pagefind takes the longest beginning that an index has: "study" is in every paper, its stem is "studi"."""
    address, catalog = sample_by_quarter
    having = sorted(paper.title for paper in catalog.papers.values() if "studiobook" in paper.title)
    assert len(having) == 2
    assert sorted(_found(page, address, "q=studiobook")) == having
    assert sorted(_found(page, address, "q=studiob")) == having  # as it is typed
    assert sorted(_found(page, address, "q=studiobooks+study&sort=date")) == having
    counts = _menu(page, "year")
    assert sum(counts.values()) == len(having)
    assert sorted(_found(page, address, "q=studiobook+zebrafish")) == having
    expect(page.locator("#sum")).to_have_text("2 papers; none has “zebrafish”")
    assert _found(page, address, "q=studiobank") == []
    expect(page.locator("#sum")).to_contain_text("No paper has “studiobank”")


@pytest.mark.parametrize("written", ["kv-cache", "KV cache", "“kv cache”"])
def test_parts_of_a_word_with_a_hyphen_are_found_with_and_without_it(
    page: Page, sample_by_quarter: tuple[str, Catalog], written: str
) -> None:
    address, catalog = sample_by_quarter
    having = {paper.title for paper in catalog.papers.values() if "KV-caches" in paper.title}
    assert set(_found(page, address, f"q={quote(written)}")) == having


def test_words_that_stand_together_as_typed_come_first(page: Page, sample_by_quarter: tuple[str, Catalog]) -> None:
    """A name finds its person's papers before those that have its words here and there."""
    address, catalog = sample_by_quarter
    (own,) = catalog.people["kernels-study"].papers
    found = _found(page, address, "q=kernels+study")
    assert found[0] == catalog.papers[own].title
    assert len(found) > 1


def test_parts_of_a_joined_word_with_capitals_and_digits_are_found(
    page: Page, sample_by_quarter: tuple[str, Catalog]
) -> None:
    address, catalog = sample_by_quarter
    (title,) = (paper.title for paper in catalog.papers.values() if "Mol-LLaMA" in paper.title)
    for written in ("llama", "mol-llama", "lumos", "gpt-4o", "4o", "l^2m"):
        assert _found(page, address, f"q={quote(written)}") == [title]


def test_what_only_stands_on_a_card_is_no_word_of_the_paper(page: Page, sample_by_quarter: tuple[str, Catalog]) -> None:
    """Pagefind 1.5 finds the words of its metadata too: with the card there, "count" and "hue" found every paper."""
    address, _ = sample_by_quarter
    assert _found(page, address, "q=hue") == []


@pytest.mark.parametrize("written", ["{}", "arxiv:{}", "https://arxiv.org/abs/{}", "arxiv.org/pdf/{}v2"])
def test_an_arxiv_id_finds_its_paper_however_it_is_written(
    page: Page, sample_by_quarter: tuple[str, Catalog], written: str
) -> None:
    address, catalog = sample_by_quarter
    paper = catalog.papers[sorted(catalog.papers)[20]]
    assert _found(page, address, f"q={quote(written.format(paper.address))}") == [paper.title]


def test_order_is_chosen_from_the_menu_and_stands_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=study")
    page.locator("#results h3").first.wait_for()
    assert page.input_value("select[name=sort]") == "relevance"
    page.select_option("select[name=sort]", "date")
    expect(page).to_have_url(f"{address}search/?q=study&sort=date")
    page.select_option("select[name=sort]", "relevance")
    expect(page).to_have_url(f"{address}search/?q=study")


def test_author_can_be_typed_and_is_found_without_accents(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}search/?q=study")
    page.locator("#results h3").first.wait_for()
    page.fill("[name=author]", "jose ficcion")
    page.press("[name=author]", "Enter")
    expect(page).to_have_url(f"{address}search/?q=study&author=jose-ficcion")
    expect(page.locator("#sum")).to_have_text(f"{len(sample.catalog.people['jose-ficcion'].papers)} papers")


def test_ticks_narrow_and_clearing_brings_all_back(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=study")
    page.locator("#results h3").first.wait_for()
    everything = page.locator("#sum").inner_text()
    page.check("[name=picked]")
    expect(page.locator("#sum")).to_have_text("2 papers")
    page.click("text=Clear the filters")
    expect(page.locator("#sum")).to_have_text(everything)
    expect(page).to_have_url(f"{address}search/?q=study")


def test_results_are_the_cards_of_the_pages(page: Page, address: str, sample: Sample) -> None:
    parts = (".by a", ".cat", "time", ".meta a")
    page.goto(f"{address}topics/caching/")
    cards = {card.locator("h3").inner_text(): card for card in page.locator(".card").all()[:10]}
    there = {title: [card.locator(part).all_inner_texts() for part in parts] for title, card in cards.items()}
    page.goto(f"{address}search/?topic=Caching")
    page.locator("#results h3").first.wait_for()
    here = {
        card.locator("h3").inner_text(): [card.locator(part).all_inner_texts() for part in parts]
        for card in page.locator("#results .card").all()
    }
    assert here.keys() & there.keys()
    assert all(here[title] == there[title] for title in here.keys() & there.keys())


def test_whole_search_is_done_with_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}search/")
    expect(page.locator("#q")).to_be_focused()  # a module's script may run after the page has loaded
    page.keyboard.type("schedulers")
    page.wait_for_url("**/?q=schedulers")
    page.locator("#results[aria-busy=false] h3").nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == _titles(page)[0]
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    first = _titles(page)[0]
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(first)


def test_who_walks_into_the_results_stays_there_when_they_change(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=study")
    page.locator("#results[aria-busy=false] h3").nth(3).wait_for()
    page.fill("#q", "study 17")
    for _ in range(2):
        page.keyboard.press("ArrowDown")  # before the words are looked for
    page.wait_for_url("**/?q=study+17")
    page.locator("#results[aria-busy=false]").wait_for(state="attached")
    assert page.evaluate("document.activeElement.closest('#results h3') !== null")


def test_search_that_finds_nothing_offers_what_would(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=caches+kernels")  # each paper is about one of them
    expect(page.locator("#sum")).to_contain_text("No paper has “caches kernels”")
    offer = page.locator("#results li", has_text="only “caches”")
    count = offer.locator(".meta").inner_text()
    offer.locator("a").click()
    expect(page.locator("#sum")).to_have_text(count)
    expect(page.locator("#results h3").first).to_be_visible()


def test_search_that_a_filter_empties_offers_to_go_without_it(page: Page, address: str) -> None:
    page.goto(f"{address}search/?q=study&topic=Nothing+of+that+name")
    page.click("text=without “topic”")
    expect(page).to_have_url(f"{address}search/?q=study")


def test_empty_search_offers_ways_to_browse(page: Page, address: str, sample: Sample) -> None:
    page.goto(f"{address}search/")
    page.click("text=everything, newest first")
    expect(page.locator("#sum")).to_have_text(f"{len(sample.catalog.papers)} papers")
    titles = {paper.title: paper.day for paper in sample.catalog.papers.values()}
    page.locator("#results h3").first.wait_for()
    assert titles[_titles(page)[0]] == max(sample.catalog.days)


@given(st.text(min_size=1, max_size=40))
def test_every_person_has_one_of_the_author_filters(person: str) -> None:
    name = documents.author_filter(person)
    assert name == documents.author_filter(person)
    assert 0 <= int(name.removeprefix("a")) < documents.AUTHOR_FILTERS
