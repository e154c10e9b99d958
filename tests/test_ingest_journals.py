"""OAI-PMH, landing pages, BibTeX, Crossref and DataCite, from invented answers in their real forms."""

import json
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.config import SourceSettings
from generator.ingest import KINDS
from generator.ingest.answer import Answer, Asked, UnreadableError
from generator.ingest.bibtex import plain
from generator.ingest.dates import read_date
from generator.ingest.jats import plain_abstract, plain_title
from generator.ingest.landing import given_first, journal_ref
from generator.ingest.oai import read_page, set_of
from generator.ingest.run import import_files
from generator.ingest.sources import SOURCES
from generator.model import Author, Listing, Record
from generator.records import read_records

DAY = date(2025, 12, 11)


def read(kind: str, data: bytes | str, name: str = "", as_of: date | None = None) -> Answer:
    return SOURCES[kind].read(data.encode() if isinstance(data, str) else data, Asked("a", name, as_of))


# OAI-PMH --------------------------------------------------------------------------------------------------------------

OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2025-12-12T00:00:00Z</responseDate>
<request verb="ListRecords">https://arxiv.org/oai</request>{}</OAI-PMH>"""
RECORDS = """<ListRecords>
<record><header><identifier>oai:arXiv.org:math/0601001</identifier><datestamp>2025-12-11</datestamp></header>
<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>math/0601001</id><created>2006-01-01</created>
<updated>2025-12-10</updated><authors>
<author><keyname>Esimerkki</keyname><forenames>Aino</forenames><suffix>Jr.</suffix>
<affiliation>Example Laboratory</affiliation><affiliation>Another</affiliation></author>
<author><keyname>The Invented Collaboration</keyname></author></authors>
<title>On $a&lt;b$
  and more</title><categories>math.AG math.NT</categories><comments>This paper has been withdrawn</comments>
<journal-ref>J. Inv. 1 (2006)</journal-ref><doi>10.1234/inv.1</doi><abstract>  We invent.
</abstract></arXiv></metadata></record>
<record><header status="deleted"><identifier>oai:arXiv.org:2512.00001</identifier></header></record>
<record><header><identifier>oai:arXiv.org:2512.00002</identifier></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2512.00002</id><title>No day</title></arXiv></metadata></record>
<resumptionToken cursor="0">next|2</resumptionToken></ListRecords>"""


def test_oai_record_is_read_field_by_field_and_a_bad_one_left_out() -> None:
    page = read_page(OAI.format(RECORDS).encode(), Asked("a"))
    assert page.answer.records == (
        Record(
            id="arxiv:math/0601001",
            title="On $a<b$ and more",
            authors=(
                Author(name="Aino Esimerkki Jr.", affiliation="Example Laboratory, Another"),
                Author(name="The Invented Collaboration"),
            ),
            abstract="We invent.",
            published=date(2006, 1, 1),
            updated=date(2025, 12, 10),
            primary_category="math.AG",
            categories=("math.AG", "math.NT"),
            doi="10.1234/inv.1",
            journal_ref="J. Inv. 1 (2006)",
            comment="This paper has been withdrawn",
            withdrawn=True,
            listed=(Listing(date=date(2006, 1, 1), source="a"),),
        ),
    )
    assert page.answer.problems == ("record 3.created: missing; it was left out",)
    assert page.token == "next|2"


def test_oai_error_tells_its_reason() -> None:
    with pytest.raises(UnreadableError, match="arXiv answered with an error: badArgument: no such set"):
        read("oai", OAI.format('<error code="badArgument">no such set</error>'))


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.CL", "cs:cs:CL"),
        ("cs", "cs"),
        ("hep-th", "physics:hep-th"),
        ("astro-ph.CO", "physics:astro-ph:CO"),
        ("physics.optics", "physics:physics:optics"),
        ("stat.ML", "stat:stat:ML"),
    ],
)
def test_set_of_a_category_is_named_as_arxiv_names_it(category: str, name: str) -> None:
    assert set_of(category) == name


# Landing pages --------------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html><head><title>Shop | Invented</title>
<link rel="canonical" href="https://journal.example/papers/1">
<meta name="citation_title" content="Invented &lt;i&gt;Caches&lt;/i&gt; &amp;amp; $a&lt;b$">
<meta name="citation_author" content="Esimerkki, Aino"><meta name="citation_author_institution" content="Example Lab">
<meta name="citation_author_institution" content="Another"><meta name="citation_author_orcid"
 content="https://orcid.org/0000-0002-1825-0097">
