"""The feeds of a built site, read back by feedparser as a subscriber's program would read them."""

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
import pytest
from bs4 import BeautifulSoup

from generator.model import Paper
from generator.site.build import build
from tests.built_site import BuiltSite
from tests.conftest import Sample
from tests.digest_folder import record, write_digest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")

Read = dict[str, Any]


@pytest.fixture(scope="module")
def feeds(sample: Sample) -> dict[str, Any]:
    """Every feed of the sample by its address."""
    folder = sample.site.folder
    return {path.relative_to(folder).as_posix(): _read(path) for path in sorted(folder.rglob("feed.xml"))}


def _read(path: Path) -> Any:
    found = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, (path, found.get("bozo_exception"))
    return found


def _of_papers(feeds: dict[str, Any]) -> dict[str, Any]:
    return {address: found for address, found in feeds.items() if not address.startswith("days/")}


def test_there_is_a_feed_of_every_kind(feeds: dict[str, Any], sample: Sample) -> None:
    catalog = sample.catalog
    expected = {"feed.xml", "days/feed.xml"}
    expected |= {f"topics/{topic}/feed.xml" for topic in catalog.topics}
    expected |= {f"authors/{one.id}/feed.xml" for one in catalog.people.values() if len(one.papers) >= 3}
    expected |= {f"categories/{code}/feed.xml" for code in ("cs.DC", "cs.LG", "cs.OS", "cs.PF")}
    assert feeds.keys() == expected


def test_author_has_a_feed_from_the_set_number_of_papers_on(tmp_path: Path) -> None:
    papers = [
        record(f"arxiv:2501.1000{n}", f"Paper {n}", "2025-01-06", authors=[{"name": "Twice Named"}]) for n in (1, 2)
    ]
    papers[0]["authors"].append({"name": "Once Named"})
    write_digest(tmp_path, papers, config={"feeds": {"author_papers": 2}})
    build(tmp_path, tmp_path / "site", 1)
    assert [path.parent.name for path in (tmp_path / "site/authors").rglob("feed.xml")] == ["twice-named"]
    site = BuiltSite(tmp_path / "site")
    assert not site.soup("authors/once-named/").find("link", title=lambda title: title and "Once" in title)


def test_entries_say_what_the_catalog_says(feeds: dict[str, Any], sample: Sample) -> None:
    catalog = sample.catalog
    by_link = {f"{catalog.config.url}papers/{paper.address}/": paper for paper in catalog.papers.values()}
    seen = set()
    for address, found in _of_papers(feeds).items():
        for entry in found.entries:
            paper = by_link[entry.link]
            seen.add(paper.id)
            assert _entry(entry) == _expected(paper, sample), (address, paper.id)
    assert len(seen) > 100


def _entry(entry: Any) -> Read:
    published = entry.published_parsed
    return {
        "title": entry.title,
        "id": entry.id,
        "authors": [author["name"] for author in entry.get("authors", [])],
        "categories": [tag["term"] for tag in entry.get("tags", [])],
        "published": date(*published[:3]),
    }


def _expected(paper: Paper, sample: Sample) -> Read:
    topics = [sample.catalog.topics[topic].name for topic in paper.topics]
    return {
        "title": paper.title,
        "id": f"tag:example.org,2025:paper/{paper.id}",
        "authors": [mention.name for mention in paper.authors],
        "categories": [*paper.categories, *topics],
        "published": paper.day,
    }


def test_ids_are_unique_and_are_no_links(feeds: dict[str, Any]) -> None:
    for address, found in feeds.items():
        ids = [entry.id for entry in found.entries]
        assert len(ids) == len(set(ids)) > 0 or address == "topics/mending/feed.xml", address
        assert all(one.startswith("tag:") for one in ids)
        assert not any(entry.guidislink for entry in found.entries)


def test_feed_names_itself_and_its_page(feeds: dict[str, Any], sample: Sample) -> None:
    url = sample.catalog.config.url
    for address, found in feeds.items():
        links = {link["rel"]: link["href"] for link in found.feed.links}
        assert links["self"] == url + address
        assert found.feed.link == urljoin(url + address, "./")
        assert found.feed.title.startswith(sample.catalog.config.title)
        assert found.feed.language == "en"


def test_every_link_in_a_feed_is_whole_and_leads_to_a_page(feeds: dict[str, Any], sample: Sample) -> None:
    url = sample.catalog.config.url
    site = BuiltSite(sample.site.folder)
    for address, found in feeds.items():
        bodies = [entry.get("description", "") for entry in found.entries]
        inside = [str(link["href"]) for body in bodies for link in BeautifulSoup(body, "html.parser").find_all("a")]
        for link in [found.feed.link, *(entry.link for entry in found.entries), *inside]:
            assert link.startswith(("https://", "http://")), (address, link)
            if link.startswith(url):
                assert site.file_of("/" + link.removeprefix(url)), (address, link)


def test_entries_hold_the_note_and_the_abstract(feeds: dict[str, Any], sample: Sample) -> None:
    newest = max(sample.catalog.days)
    (pick, paper_id), *_ = sample.catalog.days[newest].picks
    first = feeds["feed.xml"].entries[0]
    assert first.id.endswith(paper_id)
    assert "Read it for <code>code</code>" in first.description
    assert sample.catalog.papers[paper_id].abstract in BeautifulSoup(first.description, "html.parser").text
    assert pick.note is not None


def test_feeds_are_newest_first_and_as_long_as_set(feeds: dict[str, Any], sample: Sample) -> None:
    for found in feeds.values():
        published = [entry.published_parsed for entry in found.entries]
        assert published == sorted(published, reverse=True)
    assert len(feeds["feed.xml"].entries) == sample.catalog.config.feeds.entries
    assert len(feeds["days/feed.xml"].entries) == sample.catalog.config.feeds.days


def test_days_are_entries_with_their_papers(feeds: dict[str, Any], sample: Sample) -> None:
    newest = max(sample.catalog.days)
    entry = feeds["days/feed.xml"].entries[0]
    assert entry.id == f"tag:example.org,2025:day/{newest}"
    assert entry.link == f"{sample.catalog.config.url}days/{newest}/"
    for paper in sample.catalog.days[newest].papers:
        assert sample.catalog.papers[paper].title in BeautifulSoup(entry.description, "html.parser").text


def test_heads_of_pages_lead_to_their_feeds(feeds: dict[str, Any], sample: Sample) -> None:
    told = set()
    for address in sample.site.addresses:
        if sample.site.is_redirect(address):
            continue
        for link in sample.site.soup(address).find_all("link", rel="alternate"):
            assert link["type"] == "application/rss+xml"
            target = sample.site.file_of(urljoin(f"/some/path/{address}", str(link["href"])))
            assert target is not None, (address, link)
            feed = target.relative_to(sample.site.folder).as_posix()
            told.add(feed)
            assert link["title"] == feeds[feed].feed.title
            assert feed == "feed.xml" or address.startswith(feed.removesuffix("feed.xml"))
    assert told == feeds.keys()


def test_every_kind_of_entry_survives_a_title_with_markup(tmp_path: Path) -> None:
    title = "Let's <think> & reason: a < b, x > y &amp;c. “quotes” 🦇"
    write_digest(tmp_path, [record("arxiv:2501.10001", title, "2025-01-06", authors=[{"name": "R&D <Lab>"}])])
    build(tmp_path, tmp_path / "site", 1)
    (entry,) = _read(tmp_path / "site/feed.xml").entries
    assert entry.title == "Let's <think> & reason: a < b, x > y &c. “quotes” 🦇"
    assert entry.author == "R&D <Lab>"
