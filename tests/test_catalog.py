"""Curation laid over records: corrections, papers by hand, several ids of one paper, days, topics; all invented."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.catalog.aliases import same_papers
from generator.catalog.catalog import assemble
from generator.catalog.check import check
from generator.catalog.content import load
from generator.model import Choice, Day, Digest, Listing, Measurement, Paper, Pick
from generator.records import Records
from generator.text import clean_name, clean_title
from tests.content import CORRECTIONS, DIGEST, TOPICS, catalog_of, noted, put, record, write

A, B, C = "arxiv:2501.00001", "arxiv:2501.00002", "arxiv:2501.00003"
DAY = date(2025, 12, 11)


def only(root: Path) -> Paper:
    [paper] = catalog_of(root).papers.values()
    return paper


# Papers ---------------------------------------------------------------------------------------------------------------


def test_a_digest_with_nothing_in_it_is_fine(tmp_path: Path) -> None:
    catalog = catalog_of(write(tmp_path))
    assert (catalog.papers, catalog.days, dict(catalog.people), catalog.topics) == ({}, {}, {}, {})
    assert (catalog.moved_papers, catalog.moved_people) == ({}, {})


def test_every_field_of_a_record_reaches_its_paper(tmp_path: Path) -> None:
    line = record(
        A,
        title="A &amp; B",
        authors=[{"name": "Ada Example", "affiliation": "Some  Lab", "orcid": "0000-0002-1825-0097"}],
        abstract="One\nparagraph.",
        published="2025-01-02",
        updated="2025-02-03",
        version=2,
        primary_category="cs.CL",
        categories=["cs.DC", "cs.CL"],
        doi="10.1234/ABC",
        journal_ref="Journal 1",
        comment="9 pages",
        withdrawn=True,
        organization="Some Lab",
        keywords=["kv cache", " "],
        summary="kept, not published",
        links={"code": "https://example.org/code", "project": "javascript:alert(1)"},
    )
    put(write(tmp_path, line), {"content/metrics/2025-12.jsonl": f'{{"as_of":"2025-12-12","id":"{A}","upvotes":7}}\n'})
    paper = only(tmp_path)
    [mention] = paper.authors
    assert (mention.name, mention.person, mention.affiliation) == ("Ada Example", "ada-example", "Some Lab")
    assert paper == Paper(
        id=A,
        address="2501.00001",
        title="A & B",
        day=DAY,
        aliases=("doi:10.1234/abc",),
        authors=(mention,),
        abstract="One paragraph.",
        published=date(2025, 1, 2),
        updated=date(2025, 2, 3),
        version=2,
        primary_category="cs.CL",
        categories=("cs.CL", "cs.DC"),
        doi="10.1234/abc",
        journal_ref="Journal 1",
        comment="9 pages",
        withdrawn=True,
        organization="Some Lab",
        keywords=("kv cache",),
        links={"code": "https://example.org/code"},
        listed=(Listing(date=DAY, source="invented"),),
        measured=Measurement(id=A, as_of=date(2025, 12, 12), upvotes=7),
        measured_on={"upvotes": date(2025, 12, 12)},
    )


def test_a_paper_without_a_title_is_named_by_its_id(tmp_path: Path) -> None:
    assert only(write(tmp_path, record(A, title=" "))).title == A


def test_papers_come_newest_day_first(tmp_path: Path) -> None:
    root = write(tmp_path, record(A, day="2025-12-10"), record(B, title="B"), record(C, title="a"))
    assert list(catalog_of(root).papers) == [C, B, A]


# Corrections ----------------------------------------------------------------------------------------------------------

FIELDS: list[tuple[str, str, Callable[[Paper], Any], Any]] = [
    ("title", "Right", lambda paper: paper.title, "Right"),
    ("abstract", "Right", lambda paper: paper.abstract, "Right"),
    ("published", "2024-02-29", lambda paper: paper.published, date(2024, 2, 29)),
    ("doi", "10.1234/RIGHT", lambda paper: paper.doi, "10.1234/right"),
    ("journal_ref", "Right", lambda paper: paper.journal_ref, "Right"),
    ("comment", "Right", lambda paper: paper.comment, "Right"),
    ("organization", "Right", lambda paper: paper.organization, "Right"),
    ("primary_category", "cs.OS", lambda paper: paper.categories, ("cs.OS", "cs.CL")),
    ("withdrawn", "true", lambda paper: paper.withdrawn, True),
    ("authors", "Jo Two; Ann One ;", lambda paper: [one.name for one in paper.authors], ["Jo Two", "Ann One"]),
]


@pytest.mark.parametrize(("field", "value", "seen", "right"), FIELDS, ids=[field for field, *_ in FIELDS])
def test_a_correction_lies_over_the_record(
    tmp_path: Path, field: str, value: str, seen: Callable[[Paper], Any], right: object
) -> None:
    correction = f"- {{id: {A}, field: {field}, value: {value!r}, why: x, by: y}}\n"
    root = write(tmp_path, record(A, "J. Two", categories=["cs.CL"], doi="10.1234/wrong"), corrections=correction)
    paper = only(root)
    assert seen(paper) == right
    [kept] = paper.corrections
    assert (kept.field, kept.why, kept.by) == (field, "x", "y")


def test_corrected_authors_keep_the_affiliations_of_those_that_stay(tmp_path: Path) -> None:
    line = record(A, authors=[{"name": "Jos{\\'e} D", "affiliation": "Some Lab"}, {"name": "Ann One"}])
    root = write(tmp_path, line, corrections=f"- {{id: {A}, field: authors, value: Jo Two; José D, why: x, by: y}}\n")
    assert [(one.name, one.affiliation) for one in only(root).authors] == [("Jo Two", None), ("José D", "Some Lab")]


def test_a_correction_that_cannot_be_understood_changes_nothing(tmp_path: Path) -> None:
    correction = f"- {{id: {A}, field: published, value: soon, why: x, by: y}}\n"
    root = write(tmp_path, record(A, published="2025-01-02"), corrections=correction)
    assert assemble(load(root)).papers[A].published == date(2025, 1, 2)


def test_a_corrected_doi_decides_which_paper_it_is(tmp_path: Path) -> None:
    records = record(A, doi="10.1234/other"), record("doi:10.1234/other"), record("doi:10.1234/own")
    root = write(tmp_path, *records)
    assert list(catalog_of(root).papers) == [A, "doi:10.1234/own"]
    put(root, {CORRECTIONS: f"- {{id: {A}, field: doi, value: 10.1234/own, why: x, by: y}}\n"})
    catalog = catalog_of(root)
    assert list(catalog.papers) == [A, "doi:10.1234/other"]
    assert (catalog.papers[A].doi, catalog.papers[A].aliases) == ("10.1234/own", ("doi:10.1234/own",))


# By hand --------------------------------------------------------------------------------------------------------------

BY_HAND = """\
- id: 10.1234/Hand
  title: By hand
  date: 2025-12-09
  authors: [{name: Ada Example}]
  abstract: Words of the curator.