<meta name="citation_author" content="Bo Fiktiv">
<meta name="CITATION_DOI" content="https://doi.org/10.1234/INV.1">
<meta name="citation_publication_date" content="2025/12/11">
<meta name="citation_abstract" content="&lt;p&gt;Abstract&lt;/p&gt;&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;">
<meta name="citation_journal_title" content="Journal of Invention"><meta name="citation_volume" content="12">
<meta name="citation_issue" content="3"><meta name="citation_firstpage" content="45">
<meta name="citation_lastpage" content="67"><meta name="citation_keywords" content="caches; invention">
<meta name="citation_pdf_url" content="https://journal.example/1.pdf"></head>
<body><script>alert(1)</script><p>Buy now</p></body></html>"""


def test_landing_page_is_read_field_by_field() -> None:
    (record,) = read("landing", PAGE, "https://journal.example/papers/1?ref=x").records
    assert record == Record(
        id="doi:10.1234/inv.1",
        title="Invented Caches & $a<b$",
        authors=(
            Author(name="Aino Esimerkki", affiliation="Example Lab; Another", orcid="0000-0002-1825-0097"),
            Author(name="Bo Fiktiv"),
        ),
        abstract="One.\n\nTwo.",
        published=DAY,
        doi="10.1234/inv.1",
        journal_ref="Journal of Invention 12(3), 45-67",
        keywords=("caches", "invention"),
        links={"pdf": "https://journal.example/1.pdf"},
        listed=(Listing(date=DAY, source="a"),),
    )


def test_landing_page_of_arxiv_is_arxivs_paper() -> None:
    page = '<meta name="citation_title" content="T"/><meta name="citation_arxiv_id" content="2512.00101"/>'
    (record,) = read("landing", page, as_of=DAY).records
    assert (record.id, record.listed) == ("arxiv:2512.00101", (Listing(date=DAY, source="a"),))


def test_landing_page_without_a_doi_is_its_canonical_address() -> None:
    page = PAGE.replace("CITATION_DOI", "other")
    assert read("landing", page, "https://other.example/").records[0].id == "url:journal.example/papers/1"


def test_landing_page_in_dublin_core_is_read() -> None:
    page = (
        '<META NAME="DC.Title" CONTENT="T"><meta name="DC.creator" content="A B"><meta name="dc.date" content="2025">'
    )
    (record,) = read("landing", page, "https://journal.example/p").records
    assert (record.title, record.authors, record.published) == ("T", (Author(name="A B"),), date(2025, 1, 1))


def test_landing_page_in_an_old_encoding_is_read() -> None:
    page = (
        '<meta charset="windows-1252"><meta name="citation_title" content="Über"><meta name="dc.date" content="2025">'
    )
    assert read("landing", page.encode("windows-1252"), "https://e.example/p").records[0].title == "Über"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "no tag 'citation_title'"),
        ("<title>Sign in</title>", "no tag 'citation_title'"),
        ('<meta name="citation_title" content="T">', "no date"),
        ('<meta name="citation_title" content="T"><meta name="dc.date" content="2025">', "no DOI and no address"),
        ("x" * 5_000_001, "5,000,001 bytes"),
    ],
)
def test_page_that_describes_no_paper_is_refused(page: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read("landing", page)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Esimerkki, Aino", "Aino Esimerkki"),
        ("King, Jr., Martin", "Martin King, Jr."),
        ("Aino Esimerkki", "Aino Esimerkki"),
        ("Laboratory,", "Laboratory,"),
    ],
)
def test_name_is_written_given_names_first(written: str, name: str) -> None:
    assert given_first(written) == name


def test_journal_is_written_with_what_is_known() -> None:
    assert journal_ref("J", "1", "2", "3-4") == "J 1(2), 3-4"
    assert journal_ref("J", issue="2") == "J 2"
    assert journal_ref("", "1") is None


# BibTeX ---------------------------------------------------------------------------------------------------------------

BIBTEX = r"""% a comment
@string{joi = "Journal of Invention"}
@article{one,
  title = {Invented {KV} Caches: {\"U}ber {a b c} $a_{b}<c$ \& 50\% of \{sets\}},
  author = {Esimerkki, Aino and M{\"u}ller, J{\'e}r{\^o}me and {The Big Collaboration} and others},
  journal = joi, volume = 12, number = 3, pages = {45--67}, year = 2025, month = dec, day = 11,
  doi = {10.1234/inv\_1}, url = {https://journal.example/1}, abstract = "We invent.", keywords = {caches, prefill}
}
@inproceedings{two, title={Two}, author={van der Berg, Jan}, booktitle={Proc.}, year={2024},
  eprint={2412.00102v2}, archivePrefix={arXiv}}
@misc{three, title={No id}, year=2025}
@misc{four, title={No year}, doi={10.1234/4}}
@article{five, title={broken
"""


def test_bibtex_entries_are_read_field_by_field_and_bad_ones_left_out() -> None:
    answer = read("bibtex", BIBTEX)
    assert answer.records == (
        Record(
            id="doi:10.1234/inv_1",
            title="Invented KV Caches: Über a b c $a_{b}<c$ & 50% of {sets}",
            authors=(Author(name="Aino Esimerkki"), Author(name="Jérôme Müller"), Author(name="The Big Collaboration")),
            abstract="We invent.",
            published=DAY,
            doi="10.1234/inv_1",
            journal_ref="Journal of Invention 12(3), 45-67",
            keywords=("caches", "prefill"),
            links={"page": "https://journal.example/1"},
            listed=(Listing(date=DAY, source="a"),),
        ),
        Record(
            id="arxiv:2412.00102",
            title="Two",
            authors=(Author(name="Jan van der Berg"),),
            published=date(2024, 1, 1),
            journal_ref="Proc.",
            listed=(Listing(date=date(2024, 1, 1), source="a"),),
        ),
    )
    assert [problem.partition(":")[0] for problem in answer.problems] == [
        "line 13",
        "line 11, 'three'",
        "line 12, 'four'",
    ]


def test_bibtex_file_named_by_a_day_lists_its_papers_on_it() -> None:
    entry = "@misc{a, title={T}, doi={10.1234/a}, year=2020}"
    assert read("bibtex", entry, "read-2025-12-11.bib").records[0].listed == (Listing(date=DAY, source="a"),)


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ("year={2020--2021}, month={nov/dec}", date(2020, 11, 1)),
        ("year={in press, 2026}", date(2026, 1, 1)),
        ("year=2025, month={12}", date(2025, 12, 1)),
        ('year=2025, month="11~" # dec', DAY),
        ("date={2025-12-11/2025-12-13}", DAY),
        ("year=2025, month={Advent}", date(2025, 1, 1)),
        ("year=2025, month=12, day=11", DAY),
        ("note={no year}", None),
    ],
)
def test_bibtex_day_is_read_from_what_people_write(fields: str, day: date | None) -> None:
    records = read("bibtex", "@misc{a, title={T}, doi={10.1234/a}, " + fields + "}").records
    assert [record.published for record in records] == ([day] if day else [])


def test_file_without_an_entry_is_no_bibtex() -> None:
    with pytest.raises(UnreadableError, match="no entry of BibTeX"):
        read("bibtex", "<!doctype html><title>Sign in</title>")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"{{Double}} {b}races", "Double braces"),
        (r"\emph{much} a~b --- c", "much a b — c"),
        (r"$\{x_{1}\}$ and \{y\}", r"$\{x_{1}\}$ and {y}"),
        (r"{\L}ukasz \_ \# \%", "Łukasz _ # %"),
    ],
)
def test_tex_of_bibtex_is_read_as_text(written: str, text: str) -> None:
    assert plain(written) == text


# Crossref and DataCite ------------------------------------------------------------------------------------------------

WORK: dict[str, Any] = {
    "DOI": "10.1234/INV.1",
    "title": ["Invented <i>Caches</i> &amp; $a<b$"],
    "subtitle": ["A story"],
    "author": [
        {"given": "Aino", "family": "Esimerkki", "suffix": "Jr.", "ORCID": "https://orcid.org/0000-0002-1825-0097",
         "affiliation": [{"name": "Example Lab"}, {}], "sequence": "first"},
        {"name": "The Invented Collaboration", "affiliation": []},
    ],
    "abstract": "<jats:title>Abstract</jats:title><jats:p>One, <jats:italic>two</jats:italic>.</jats:p>"
    "<jats:p>x <mml:math><mml:mi>n</mml:mi></mml:math> a&lt;b.</jats:p>",
    "container-title": ["Journal of Invention"],
    "volume": "12",
    "issue": "3",
    "page": "45-67",
    "published-print": {"date-parts": [[2026, 1]]},
    "published-online": {"date-parts": [[2025, 12, 11]]},
    "issued": {"date-parts": [[None]]},
    "URL": "https://doi.org/10.1234/inv.1",
    "link": [{"URL": "https://journal.example/1.pdf", "content-type": "application/pdf"}],
    "is-referenced-by-count": 5,
}  # fmt: skip


def crossref(**changes: Any) -> str:
    return json.dumps({"status": "ok", "message": {**WORK, **changes}})


def test_crossref_work_is_read_field_by_field() -> None:
    assert read("crossref", crossref()).records == (
        Record(
            id="doi:10.1234/inv.1",
            title="Invented Caches & $a<b$: A story",
            authors=(
                Author(name="Aino Esimerkki Jr.", affiliation="Example Lab", orcid="0000-0002-1825-0097"),
                Author(name="The Invented Collaboration"),
            ),
            abstract="One, two.\n\nx n a<b.",
            published=DAY,
            doi="10.1234/INV.1",
            journal_ref="Journal of Invention 12(3), 45-67",
            links={"page": "https://doi.org/10.1234/inv.1", "pdf": "https://journal.example/1.pdf"},
            listed=(Listing(date=DAY, source="a"),),
        ),
    )


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({"published-online": {"date-parts": [[2025]]}}, date(2025, 1, 1)),
        ({"published-online": {"date-parts": [[0, 99]]}, "issued": {"date-parts": [[2024, 5]]}}, date(2024, 5, 1)),
    ],
)
def test_crossref_day_of_which_a_part_is_known_is_its_first(dates: Any, day: date) -> None:
    none: dict[str, Any] = {"published-online": {}, "published-print": {}, "issued": {}}
    assert read("crossref", crossref(**{**none, **dates})).records[0].published == day


@pytest.mark.parametrize("data", ["", "[]", '{"message":{}}', crossref(title=[]), crossref(DOI="x"), "[" * 100_000])
def test_damaged_answer_of_crossref_is_refused(data: str) -> None:
    with pytest.raises(UnreadableError):
        read("crossref", data)


SET: dict[str, Any] = {
    "doi": "10.5281/zenodo.1",
    "titles": [{"title": "Invented caches"}, {"title": "Andere", "titleType": "TranslatedTitle"}],
    "creators": [
        {"name": "Esimerkki, Aino", "nameType": "Personal", "affiliation": ["Example Lab"],
         "nameIdentifiers": [{"nameIdentifier": "https://orcid.org/0000-0002-1825-0097",
                              "nameIdentifierScheme": "ORCID"}]},
        {"name": "Fiktiv, Bo", "givenName": "Bo", "familyName": "Fiktiv", "affiliation": [{"name": "Another"}]},
        {"name": "Laboratory, The Invented", "nameType": "Organizational"},
    ],
    "descriptions": [{"description": "Methods.", "descriptionType": "Methods"},
                     {"description": "<p>We invent.</p>", "descriptionType": "Abstract"}],
    "dates": [{"date": "2025", "dateType": "Issued"}, {"date": "2025-12-11T10:00:00Z", "dateType": "Available"}],
    "publicationYear": 2025,
    "subjects": [{"subject": "caches"}],
    "url": "https://zenodo.org/records/1",
    "container": {},
}  # fmt: skip


def test_datacite_record_is_read_field_by_field() -> None:
    assert read("datacite", json.dumps({"data": {"attributes": SET}})).records == (
        Record(
            id="doi:10.5281/zenodo.1",
            title="Invented caches",
            authors=(
                Author(name="Aino Esimerkki", affiliation="Example Lab", orcid="0000-0002-1825-0097"),
                Author(name="Bo Fiktiv", affiliation="Another"),
                Author(name="Laboratory, The Invented"),
            ),
            abstract="We invent.",
            published=DAY,
            doi="10.5281/zenodo.1",
            keywords=("caches",),
            links={"page": "https://zenodo.org/records/1"},
            listed=(Listing(date=DAY, source="a"),),
        ),
    )


def test_arxivs_own_doi_is_arxivs_paper() -> None:
    body = json.dumps({"data": {"attributes": {**SET, "doi": "10.48550/arXiv.2512.00101"}}})
    assert read("datacite", body).records[0].id == "arxiv:2512.00101"


# Files ----------------------------------------------------------------------------------------------------------------

FILES = {
    "oai.xml": ("oai", OAI.format(RECORDS), 1),
    "page.html": ("landing", PAGE, 1),
    "papers.bib": ("bibtex", BIBTEX, 2),
    "work.json": ("crossref", crossref(), 1),
    "set.json": ("datacite", json.dumps({"data": {"attributes": SET}}), 1),
}


@pytest.mark.parametrize("name", FILES)
def test_importing_a_journals_file_twice_changes_no_byte(tmp_path: Path, name: str) -> None:
    kind, text, papers = FILES[name]
    (tmp_path / name).write_text(text, "utf-8")
    assert len(import_files(tmp_path, kind, [tmp_path / name]).plan.added) == papers
    before = {path: path.read_bytes() for path in (tmp_path / "content").rglob("*") if path.is_file()}
    again = import_files(tmp_path, kind, [tmp_path / name])
    assert (again.written, len(again.plan.unchanged)) == ((), papers)
    assert {path: path.read_bytes() for path in before} == before
    assert read_records(tmp_path).problems == ()


def test_every_kind_can_be_imported_and_configured() -> None:
    assert set(KINDS) == set(SOURCES)
    asked = {kind for kind, source in SOURCES.items() if source.ask is not None}
    assert asked == set(get_args(get_type_hints(SourceSettings)["kind"]))


# What they share ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025/12/11", DAY),
        ("2025-12-11T10:00:00Z", DAY),
        ("2025-12", date(2025, 12, 1)),
        ("2025", date(2025, 1, 1)),
        ("Dec 11, 2025", DAY),
        ("December 2025", date(2025, 12, 1)),
        ("11 December 2025", DAY),
        ("11th Dec. 2025", DAY),
        ("2025/13/01", None),
        ("20251211", None),
        ("soon", None),
        ("", None),
    ],
)
def test_day_is_read_as_publishers_write_it(written: str, day: date | None) -> None:
    assert read_date(written) == day


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a<b and m > n, <mask>", "a<b and m > n, <mask>"),
        ("H<sub>2</sub>O &amp; <b>more</b>", "H2O & more"),
        ("<mml:math><mml:mi>x</mml:mi><mml:mo>&lt;</mml:mo></mml:math> is", "x< is"),
    ],
)
def test_title_loses_its_markup_and_nothing_else(written: str, text: str) -> None:
    assert plain_title(written) == text


def test_abstract_loses_its_heading_and_keeps_its_paragraphs() -> None:
    assert plain_abstract("<h2>Abstract</h2><p>One.</p><p>Two.</p>").split("\n\n") == ["One.", "Two."]


PIECES = '< > </ & &lt; p jats:p mml:math " = meta name { \\ } title @article{a, , $ citation_title content 10.1234/a é'
pieces = st.sampled_from([*PIECES.split(), " ", "\n"])


@settings(deadline=None)
@given(st.sampled_from(["oai", "landing", "bibtex", "crossref", "datacite"]), st.lists(pieces, max_size=60))
def test_any_text_is_read_or_refused(kind: str, parts: list[str]) -> None:
    try:
        answer = read(kind, "".join(parts), "https://e.example/2025-12-11", DAY)
    except UnreadableError:
        return
    assert all(record.title and record.listed for record in answer.records)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "title", "date"]), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(sorted(WORK)), json_values)
def test_any_value_in_a_field_of_crossref_is_read_or_refused(key: str, value: object) -> None:
    try:
        answer = read("crossref", crossref(**{key: value}))
    except UnreadableError:
        return
    assert [record.listed != () for record in answer.records] == [True]


@settings(deadline=None)
@given(st.sampled_from(sorted(SET)), json_values)
def test_any_value_in_a_field_of_datacite_is_read_or_refused(key: str, value: object) -> None:
    try:
        answer = read("datacite", json.dumps({"data": {"attributes": {**SET, key: value}}}))
    except UnreadableError:
        return
    assert [record.listed != () for record in answer.records] == [True]
