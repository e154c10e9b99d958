"""Each source's answers become the right records; what is damaged is named and taken whole or not at all."""

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.ingest.answer import Answer, Asked, UnreadableError, admit, says_withdrawn
from generator.ingest.sources import SOURCES
from generator.model import Author, Listing, Measurement, Record

DATA = Path(__file__).parent / "data" / "ingest"
DAY = date(2025, 12, 11)


def read(kind: str, data: bytes | str, name: str = "", as_of: date | None = None) -> Answer:
    return SOURCES[kind].read(data.encode() if isinstance(data, str) else data, Asked(kind, name, as_of))


def file(name: str) -> bytes:
    return (DATA / name).read_bytes()


def day(*papers: object) -> str:
    return json.dumps([{"paper": paper} for paper in papers])


PAPER = {"id": "2512.00101", "title": "Invented", "authors": [{"name": "Aino Esimerkki"}]}

# Hugging Face ---------------------------------------------------------------------------------------------------------


def test_huggingface_day_is_read_field_by_field() -> None:
    first, second = read("huggingface", file("huggingface-2025-12-11.json"), "2025-12-11.json").records
    assert first == Record(
        id="arxiv:2512.00101",
        title="Invented Caches: Sharing $a<b$ Prefixes",
        authors=(Author(name="Aino Esimerkki"), Author(name="Bo Fiktiv")),
        abstract="We invent a cache.",
        published=date(2025, 12, 9),
        organization="Example Laboratory",
        keywords=("KV cache", "prefill"),
        summary="A cache is invented.",
        links={"code": "https://github.com/example/invented-caches"},
        listed=(Listing(date=DAY, source="huggingface"),),
    )
    assert second.id == "arxiv:2512.00102"


def test_huggingface_paper_without_a_day_takes_that_of_the_name() -> None:
    name = "https://huggingface.example/api/daily_papers?date=2025-12-11"
    assert read("huggingface", day(PAPER), name).records[0].listed[0].date == DAY
    with pytest.raises(UnreadableError, match="name the file by its day"):
        read("huggingface", day(PAPER), "latest.json")


def test_huggingface_counts_are_measurements_only_when_their_day_is_known() -> None:
    data = file("huggingface-2025-12-11.json")
    assert read("huggingface", data, "2025-12-11").measured == ()
    assert read("huggingface", data, "2025-12-11", as_of=DAY).measured == (
        Measurement(id="arxiv:2512.00101", as_of=DAY, upvotes=12, comments=2, stars=7),
        Measurement(id="arxiv:2512.00102", as_of=DAY, upvotes=0, comments=0),
    )


def test_huggingface_withdrawn_paper_says_so() -> None:
    withdrawn = read("huggingface", day({**PAPER, "withdrawnAt": "2025-12-12T00:00:00.000Z"}), "2025-12-11").records[0]
    assert withdrawn.withdrawn


DAMAGED = [
    ("[\"{'paper': {}}\"]", r"\[0\]: expected an object, got text"),
    ('{"status":"success","date":"2025-01-10","count":9,"data":[]}', "object with status, date, count, data"),
    ('{"error":"Invalid date"}', "'Invalid date'"),
    (file("huggingface-2025-12-11.json")[:700], "not JSON"),
    ("", "not JSON"),
    ("[" * 100_000, "."),
    (day(PAPER, {**PAPER, "authors": "A, B"}), r"\[1\]\.paper\.authors: expected a list, got text"),
    (day({**PAPER, "title": None}), r"\[0\]\.paper\.title"),
    (day({**PAPER, "title": " \u200b"}), r"\[0\]\.paper\.title: empty"),
    (day({**PAPER, "title": "x" * 2001}), r"\[0\]\.paper\.title: 2,001 characters"),
    (day({**PAPER, "summary": "x" * 50_001}), r"\[0\]\.paper\.abstract: 50,001 characters"),
    (day({**PAPER, "authors": [{"name": "A"}] * 10_001}), r"\[0\]\.paper\.authors: 10,001 of them"),
    (day({**PAPER, "id": "../../etc/passwd"}), r"\[0\]\.paper\.id"),
    (day({**PAPER, "publishedAt": "0001-01-01T00:00:00Z"}), r"\[0\]\.paper\.published: 0001-01-01"),
    (day({"id": "2512.00101"}), "title"),
    (day(PAPER).encode() + b"\xff", "not JSON"),
    (json.dumps([{"paper": {**PAPER, "title": "\ud800"}}]), "not JSON"),
]


