"""Any feed gives its papers as text; one made to hurt costs its own entries and no more."""

from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from generator.ingest import feedreader, feeds
from generator.ingest.answer import Answer, Asked, UnreadableError
from generator.model import Author, Listing

DATA = Path(__file__).parent / "data" / "ingest"
DAY = date(2025, 12, 11)


def read(data: bytes | str) -> Answer:
    return feeds.read(data.encode() if isinstance(data, str) else data, Asked("feed", "toc.xml"))


def rss(item: str, channel: str = "") -> str:
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>An Invented Feed</title>'
        f"{channel}<item><title>Invented</title><link>https://journal.example/1</link>"
        f"<pubDate>Thu, 11 Dec 2025 00:00:00 +0900</pubDate>{item}</item></channel></rss>"
    )


def test_arxiv_announcement_is_text_however_it_looks() -> None:
    record = read((DATA / "arxiv-announcement.xml").read_bytes()).records[0]
    assert record.id == "arxiv:2512.00103"
    assert record.title == "Predicting <mask> and $a<b$"
    assert record.abstract == "We predict <s> tokens when $a<b$."
    assert record.version == 1
    assert record.categories == ("cs.DC", "cs.CL")
    assert record.listed == (Listing(date=DAY, source="feed"),)
    assert record.published is None


def test_arxiv_creator_is_never_split_inside_brackets() -> None:
    record = read((DATA / "arxiv-announcement.xml").read_bytes()).records[0]
    assert record.authors == (
        Author(name="Aino Esimerkki", affiliation="Example Laboratory, Department of Invention"),
        Author(name="Bo Fiktiv"),
    )


def test_arxiv_creator_with_an_open_bracket_is_split_at_every_comma() -> None:
    data = (DATA / "arxiv-announcement.xml").read_text("utf-8").replace("Invention), Bo", "Invention, Bo")
    assert [author.name for author in read(data).records[0].authors][-1] == "Bo Fiktiv"


def test_arxiv_replacement_is_no_new_listing() -> None:
    replaced = read((DATA / "arxiv-announcement.xml").read_bytes()).records[1]
    assert (replaced.id, replaced.version, replaced.listed) == ("arxiv:2511.00009", 3, ())


def test_three_thousand_arxiv_authors_are_read() -> None:
    data = (DATA / "arxiv-announcement.xml").read_text("utf-8")
    names = ", ".join(f"Author Number{number}" for number in range(3303))
    assert len(read(data.replace("Bo Fiktiv</dc:creator>", f"{names}</dc:creator>")).records[1].authors) == 3303


def test_journal_entries_are_cleaned_and_those_without_an_address_reported() -> None:
    answer = read((DATA / "journal.xml").read_bytes())
    first, third = answer.records
    assert first.id == "url:journal.example/articles/1"
    assert first.title == "Water is H2O when x < y"
    assert first.authors == (Author(name="Aino Esimerkki"), Author(name="Fiktiv, B."))
    assert first.abstract == "First bold words.\n\nSecond"
    assert first.links == {"page": "https://journal.example/articles/1"}
    assert first.listed == (Listing(date=DAY, source="feed"),)
    assert (first.published, first.updated) == (DAY, date(2025, 12, 12))
    assert third.id == "doi:10.1234/invented.3"
    assert third.listed == (Listing(date=DAY, source="feed"),)
    assert answer.problems == ("entry 2: no address, DOI or arXiv id; the entry was left out",)


def test_entry_without_any_date_is_reported() -> None:
    data = rss("").replace("<pubDate>Thu, 11 Dec 2025 00:00:00 +0900</pubDate>", "")
    assert read(data).problems == ("entry 1: no date, neither of its own nor of the feed; the entry was left out",)


def test_day_is_the_one_written_in_whatever_zone() -> None:
    assert read(rss("")).records[0].listed[0].date == DAY


@pytest.mark.parametrize(
    ("creator", "names"),
    [
        ("<dc:creator>Aino Esimerkki, Bo Fiktiv</dc:creator>", ["Aino Esimerkki", "Bo Fiktiv"]),
        ("<dc:creator>Fiktiv, V.S.</dc:creator>", ["Fiktiv, V.S."]),
        ("<dc:creator>Fiktiv, B.; Esimerkki, A.</dc:creator>", ["Fiktiv, B.", "Esimerkki, A."]),
        ("<dc:creator>Aino</dc:creator><dc:creator>Bo</dc:creator>", ["Aino", "Bo"]),
        ("<author>aino@example.org (Aino Esimerkki)</author>", ["Aino Esimerkki"]),
        ("", []),
    ],
)
def test_names_of_authors_are_taken_apart(creator: str, names: list[str]) -> None:
    assert [author.name for author in read(rss(creator)).records[0].authors] == names


