"""Every field of records, ledger, digests, topics, authors, curators, corrections and papers by hand, set to every
payload: nothing runs, no element appears, feeds stay well-formed.

One site holds all pairs of field and payload: its n-th papers, day, topic and author have in field f the payload n + f.
A control site of the same form holds plain words. All pages of both are read by Chromium's parser and compared; all
hostile pages are opened in Chromium too, with their scripts. The settings have tests of their own.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from bs4 import BeautifulSoup
from defusedxml import ElementTree
from playwright.sync_api import Page

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.check import check
from generator.catalog.content import load
from generator.ledger import read_ledger, write_ledger
from generator.model import DayState, LedgerLine
from generator.site.build import build
from generator.site.feeds.entries import AUTHORS_NAMED, SHORT_AUTHORS
from generator.text import clean_name, xml_text
from tests.built_site import BuiltSite
from tests.digest_folder import add_records, write_digest
from tests.hostile import (
    LIVE,
    PAYLOADS,
    changed_elements,
    inventory,
    is_safe_link,
    live,
    payload,
    plain,
    strange_elements,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")

COUNT = len(PAYLOADS)
FIRST = date(2025, 1, 6)
BODY_ELEMENTS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
Fill = Callable[[int, str], str]

FIELDS = (
    "title name affiliation abstract primary_category categories doi journal_ref comment organization keywords summary"
    " link_code link_project link_pdf link_kind source"
    " curator intro note why topic_name topic_description match_any match_none match_category"
    " entry_name entry_also entry_link entry_note"
    " fixed_title fixed_abstract fixed_journal_ref fixed_comment fixed_organization fixed_primary_category"
    " fixed_authors fixed_why fixed_by dirty_doi"
    " hand_title hand_name hand_affiliation hand_abstract hand_primary_category hand_categories hand_doi"
    " hand_journal_ref hand_comment hand_organization hand_keywords hand_link"
    " asked_source asked_why other_digest other_title other_page"
    " curator_name curator_note"
).split()


def text_of(fill: Fill, number: int) -> dict[str, str]:
    """Return the text of every field in the n-th group."""
    text = {field: fill(number + place, f"q{place}z{number}q") for place, field in enumerate(FIELDS)}
    # A semicolon parts the names of a correction: as many plain ones then.
    place = FIELDS.index("fixed_authors")
    names = [name for part in payload(number + place, "Ada").split(";") if (name := clean_name(part))]
    if fill is plain:
        text["fixed_authors"] = "; ".join(f"{text['fixed_authors']} {nth}" for nth, _ in enumerate(names))
    return text


def write_hostile(root: Path, fill: Fill) -> Path:
    """Write a digest whose every field is what `fill` says."""
    records: list[dict[str, Any]] = []
    files: dict[str, Any] = {
        "digests": {},
        "topics": [],
        "authors": [],
        "corrections": [],
        "curators": [],
        "papers": [],
    }
    for number in range(COUNT):
        text, day = text_of(fill, number), str(FIRST + timedelta(days=number))
        records += _records(number, text, day)
        files["digests"][day] = {
            "curator": text["curator"],
            "intro": text["intro"],
            "picks": [{"id": f"2501.1{number:04}", "note": text["note"], "topics": [f"topic-{number}"]}],
            "passed": [{"id": f"https://example.org/{number}", "why": text["why"]}],
        }
        rule = {"any": [text["match_any"]], "none": [text["match_none"]], "categories": [text["match_category"]]}
        files["topics"].append(
            {
                "id": f"topic-{number}",
                "name": text["topic_name"],
                "description": text["topic_description"],
                "match": rule,
            }
        )
        files["authors"].append(
            {
                "id": f"entry-{number}",
                "name": text["entry_name"],
                "also": [text["entry_also"]],
                "links": {text["entry_link"]: "https://example.org/"},
                "note": text["entry_note"],
            }
        )
        files["curators"].append(
            {
                "id": f"curator-{number}",
                "name": text["curator_name"],
                "also": [text["curator"]],
                "link": "https://example.org/",
                "note": text["curator_note"],
            }
        )
        files["corrections"] += [
            {
                "id": f"2502.1{number:04}",
                "field": field,
                "value": value,
                "why": text["fixed_why"],
                "by": text["fixed_by"],
            }
            for field, value in _corrections(text).items()
        ]
        files["papers"].append(_by_hand(number, text, day))
    write_digest(root, records, config={"feeds": {"author_papers": 1, "entries": 1000}}, **files)
    write_ledger(root, read_ledger(root), (_asked(number, fill) for number in range(COUNT)))
    return root


def _asked(number: int, fill: Fill) -> LedgerLine:
    """Say in the ledger that a source failed."""
    text, day = text_of(fill, number), FIRST + timedelta(days=number)
    return LedgerLine(
        date=day, source=text["asked_source"], state=DayState.FAILED, why=text["asked_why"], tried=day, listed=1
    )


def _records(number: int, text: dict[str, str], day: str) -> list[dict[str, Any]]:
    listed = [{"date": day, "source": text["source"]}]
    return [
        {
            "id": f"arxiv:2501.1{number:04}",
            "title": text["title"],
            "authors": [{"name": text["name"], "affiliation": text["affiliation"]}, {"name": text["entry_name"]}],
            "abstract": text["abstract"],
            "primary_category": text["primary_category"],
            "categories": [text["categories"]],
            "doi": text["doi"],
            "journal_ref": text["journal_ref"],
            "comment": text["comment"],
            "organization": text["organization"],
            "keywords": [text["keywords"]],
            "summary": text["summary"],
            "links": {
                "code": text["link_code"],
                "project": text["link_project"],
                "pdf": text["link_pdf"],
                text["link_kind"]: "https://example.org/kind",
            },
            "listed": listed,
            "picked": [
                {
                    "date": day,
                    "digest": text["other_digest"],
                    "title": text["other_title"],
                    "page": "https://other.example.org/papers/1/",
                },
                {
                    "date": day,
                    "digest": "https://other.example.org/",
                    "title": "Another digest",
                    "page": text["other_page"],
                },
            ],
        },
        {
            "id": f"arxiv:2502.1{number:04}",
            "title": "A record that people correct",
            "doi": f"10.1234/{text['dirty_doi']}",
            "listed": listed,
        },
    ]


def _corrections(text: dict[str, str]) -> dict[str, str]:
    return {
        field.removeprefix("fixed_"): text[field] for field in FIELDS if field.startswith("fixed_") and len(field) > 9
    }


def _by_hand(number: int, text: dict[str, str], day: str) -> dict[str, Any]:
    single = "title abstract primary_category doi journal_ref comment organization".split()
    return {
        "id": f"https://example.org/{number}",
        "date": day,
        **{field: text[f"hand_{field}"] for field in single},
        "authors": [{"name": text["hand_name"], "affiliation": text["hand_affiliation"]}],
        "categories": [text["hand_categories"]],
        "keywords": [text["hand_keywords"]],
        "links": {text["hand_link"]: "https://example.org/hand"},
    }


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalog, BuiltSite]:
    """The site with every payload in every field."""
    return _built(write_hostile(tmp_path_factory.mktemp("hostile"), payload))


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalog, BuiltSite]:
    """The site with plain words in the same places."""
    return _built(write_hostile(tmp_path_factory.mktemp("control"), plain))


def _built(root: Path) -> tuple[Catalog, BuiltSite]:
    content = load(root)
    assert check(content) == []
    build(root, root / "site")
    return assemble(content), BuiltSite(root / "site")


def test_there_are_payloads_enough_and_each_names_its_field() -> None:
    assert COUNT >= 25
    assert all("q7z7q" in payload(number, "q7z7q") for number in range(COUNT))
    assert len({payload(number, "") for number in range(COUNT)}) == COUNT


def test_no_element_appears_on_any_page(
    hostile: tuple[Catalog, BuiltSite], control: tuple[Catalog, BuiltSite], page: Page, serve: Callable[..., str]
) -> None:
    harmless = inventory(page, serve(control[1].folder), control[1].addresses)
    found = inventory(page, serve(hostile[1].folder), hostile[1].addresses)
    assert strange_elements(found, harmless) == []
    twins = [address for address in found if address.startswith(("days/2", "papers/2501", "papers/url-"))]
    assert len(twins) == 3 * COUNT
    assert {
        address: changed for address in twins if (changed := changed_elements(found[address], harmless[address]))
    } == {}


def test_the_inventory_would_see_what_a_payload_makes(page: Page, serve: Callable[..., str], tmp_path: Path) -> None:
    """The comparison itself is tried on a page that escapes nothing."""
    for name, fill in (("control", plain), ("hostile", payload)):
        for number in range(COUNT):
            target = tmp_path / name / str(number) / "index.html"
            target.parent.mkdir(parents=True)
            target.write_text(f"<!doctype html><title>x</title><h1>{fill(number, 'q1z1q')}</h1>", "utf-8")
        (tmp_path / name / "index.html").write_text("<!doctype html><link rel=icon href=data:,>", "utf-8")
    addresses = [f"{number}/" for number in range(COUNT)]
    harmless = inventory(page, serve(tmp_path / "control"), addresses)
    found = inventory(page, serve(tmp_path / "hostile"), addresses)
    caught = {report.partition("/")[0] for report in strange_elements(found, harmless)}
    with_elements = {str(number) for number in range(COUNT) if "<script>window" in PAYLOADS[number]}
    commented = {str(number) for number in range(COUNT) if PAYLOADS[number].startswith("<![CDATA[")}
    assert with_elements - commented <= caught
    assert len(caught) > 30


def test_nothing_runs_on_any_page(hostile: tuple[Catalog, BuiltSite], page: Page, serve: Callable[..., str]) -> None:
    # A redirect leaves at once; its elements were looked at above.
    addresses = [address for address in hostile[1].addresses if not hostile[1].is_redirect(address)]
    found = live(page, serve(hostile[1].folder), addresses)
    assert found.keys() == set(addresses)
    assert {address: bad for address, bad in found.items() if bad} == {}


def test_nothing_runs_in_the_results_of_a_search(
    hostile: tuple[Catalog, BuiltSite], page: Page, serve: Callable[..., str]
) -> None:
    root = serve(hostile[1].folder)
    tags: set[str] = set()
    for words in ("year=2025", "q=script", "q=very+long"):
        page.goto(f"{root}search/?{words}")
        page.wait_for_function("document.querySelector('#sum').textContent !== ''")
        total = int(page.locator("#sum").inner_text().split()[0])
        assert total == len(hostile[0].papers) if words.startswith("year") else total > 0
        page.wait_for_selector("#results[aria-busy=false]")
        articles, more = page.locator("#results article"), page.locator("#more button")
        while (shown := articles.count()) < total:
            more.click()
            page.wait_for_function("(n) => document.querySelectorAll('#results article').length > n", arg=shown)
        assert page.evaluate(LIVE) == []
        tags |= set(page.evaluate("[...document.querySelectorAll('#results *')].map((one) => one.localName)"))
    assert tags <= {"article", "h3", "a", "b", "div", "p", "span", "time", "mark", "button"}


def test_titles_are_shown_whole(hostile: tuple[Catalog, BuiltSite], page: Page, serve: Callable[..., str]) -> None:
    """Safe by leaving things out would be no art: what the catalog holds stands on the page."""
    catalog, site = hostile
    found = inventory(page, serve(site.folder), [f"papers/{paper.address}/" for paper in catalog.papers.values()])
    for paper in catalog.papers.values():
        one = found[f"papers/{paper.address}/"]
        shown, title = " ".join(one["text"].split()), " ".join(paper.title.split())
        assert title in shown, paper.id
        assert " ".join(one["title"].split()).startswith(title)
        assert not paper.comment or " ".join(paper.comment.split()) in shown


def test_feeds_stay_well_formed_and_read_back(hostile: tuple[Catalog, BuiltSite]) -> None:
    catalog, site = hostile
    by_address = {f"{catalog.config.url}papers/{paper.address}/": paper for paper in catalog.papers.values()}
    creator = "{http://purl.org/dc/elements/1.1/}creator"
    read = set()
    feeds = sorted(site.folder.rglob("feed.xml"))
    assert len(feeds) > 4 * COUNT
    for path in feeds:
        assert not feedparser.parse(path.read_bytes(), sanitize_html=False).bozo, path
        for item in ElementTree.parse(path, forbid_dtd=True).iter("item"):
            paper = by_address.get(item.findtext("link", ""))
            if paper is None:
                assert path.parent.name in ("days", "weeks")
                continue
            read.add(paper.id)
            assert item.findtext("title") == xml_text(paper.title)
            named = SHORT_AUTHORS if "authors" in path.parts else AUTHORS_NAMED
            assert [one.text for one in item.iter(creator)] == [
                xml_text(mention.name) for mention in paper.authors[:named]
            ]
            topics = [catalog.topics[topic].name for topic in paper.topics]
            assert [_line(one.text) for one in item.iter("category")] == [*map(_line, (*paper.categories, *topics))]
            body = item.findtext("description", "")
            for tag in BeautifulSoup(body, "html.parser").find_all(True):
                assert tag.name in BODY_ELEMENTS, (path, paper.id, tag)
                assert set(tag.attrs) <= {"href", "start"}, (path, paper.id, tag)
                assert is_safe_link(str(tag.get("href", ""))), (path, paper.id, tag)
    assert read == catalog.papers.keys()


def _line(text: str | None) -> str:
    # A parser of XML reads a carriage return as a line end.
    return " ".join(xml_text(text or "").split())


@pytest.mark.parametrize("number", range(COUNT))
def test_addresses_that_are_none_are_refused_where_people_write_them(number: int, tmp_path: Path) -> None:
    """Links of authors and of papers by hand take web addresses only, written so that nothing can leave a link."""
    value = payload(number, "q0z0q")
    write_digest(
        tmp_path,
        [],
        authors=[{"id": "entry", "name": "Ada Invented", "links": {"homepage": value}, "orcid": value}],
        papers=[{"id": "https://example.org/x", "title": "x", "date": "2025-01-06", "links": {"code": value}}],
    )
    problems = [str(problem) for problem in check(load(tmp_path))]
    assert any(problem.startswith("content/authors.yml:5:") and "ORCID" in problem for problem in problems)
    if value.startswith("https://"):
        assert len(problems) == 1
        link = load(tmp_path).curation.papers[0].value[0].links["code"]
        assert not set("\"'<> ") & set(link)
    else:
        assert any("content/papers/by-hand.yml:5:" in problem and "https://" in problem for problem in problems)
        assert any("content/authors.yml:4:" in problem and "https://" in problem for problem in problems)


def test_store_refuses_ids_that_are_none(tmp_path: Path) -> None:
    for number in range(COUNT):
        root = tmp_path / str(number)
        write_digest(root, [])
        value = payload(number, "q0z0q")
        if value.startswith("https://"):
            continue
        add_records(root, [{"id": value, "title": "x", "published": "2025-01-06"}])
        assert [problem for problem in check(load(root)) if "id " in problem.message], value