@pytest.mark.parametrize(("data", "message"), DAMAGED)
def test_damaged_huggingface_day_names_the_place(data: bytes | str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read("huggingface", data, "2025-12-11.json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PAPER, "paper", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(
    st.sampled_from(
        ["id", "title", "authors", "summary", "publishedAt", "upvotes", "organization", "withdrawnAt", "githubRepo"]
    ),
    json_values,
)
def test_any_value_in_a_huggingface_field_is_read_or_refused(key: str, value: object) -> None:
    data = json.dumps([{"paper": {**PAPER, key: value}}])
    try:
        answer = read("huggingface", data, "2025-12-11", as_of=DAY)
    except UnreadableError:
        return
    assert [record.id.partition(":")[0] for record in answer.records] in (["arxiv"], ["doi"], ["url"])


# arXiv ----------------------------------------------------------------------------------------------------------------


def test_arxiv_new_layout_is_read_field_by_field() -> None:
    assert read("arxiv", file("arxiv-new-layout.xml")).records == (
        Record(
            id="arxiv:2512.00101",
            title="Invented Caches, Revised: $a<b$ & More",
            authors=(
                Author(name="Aino Esimerkki", affiliation="Example Laboratory, Dept. of Invention"),
                Author(name="Bo Fiktiv"),
            ),
            abstract="We invent a cache and revise it.",
            published=date(2025, 12, 9),
            updated=date(2025, 12, 20),
            version=2,
            primary_category="cs.DC",
            categories=("cs.DC", "cs.CL"),
            doi="10.1234/invented.1",
            journal_ref="Invented Proceedings 1:1-2",
            comment="This paper has been withdrawn by the author",
            withdrawn=True,
            links={"pdf": "https://arxiv.org/pdf/2512.00101v2"},
            listed=(Listing(date=date(2025, 12, 9), source="arxiv"),),
        ),
    )


def test_arxiv_old_layout_and_old_id_are_read() -> None:
    (record,) = read("arxiv", file("arxiv-old-layout.xml")).records
    assert record.id == "arxiv:math/0601001"
    assert record.title == 'An Invented Theorem on B\\"uttiker Spaces'
    assert record.abstract == "A theorem is invented, over two lines.\n\nAnd a second paragraph."
    assert record.categories == ("math.GT", "57M50")
    assert record.version == 1
    assert not record.withdrawn


def test_arxiv_answer_without_entries_has_no_papers() -> None:
    assert read("arxiv", '<feed xmlns="http://www.w3.org/2005/Atom"></feed>') == Answer()


ERROR = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>{}/api/errors#incorrect_id</id><title>Error</title>'
    "<summary>incorrect id format for abc</summary></entry></feed>"
)
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>'
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom">&x;</feed>'
BAD_XML = [
    (b"Rate exceeded.", "not XML but 'Rate exceeded.'"),
    (b"", "not XML"),
    (b"\x00\x01", "not XML"),
    (BILLION_LAUGHS.encode(), "document type"),
    (OUTSIDE.encode(), "document type"),
    (b"<html><body>Service unavailable</body></html>", "not a"),
    (b'<?xml version="1.0" encoding="nonsense"?><feed/>', "damaged XML"),
    (b"<feed>\xff</feed>", "damaged XML"),
    (b"<a>" * 1000, "damaged XML"),
]