def test_rss_1_and_atom_are_read() -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>t</title></channel>'
        '<item rdf:about="https://journal.example/1"><title>Invented</title><link>https://journal.example/1</link>'
        "<dc:date>2025-12-11</dc:date><dc:identifier>doi:10.1234/x</dc:identifier></item></rdf:RDF>"
    )
    assert [(each.id, each.title) for each in read(rdf).records] == [("doi:10.1234/x", "Invented")]


def test_empty_weekend_feed_has_no_papers() -> None:
    assert read('<rss version="2.0"><channel><title>t</title></channel></rss>') == Answer()


# Made to hurt ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["author", "dc:creator", "managingEditor"])
def test_author_field_that_feedparser_never_finishes_costs_only_its_entry(tag: str) -> None:
    absurd = f"<{tag}>{'a' * 200_000}</{tag}>"
    answer = read(rss("" if tag == "managingEditor" else absurd, absurd if tag == "managingEditor" else ""))
    if tag == "managingEditor":
        assert len(answer.records) == 1
    else:
        assert answer.problems == ("entry 1: 200,000 characters of an author, more than 2,000; the entry was left out",)


@pytest.mark.parametrize("opening", ["<!--" + "-a" * 175_000 + "-->", escape("<!--" + "a" * 40_000)])
def test_huge_comment_is_no_matter(opening: str) -> None:
    assert len(read(rss(f"<description>{opening}</description>")).records) == 1


@pytest.mark.parametrize("text", ["<b " * 16_000, "<![" * 16_000, "<p>" * 16_000, "&" * 49_000, "<!--<p>" * 7_000])
def test_broken_markup_in_a_summary_ends_in_text(text: str) -> None:
    answer = read(rss(f"<description>{escape(text)}</description>"))
    assert len(answer.records) + len(answer.problems) == 1


def test_fifty_megabytes_are_refused_unread() -> None:
    with pytest.raises(UnreadableError, match="50,000,000 bytes, more than 10,000,000"):
        read(b"<rss>" + b" " * 49_999_995)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", " jav&#x09;ascript:alert(1)", "data:text/html,x", "file:///etc/passwd"]
)
def test_link_that_leads_nowhere_good_is_no_link(link: str) -> None:
    answer = read(
        rss("<guid>https://journal.example/1</guid>").replace("https://journal.example/1</link>", f"{link}</link>")
    )
    assert [record.links for record in answer.records] in ([{}], [])
    assert all(record.id == "url:journal.example/1" for record in answer.records)


def test_feed_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "DEADLINE", 0.001)
    with pytest.raises(UnreadableError, match="not read within 0 seconds"):
        read(rss(""))


def test_reader_that_dies_is_reported_with_its_last_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no memory left')")
    monkeypatch.setattr(feedreader, "__file__", str(broken))
    with pytest.raises(UnreadableError, match="the feed reader failed: no memory left"):
        read(rss(""))


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("$a<b$ and $x>y$", "$a<b$ and $x>y$"),
        ("On <mask> tokens", "On <mask> tokens"),
        ("H<sub>2</sub>O &amp; <i>E. coli</i>", "H2O & E. coli"),
        ("<script>alert(1)</script>", "alert(1)"),
    ],
)
def test_tags_of_a_title_go_and_its_text_stays(title: str, plain: str) -> None:
    assert feedreader.without_tags(title) == plain


def test_markup_of_a_summary_goes_with_its_scripts() -> None:
    assert feedreader.plain_text("a &lt; b") == "a < b"
    assert feedreader.plain_text("<p>One</p><style>p{}</style><p>two<br>three</p>").split() == ["One", "two", "three"]


def test_feedreader_gives_what_feedparser_found() -> None:
    found = feedreader.entries(rss("<category>c</category>").encode())
    assert found["version"] == "rss20"
    assert found["entries"][0]["tags"] == ["c"]
    assert found["entries"][0]["published_parsed"] == "2025-12-10"  # in UTC; the written day is taken before it