"""


def test_a_paper_by_hand_is_listed_on_its_day(tmp_path: Path) -> None:
    catalog = catalog_of(write(tmp_path, papers=BY_HAND))
    [paper] = catalog.papers.values()
    assert (paper.id, paper.day, paper.doi, paper.by_hand) == (
        "doi:10.1234/hand",
        date(2025, 12, 9),
        "10.1234/hand",
        True,
    )
    assert catalog.days[paper.day].rest == (paper.id,)
    assert catalog.people["ada-example"].papers == (paper.id,)


def test_a_paper_by_hand_that_a_source_learns_of_keeps_what_only_the_hand_knew(tmp_path: Path) -> None:
    root = write(tmp_path, record("doi:10.1234/hand", title="By a source"), papers=BY_HAND)
    paper = only(root)
    assert (paper.title, paper.abstract, paper.by_hand) == ("By a source", "Words of the curator.", False)
    assert [listing.source for listing in paper.listed] == ["by hand", "invented"]
    assert paper.day == date(2025, 12, 9)


def test_a_paper_by_hand_is_absorbed_by_the_arxiv_record_that_names_it(tmp_path: Path) -> None:
    root = write(tmp_path, record(A, doi="10.1234/hand"), papers=BY_HAND)
    paper = only(root)
    assert (paper.id, paper.aliases, paper.abstract) == (A, ("doi:10.1234/hand",), "Words of the curator.")


# Several ids of one paper ---------------------------------------------------------------------------------------------


def test_an_arxiv_record_that_names_its_doi_absorbs_the_dois_record(tmp_path: Path) -> None:
    publisher = record(
        "doi:10.1234/x", "Ada Example", title="Printed", journal_ref="Journal 1", links={"pdf": "https://example.org/p"}
    )
    root = write(
        tmp_path,
        record(A, "A. Example", doi="10.1234/X", links={"code": "https://example.org/c"}),
        {**publisher, "listed": [{"date": "2025-12-12", "source": "journal"}]},
        digest="picks: [{id: doi:10.1234/x, note: by its DOI}]\n",
        corrections="- {id: 10.1234/x, field: comment, value: c, why: x, by: y}\n",
    )
    put(root, {"content/metrics/2025-12.jsonl": '{"as_of":"2025-12-12","citations":7,"id":"doi:10.1234/x"}\n'})
    catalog = catalog_of(root)
    [paper] = catalog.papers.values()
    assert (paper.id, paper.title, paper.journal_ref) == (A, f"Paper {A}", "Journal 1")
    assert [author.name for author in paper.authors] == ["A. Example"]
    assert paper.links == {"code": "https://example.org/c", "pdf": "https://example.org/p"}
    assert [listing.date.day for listing in paper.listed] == [11, 12]
    assert (paper.note, paper.comment) == ("by its DOI", "c")
    assert paper.measured is not None
    assert paper.measured.citations == 7
    assert catalog.moved_papers == {"doi-10.1234-x": "2501.00001"}
    assert catalog.days[DAY].picks[0][1] == A
    assert catalog.days[date(2025, 12, 12)].rest == (A,)


def test_a_doi_that_no_record_has_is_an_alias_and_no_redirect(tmp_path: Path) -> None:
    catalog = catalog_of(write(tmp_path, record(A, doi="10.1234/x"), digest="picks: [{id: 10.1234/x}]\n"))
    assert catalog.papers[A].aliases == ("doi:10.1234/x",)
    assert len(catalog.papers[A].choices) == 1
    assert catalog.moved_papers == {}


def same(dois: Mapping[str, str | None]) -> dict[str, str]:
    return same_papers(dois, {paper: doi for paper, doi in dois.items() if doi})


def made(**dois: str | None) -> dict[str, str | None]:
    names = {
        "a": A,
        "b": B,
        "x": "doi:10.1234/x",
        "y": "doi:10.1234/y",
        "u": "url:example.org/u",
        "v": "url:example.org/v",
    }
    return {names[key]: doi for key, doi in dois.items()}


def test_two_arxiv_records_of_one_doi_stay_two_papers() -> None:
    assert same(made(b="10.1234/x", a="10.1234/x", x=None)) == {"doi:10.1234/x": A}


def test_a_page_that_names_a_doi_is_the_dois_paper() -> None:
    assert same(made(u="10.1234/x", x=None)) == {"url:example.org/u": "doi:10.1234/x"}


def test_a_page_leads_over_the_doi_to_the_preprint() -> None:
    expected = {"doi:10.1234/x": A, "url:example.org/u": A}
    assert same(made(u="10.1234/x", x=None, a="10.1234/x")) == expected
    assert same(made(a="10.1234/x", u="10.1234/x")) == expected


def test_one_record_may_name_two_dois() -> None:
    assert same(made(a="10.1234/x 10.1234/y", x=None)) == {"doi:10.1234/x": A, "doi:10.1234/y": A}


def test_arxivs_own_doi_is_the_arxiv_paper() -> None:
    assert same(made(a="10.48550/arXiv.2501.00001")) == {}
    assert same(made(a=None, u="10.48550/arXiv.2501.00001")) == {"url:example.org/u": A}
    assert same(made(u="10.48550/arXiv.nonsense")) == {"doi:10.48550/arxiv.nonsense": "url:example.org/u"}


dois = st.none() | st.lists(
    st.sampled_from(["10.1234/x", "10.1234/y", "10.48550/arXiv.2501.00001"]), min_size=1, max_size=3
).map(" ".join)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from("abxyuv"), dois), st.randoms())
def test_which_ids_are_one_paper_never_depends_on_the_order_of_records(
    chosen: dict[str, str | None], random: Any
) -> None:
    records = made(**chosen)
    found = same(records)
    shuffled = list(records.items())
    random.shuffle(shuffled)
    assert same(dict(shuffled)) == found
    assert not found.keys() & set(found.values())  # one step leads to the end
    assert set(found.values()) <= records.keys()
    assert not any(paper.startswith("arxiv:") for paper in found)


# Days -----------------------------------------------------------------------------------------------------------------


def test_a_day_without_a_digest_is_what_was_listed_ranked(tmp_path: Path) -> None:
    root = write(
        tmp_path, record(A, title="B"), record(B, title="A"), record(C, title="Z", links={"code": "https://x.org/"})
    )
    assert catalog_of(root).days == {DAY: Day(date=DAY, rest=(C, B, A))}


def test_picks_come_first_in_the_curators_order_highlights_before_them(tmp_path: Path) -> None:
    digest = f"picks:\n  - id: {C}\n  - id: {A}\n  - {{id: {B}, highlight: true, note: n}}\n"
    root = write(tmp_path, record(A), record(B), record(C), record("arxiv:2501.00004"), digest=digest)
    day = catalog_of(root).days[DAY]
    assert [paper for _, paper in day.picks] == [B, C, A]
    assert day.rest == ("arxiv:2501.00004",)
    assert day.papers == (B, C, A, "arxiv:2501.00004")


def test_passed_papers_stand_last_with_the_reason(tmp_path: Path) -> None:
    catalog = catalog_of(write(tmp_path, record(A), record(B), digest=f"passed: [{{id: {A}, why: too short}}]\n"))
    [(passed, paper)] = catalog.days[DAY].passed
    assert (passed.why, paper, catalog.days[DAY].rest) == ("too short", A, (B,))
    assert catalog.papers[A].passed == ((DAY, "too short"),)
    assert catalog.days[DAY].papers == (B, A)


def test_a_pick_stands_on_its_day_though_no_source_listed_it_then(tmp_path: Path) -> None:
    digest = f"curator: someone\npicks: [{{id: {A}, note: late}}]\n"
    catalog = catalog_of(write(tmp_path, record(A, day="2025-01-05"), digest=digest))
    listed = date(2025, 1, 5)
    assert catalog.papers[A].day == listed
    assert catalog.days[listed].rest == (A,)
    assert [paper for _, paper in catalog.days[DAY].picks] == [A]
    assert catalog.papers[A].choices == (
        Choice(date=DAY, pick=Pick(id=A, note="late"), curator="someone", curator_id="someone"),
    )


def test_a_pick_before_the_listing_makes_the_papers_day(tmp_path: Path) -> None:
    catalog = catalog_of(write(tmp_path, record(A, day="2025-12-20"), digest=f"picks: [{{id: {A}}}]\n"))
    assert catalog.papers[A].day == DAY


def test_a_paper_listed_on_two_days_stands_on_both(tmp_path: Path) -> None:
    listed = [{"date": "2025-12-10", "source": "b"}, {"date": "2025-12-11", "source": "a"}]
    catalog = catalog_of(write(tmp_path, {**record(A), "listed": listed}))
    assert {day: found.rest for day, found in catalog.days.items()} == {date(2025, 12, 10): (A,), DAY: (A,)}


def test_a_paper_only_published_stands_on_that_day(tmp_path: Path) -> None:
    catalog = catalog_of(write(tmp_path, {**record(A), "listed": [], "published": "2025-03-04"}))
    assert catalog.papers[A].day == date(2025, 3, 4)
    assert list(catalog.days) == [date(2025, 3, 4)]
    assert not catalog.papers[A].by_hand


def test_a_digest_of_a_day_on_which_nothing_was_listed_has_its_page(tmp_path: Path) -> None:
    assert catalog_of(write(tmp_path, digest="intro: A quiet day.\n")).days == {
        DAY: Day(date=DAY, digest=Digest(intro="A quiet day."))
    }


def test_days_come_oldest_first(tmp_path: Path) -> None:
    root = write(tmp_path, record(A, day="2025-12-20"), record(B, day="2024-01-01"), digest="intro: x\n")
    assert [day.isoformat() for day in catalog_of(root).days] == ["2024-01-01", "2025-12-11", "2025-12-20"]


def test_content_with_problems_is_understood_as_far_as_it_goes(tmp_path: Path) -> None:
    digest = f"picks: [{{id: 2401.99999}}, {{id: {A}, topics: [nowhere]}}]\npassed: [{{id: 2401.99998, why: x}}]\n"
    topics = "- {id: a, name: A, parent: b}\n- {id: b, name: B, parent: a}\n- {id: c, name: C, parent: gone}\n"
    content = load(write(tmp_path, record(A), digest=digest, topics=topics))
    assert len(check(content)) == 5
    catalog = assemble(content)
    assert [paper for _, paper in catalog.days[DAY].picks] == [A]
    assert catalog.papers[A].topics == ()
    assert catalog.topics["c"].parent is None


# Topics ---------------------------------------------------------------------------------------------------------------

TREE = """\
- {id: systems, name: Systems, description: All of it.}
- {id: serving, name: serving, parent: systems, match: {any: [prefill], none: [hotel]}}
- {id: cache, name: Caches, parent: serving, match: {any: [KV cache]}}
- {id: training, name: Training, parent: systems, match: {categories: [cs.LG]}}
- {id: empty, name: Empty}
"""


def test_parents_inherit_the_papers_of_all_below(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        record(A, title="On prefill"),
        record(B, title="A KV cache in hotels", day="2025-12-12"),
        record(C, title="Other", abstract="A prefill of a hotel.", categories=["cs.LG"]),
        topics=TREE,
    )
    topics = catalog_of(root).topics
    assert list(topics) == ["systems", "serving", "cache", "training", "empty"]
    assert {topic.id: topic.papers for topic in topics.values()} == {
        "systems": (B, A, C),
        "serving": (B, A),
        "cache": (B,),
        "training": (C,),
        "empty": (),
    }
    assert topics["systems"].children == ("serving", "training")
    assert (topics["cache"].parent, topics["systems"].description) == ("serving", "All of it.")


def test_a_pick_adds_topics_to_what_the_rules_find(tmp_path: Path) -> None:
    digest = f"picks: [{{id: {A}, topics: [empty, cache]}}]\n"
    catalog = catalog_of(write(tmp_path, record(A, title="On prefill"), topics=TREE, digest=digest))
    assert catalog.papers[A].topics == ("cache", "empty", "serving")
    assert catalog.topics["systems"].papers == (A,)


def test_topics_look_at_the_corrected_title(tmp_path: Path) -> None:
    correction = f"- {{id: {A}, field: title, value: On prefill, why: x, by: y}}\n"
    root = write(tmp_path, record(A, title="On prefil"), topics=TREE, corrections=correction)
    assert only(root).topics == ("serving",)


# Order and cost -------------------------------------------------------------------------------------------------------

lines = st.lists(
    st.builds(
        lambda number, day, title, names, doi: record(
            f"arxiv:2501.{number:05}", *names, day=f"2025-12-{day:02}", title=title, **({"doi": doi} if doi else {})
        ),
        st.integers(0, 99),
        st.integers(1, 4),
        st.sampled_from(["prefill", "KV cache", "other"]),
        st.lists(st.sampled_from(["Jo Two", "Ann One"]), max_size=2),
        st.none() | st.sampled_from(["10.1234/hand", "10.1234/x"]),
    ),
    max_size=6,
    unique_by=lambda line: str(line["id"]),
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, st.randoms())
def test_the_catalog_never_depends_on_the_order_of_files_and_records(
    tmp_path_factory: pytest.TempPathFactory, made_lines: list[dict[str, Any]], random: Any
) -> None:
    root = write(tmp_path_factory.mktemp("root"), *made_lines, papers=BY_HAND, topics=TREE)
    content = load(root)
    expected = assemble(content)
    shuffled = list(content.store.records.items())
    random.shuffle(shuffled)
    records = Records(root)
    for _, one in shuffled:
        records.add(one)
    object.__setattr__(content.store, "records", records)
    again = assemble(dataclasses.replace(content, problems=()))
    assert again == expected
    assert [*again.papers] == [*expected.papers]
    assert [*again.days] == [*expected.days]
    assert [*again.people] == [*expected.people]


@pytest.mark.parametrize("count", [20, 40])
def test_every_text_is_cleaned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    cleaned: list[str] = []
    monkeypatch.setattr("generator.catalog.memory.clean_title", noted(clean_title, cleaned))
    topics = "".join(f"- {{id: t{number}, name: T, match: {{any: [prefill]}}}}\n" for number in range(count))
    corrections = "".join(
        f"- {{id: 2501.{number:05}, field: title, value: prefill, why: x, by: y}}\n" for number in range(count)
    )
    papers = [record(f"arxiv:2501.{number:05}", "Jo Two") for number in range(count)]
    catalog = catalog_of(write(tmp_path, *papers, topics=topics, corrections=corrections))
    assert len(catalog.topics["t3"].papers) == count
    assert len(cleaned) == count


@pytest.mark.parametrize("count", [20, 40])
def test_a_claimed_papers_names_are_read_once_however_many_claim_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    read: list[str] = []
    monkeypatch.setattr("generator.catalog.check.clean_name", noted(clean_name, read))
    names = [f"Author {number}" for number in range(count)]
    entries = [{"id": f"a{number}", "name": name, "papers": [A]} for number, name in enumerate(names)]
    assert check(load(write(tmp_path, record(A, *names), authors=json.dumps(entries)))) == []
    assert len(read) == count


def test_one_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", noted(Path.read_bytes, read))
    catalog_of(write(tmp_path, record(A), digest="intro: x\n", topics=TREE))
    names = sorted(path.relative_to(tmp_path).as_posix() for path in read)
    assert names == [DIGEST, "content/records/2025/2025-12-11.jsonl", TOPICS, "site_config.yml"]