@pytest.mark.parametrize("kind", ["arxiv", "feed"])
@pytest.mark.parametrize(("data", "message"), BAD_XML)
def test_bad_xml_is_refused(kind: str, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read(kind, data)


@pytest.mark.parametrize("host", ["http://arxiv.org", "https://arxiv.org", "https://export.arxiv.org"])
def test_arxiv_error_feed_tells_its_reason(host: str) -> None:
    with pytest.raises(UnreadableError, match="incorrect id format for abc"):
        read("arxiv", ERROR.format(host))


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_truncated_arxiv_answer_names_the_line(cut: float) -> None:
    whole = file("arxiv-new-layout.xml")
    with pytest.raises(UnreadableError, match="damaged XML at line"):
        read("arxiv", whole[: int(len(whole) * cut)])


def test_arxiv_entry_without_a_date_is_refused_with_its_number() -> None:
    data = file("arxiv-new-layout.xml").replace(b"2025-12-09T18:59:59Z", b"soon")
    with pytest.raises(UnreadableError, match=r"entry 1\.published: 'soon' is no date"):
        read("arxiv", data)


@pytest.mark.parametrize(
    ("comment", "withdrawn"),
    [
        ("This paper has been withdrawn", True),
        ("Withdrawn", True),
        ("7 pages. The paper is withdrawn by the author due to an error", True),
        ("The author has withdrawn this submission [arXiv admin]", True),
        ("16 pages; withdrawn because of generalised results", True),
        ("3 pages. Theorem 3 withdrawn of this version", False),
        ("Previous version was withdrawn to be updated", False),
        ("7 pages, figures drawn by LaTeX", False),
        ("", False),
        (None, False),
    ],
)
def test_comment_says_whether_a_paper_was_withdrawn(comment: str | None, withdrawn: bool) -> None:
    assert says_withdrawn(comment) is withdrawn


# Our own lines --------------------------------------------------------------------------------------------------------


def test_record_lines_are_read_as_they_are() -> None:
    line = '{"id":"arxiv:2512.00101","listed":[{"date":"2025-12-11","source":"a"}],"title":"Invented"}\n'
    listed = (Listing(date=DAY, source="a"),)
    assert read("jsonl", line).records == (Record(id="arxiv:2512.00101", title="Invented", listed=listed),)


def test_record_line_may_write_its_id_as_people_do_and_be_dated_by_the_file() -> None:
    (record,) = read("jsonl", '{"id":"2512.00101v2","title":"Invented"}', "2025-12-11.jsonl").records
    assert (record.id, record.listed) == ("arxiv:2512.00101", (Listing(date=DAY, source="jsonl"),))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id":"arxiv:2512.00101","titel":"x"}', "line 1, column 26: unknown key 'titel'; did you mean 'title'"),
        ('{"id":"nonsense","title":"x","published":"2025-12-11"}', "line 1.id: 'nonsense' is no paper"),
        ('{"id":"arxiv:2512.00101","title":"x"}', "neither 'listed' nor 'published'"),
        ("nonsense\n" * 9, "and 4 more"),
    ],
)
def test_damaged_record_line_is_named(line: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read("jsonl", line)


# The gate -------------------------------------------------------------------------------------------------------------

wild = st.text(max_size=30)


@settings(deadline=None)
@given(
    wild, wild, wild, st.dictionaries(wild, wild | st.sampled_from(["javascript:alert(1)", "https://example.org/é"]))
)
def test_whatever_comes_in_is_clean_and_stays_as_it_is(
    title: str, name: str, abstract: str, links: dict[str, str]
) -> None:
    record = Record(id="2512.00101", title=f"x{title}", authors=(Author(name=name),), abstract=abstract, links=links)
    admitted = admit(record)
    assert admit(admitted) == admitted
    assert not {unicodedata.category(letter) for letter in admitted.title} & {"Cc", "Cs", "Zl", "Zp"}
    assert all(author.name for author in admitted.authors)
    assert all(address.startswith(("http://", "https://")) for address in admitted.links.values())
    (admitted.title + (admitted.abstract or "")).encode("utf-8")


def test_orcid_is_taken_from_its_address_and_nonsense_dropped() -> None:
    authors = (Author(name="A", orcid="https://orcid.org/0000-0002-1825-009x"), Author(name="B", orcid="me"))
    admitted = admit(Record(id="2512.00101", title="x", authors=authors)).authors
    assert [author.orcid for author in admitted] == ["0000-0002-1825-009X", None]
