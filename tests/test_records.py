"""The machine's own files: what is read, what is refused and where, and that writing changes no byte without need."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import ContentProblems
from generator.jsonlines import encode_lines
from generator.measurements import add_author_measurements, add_measurements, read_author_metrics, read_metrics
from generator.model import Author, AuthorMeasurement, Listing, Measurement, Record
from generator.records import read_records, record_path, write_records

DAY = date(2025, 12, 11)
PATH = "content/records/2025/2025-12-11.jsonl"


def record(paper: str = "arxiv:2512.00101", day: date = DAY, title: str = "Invented") -> Record:
    return Record(id=paper, title=title, listed=(Listing(date=day, source="huggingface"),))


def put(root: Path, text: str | bytes, path: str = PATH) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def line(**changes: object) -> str:
    whole = {"id": "arxiv:2512.00101", "listed": [{"date": "2025-12-11", "source": "a"}], "title": "Invented"}
    return json.dumps({**whole, **changes}, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


# Characters of every kind that a file can hold: control characters, line separators, private ones, but no half pairs.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
days = st.dates(date(1990, 1, 1), date(2030, 12, 31))
papers = st.from_regex(r"arxiv:(1[5-9]|2[0-9])(0[1-9]|1[0-2])\.[0-9]{5}", fullmatch=True)
records = st.builds(
    Record,
    id=papers,
    title=texts,
    authors=st.lists(st.builds(Author, name=texts, affiliation=st.none() | texts)).map(tuple),
    abstract=st.none() | texts,
    version=st.none() | st.integers(1, 99),
    withdrawn=st.booleans(),
    links=st.dictionaries(texts, texts, max_size=3),
    listed=st.lists(st.builds(Listing, date=days, source=texts), min_size=1, max_size=3).map(
        lambda all_: tuple(sorted(all_))
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(records, unique_by=lambda each: each.id, max_size=6))
def test_load_then_save_changes_no_byte(tmp_path_factory: pytest.TempPathFactory, made: list[Record]) -> None:
    root = tmp_path_factory.mktemp("store")
    write_records(root, read_records(root), made)
    before = {path: path.read_bytes() for path in root.rglob("*.jsonl")}
    store = read_records(root)
    assert store.problems == ()
    assert store.records == {each.id: each for each in made}
    assert write_records(root, store, store.records.values()) == ()
    for path in before:
        path.unlink()
    write_records(root, store, store.records.values())
    assert {path: path.read_bytes() for path in root.rglob("*.jsonl")} == before


def test_lines_are_sorted_by_id_with_sorted_keys_and_unescaped_letters(tmp_path: Path) -> None:
    write_records(tmp_path, read_records(tmp_path), [record("arxiv:2512.00102"), record(title="Größe\u2028x")])
    assert (tmp_path / PATH).read_text("utf-8").split("\n") == [
        '{"id":"arxiv:2512.00101","listed":[{"date":"2025-12-11","source":"huggingface"}],"title":"Größe\u2028x"}',
        '{"id":"arxiv:2512.00102","listed":[{"date":"2025-12-11","source":"huggingface"}],"title":"Invented"}',
        "",
    ]


def test_record_moves_to_the_file_of_its_earliest_listing_and_an_empty_file_goes(tmp_path: Path) -> None:
    write_records(tmp_path, read_records(tmp_path), [record()])
    earlier = date(2024, 12, 31)
    moved = write_records(tmp_path, read_records(tmp_path), [record(day=earlier)])
    assert set(moved) == {PATH, record_path(earlier)}
    assert not (tmp_path / PATH).exists()
    assert list(read_records(tmp_path).places.values()) == [(record_path(earlier), 1)]


def test_record_that_was_never_listed_lives_where_it_was_published(tmp_path: Path) -> None:
    never_listed = Record(id="doi:10.1234/x", title="Invented", published=DAY)
    assert write_records(tmp_path, read_records(tmp_path), [never_listed]) == (PATH,)


def test_record_without_any_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither listed nor published"):
        write_records(tmp_path, read_records(tmp_path), [Record(id="doi:10.1234/x", title="Invented")])


def test_files_that_would_not_change_are_not_touched(tmp_path: Path) -> None:
    write_records(tmp_path, read_records(tmp_path), [record()])
    os.utime(tmp_path / PATH, (1, 1))
    assert write_records(tmp_path, read_records(tmp_path), [record()]) == ()
    assert (tmp_path / PATH).stat().st_mtime == 1


def test_writing_leaves_no_unfinished_file(tmp_path: Path) -> None:
    write_records(tmp_path, read_records(tmp_path), [record()])
    assert [path.name for path in (tmp_path / PATH).parent.iterdir()] == ["2025-12-11.jsonl"]


PROBLEMS = [
    ('{"id":"arxiv:2512.00101" "title":"x"}\n', 1, 26, "not JSON"),
    ('{"id":"arxiv:2512.00101","title":"x"\n', 1, 37, "ends too early"),
    (line(titel="x"), 1, '"titel"', "unknown key 'titel'; did you mean 'title'?"),
    (line(title=3), 1, '"title"', "title: expected 'str', got 'int'"),
    (line(authors=[{"name": 3}]), 1, '"name"', "authors[0].name: expected 'str', got 'int'"),
    (line(published="2025-13-01"), 1, '"published"', "published: invalid date"),
    ('{"title":"x"}\n', 1, 1, "no 'id' in the record"),
    ("[]\n", 1, 1, "not a JSON object: []"),
    ("[" * 5000 + "\n", 1, 1, "not a JSON object"),
    ("\n" + line(), 1, 1, "empty line"),
    (line() + '{"id":"arxiv:2512.00102","title":"a","title":"b"}\n', 2, 26, "key 'title' twice"),
    (line(id="2512.00101"), 1, 1, "write 'arxiv:2512.00101'"),
    (line(id="nonsense"), 1, 1, "id 'nonsense'"),
    (line() + line(), 2, 1, f"is also at {PATH}:1"),
    (
        line(listed=[{"date": "2025-12-10", "source": "a"}]),
        1,
        1,
        "move the line to content/records/2025/2025-12-10.jsonl",
    ),
    (line(listed=[]), 1, 1, "neither 'listed' nor 'published'"),
    (line(id="arxiv:2512.00102") + line(), 2, 1, "out of order"),
    (line().rstrip("\n"), 1, 1, "no line end"),
    (line().encode("latin-1").replace(b"Inv", b"\xffnv"), 1, "nvented", "not UTF-8"),
    (line(title="X").replace("X", "\\ud800"), 1, None, "not JSON"),
]


@pytest.mark.parametrize(("text", "number", "column", "message"), PROBLEMS)
def test_problem_has_its_place(
    tmp_path: Path, text: str | bytes, number: int, column: int | str | None, message: str
) -> None:
    put(tmp_path, text)
    found = [problem for problem in read_records(tmp_path).problems if message in problem.message]
    assert [(problem.path, problem.line) for problem in found] == [(PATH, number)]
    if isinstance(column, str):  # the place of this text; the byte before "nvented" is no UTF-8
        column = (text if isinstance(text, str) else text.decode("latin-1")).index(column) + (column != "nvented")
    if column is not None:
        assert found[0].column == column


def test_bad_line_does_not_stop_the_rest(tmp_path: Path) -> None:
    put(tmp_path, line() + "nonsense\n" + line(id="arxiv:2512.00103"))
    put(
        tmp_path,
        line(id="arxiv:2512.00104", listed=[{"date": "2025-12-12", "source": "a"}]),
        record_path(date(2025, 12, 12)),
    )
    assert len(read_records(tmp_path).records) == 3


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("content/records/2024/2025-12-11.jsonl", "wrong folder; move it to content/records/2025/2025-12-11.jsonl"),
        ("content/records/2025/today.jsonl", "'today.jsonl' is not a date"),
    ],
)
def test_file_in_the_wrong_place_is_reported(tmp_path: Path, path: str, message: str) -> None:
    put(tmp_path, line(), path)
    assert [message in problem.message for problem in read_records(tmp_path).problems] == [True]


def test_file_with_a_lost_line_is_never_written_over(tmp_path: Path) -> None:
    file = put(tmp_path, line() + "nonsense\n")
    before = file.read_bytes()
    with pytest.raises(ContentProblems, match="nonsense"):
        write_records(tmp_path, read_records(tmp_path), [record("arxiv:2512.00105")])
    assert file.read_bytes() == before
    assert write_records(tmp_path, read_records(tmp_path), [record("arxiv:2512.00105", date(2025, 12, 12))])


def test_blanks_and_key_order_are_read_as_they_are(tmp_path: Path) -> None:
    put(tmp_path, '{"title": "Invented", "id": "arxiv:2512.00101", "published": "2025-12-11"}\n')
    assert read_records(tmp_path).problems == ()


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode_lines([record(title="\ud800")])


def test_newest_measurement_keeps_what_only_an_older_one_counted(tmp_path: Path) -> None:
    old = Measurement(id="arxiv:2512.00101", as_of=DAY, upvotes=3, stars=1)
    new = Measurement(id="arxiv:2512.00101", as_of=date(2026, 1, 2), citations=9, stars=2)
    written = add_measurements(tmp_path, read_metrics(tmp_path), [new, old])
    assert written == ("content/metrics/2025-12.jsonl", "content/metrics/2026-01.jsonl")
    metrics = read_metrics(tmp_path)
    assert metrics.problems == ()
    assert len(metrics.history) == 2
    assert metrics.newest["arxiv:2512.00101"] == Measurement(
        id="arxiv:2512.00101", as_of=date(2026, 1, 2), upvotes=3, citations=9, stars=2
    )
    assert add_measurements(tmp_path, metrics, [old, new]) == ()


@pytest.mark.parametrize(
    ("text", "number", "message"),
    [
        ('{"as_of":"2025-11-30","id":"arxiv:2512.00101","upvotes":1}\n', 1, "content/metrics/2025-11.jsonl"),
        ('{"as_of":"2025-12-01","id":"arxiv:2512.00101","upvotes":1}\n' * 2, 2, "measured twice on 2025-12-01"),
        ('{"as_of":"2025-12-01","id":"x","upvotes":1}\n', 1, "id 'x'"),
        ("nonsense\n", 1, "not a JSON object: nonsense"),
    ],
)
def test_problem_of_a_measurement_has_its_place(tmp_path: Path, text: str, number: int, message: str) -> None:
    put(tmp_path, text, "content/metrics/2025-12.jsonl")
    metrics = read_metrics(tmp_path)
    found = [problem for problem in metrics.problems if message in problem.message]
    assert [problem.line for problem in found] == [number]
    with pytest.raises(ContentProblems):
        add_measurements(tmp_path, metrics, [Measurement(id="arxiv:2512.00103", as_of=DAY, upvotes=1)])


# Citations, and people ------------------------------------------------------------------------------------------------

A, B = "arxiv:2512.00101", "doi:10.1234/x"


def on(day: int, paper: str = A, **counts: Any) -> Measurement:
    return Measurement(id=paper, as_of=date(2025, 12, day), **counts)


def test_whose_citations_they_are_goes_with_their_number(tmp_path: Path) -> None:
    history = [
        on(1, citations=5, citations_from="openalex"),
        on(2, citations_from="semantic-scholar"),  # asked, and not known
        on(3, upvotes=2),
    ]
    add_measurements(tmp_path, read_metrics(tmp_path), history)
    metrics = read_metrics(tmp_path)
    assert metrics.newest[A] == on(3, upvotes=2, citations=5, citations_from="openalex")
    assert metrics.days[A] == {"citations": date(2025, 12, 1), "upvotes": date(2025, 12, 3)}


def test_a_paper_that_nobody_knows_has_no_newest_counts(tmp_path: Path) -> None:
    add_measurements(tmp_path, read_metrics(tmp_path), [on(1, citations_from="openalex")])
    assert read_metrics(tmp_path).newest_of([A]) == (None, {})


def test_upvotes_and_citations_of_one_day_share_a_line(tmp_path: Path) -> None:
    add_measurements(tmp_path, read_metrics(tmp_path), [on(1, upvotes=3)])
    add_measurements(tmp_path, read_metrics(tmp_path), [on(1, citations_from="openalex")])
    add_measurements(tmp_path, read_metrics(tmp_path), [on(1, citations=4, citations_from="semantic-scholar")])
    add_measurements(tmp_path, read_metrics(tmp_path), [on(1, citations_from="openalex")])
    assert list(read_metrics(tmp_path).history.values()) == [
        on(1, upvotes=3, citations=4, citations_from="semantic-scholar")
    ]


def test_of_a_paper_with_two_ids_each_count_is_the_newest_of_either(tmp_path: Path) -> None:
    history = [on(1, upvotes=1), on(5, citations=9, citations_from="openalex"), on(3, paper=B, upvotes=7, citations=2)]
    add_measurements(tmp_path, read_metrics(tmp_path), history)
    newest, days = read_metrics(tmp_path).newest_of([A, B])
    assert newest == on(5, upvotes=7, citations=9, citations_from="openalex")
    assert days == {"upvotes": date(2025, 12, 3), "citations": date(2025, 12, 5)}


PEOPLE = "content/metrics/authors/2025-12.jsonl"


def person(day: int = 1, **counts: Any) -> AuthorMeasurement:
    return AuthorMeasurement(id="ada", as_of=date(2025, 12, day), profile="openalex:A5000001", **counts)


def test_counts_of_people_are_kept_beside_those_of_papers(tmp_path: Path) -> None:
    made = [person(h_index=3), person(2, h_index=4, citations=0)]
    assert add_author_measurements(tmp_path, read_author_metrics(tmp_path), made) == (PEOPLE,)
    assert (tmp_path / PEOPLE).read_text("utf-8").splitlines()[1] == (
        '{"as_of":"2025-12-02","citations":0,"h_index":4,"id":"ada","profile":"openalex:A5000001"}'
    )
    metrics = read_author_metrics(tmp_path)
    assert (list(metrics.history.values()), metrics.problems) == (made, ())
    assert add_author_measurements(tmp_path, metrics, made) == ()
    assert read_metrics(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("text", "number", "message"),
    [
        ('{"as_of":"2025-11-30","id":"ada","profile":"orcid:x"}\n', 1, "content/metrics/authors/2025-11.jsonl"),
        ('{"as_of":"2025-12-01","id":"ada","profile":"orcid:x"}\n' * 2, 2, "measured twice on 2025-12-01"),
        ('{"as_of":"2025-12-01","h_indx":1,"id":"ada","profile":"x"}\n', 1, "did you mean 'h_index'?"),
        ("nonsense\n", 1, "not a JSON object: nonsense"),
    ],
)
def test_problem_of_a_persons_counts_has_its_place(tmp_path: Path, text: str, number: int, message: str) -> None:
    put(tmp_path, text, PEOPLE)
    metrics = read_author_metrics(tmp_path)
    found = [problem for problem in metrics.problems if message in problem.message]
    assert [(problem.path, problem.line) for problem in found] == [(PEOPLE, number)]
    with pytest.raises(ContentProblems):
        add_author_measurements(tmp_path, metrics, [person(h_index=1)])


# Files that are known


def two_days(root: Path) -> None:
    other = "content/records/2025/2025-12-12.jsonl"
    put(root, line(doi="10.1234/x") + line(id="arxiv:2512.00102"))
    put(root, line(id="arxiv:2512.00103", listed=[{"date": "2025-12-12", "source": "a"}], title="Other"), other)


def test_what_is_known_of_a_file_is_all_of_it_but_its_records(tmp_path: Path) -> None:
    two_days(tmp_path)
    plain = read_records(tmp_path)
    known = read_records(tmp_path, plain.sound)
    assert set(known.records) == set(plain.records)
    assert (known.places, known.problems, known.sound) == (plain.places, (), plain.sound)
    assert known.records.dois() == plain.records.dois() == {"arxiv:2512.00101": "10.1234/x"}
    assert dict(known.records) == dict(plain.records)


def test_a_known_file_is_read_when_one_of_its_records_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_days(tmp_path)
    known = read_records(tmp_path, read_records(tmp_path).sound)
    read: list[str] = []
    reading = Path.read_bytes

    def noting(path: Path) -> bytes:
        read.append(path.name)
        return reading(path)

    monkeypatch.setattr(Path, "read_bytes", noting)
    assert "arxiv:2512.00103" in known.records
    assert read == []
    assert known.records["arxiv:2512.00103"].title == "Other"
    assert known.records["arxiv:2512.00103"].title == "Other"
    assert read == ["2025-12-12.jsonl"]


def test_a_known_file_that_changes_before_it_is_read_is_a_problem(tmp_path: Path) -> None:
    two_days(tmp_path)
    known = read_records(tmp_path, read_records(tmp_path).sound)
    put(tmp_path, line(title="Changed"))
    with pytest.raises(ContentProblems, match="changed while it was read"):
        known.records["arxiv:2512.00101"]


def test_a_record_that_a_known_and_a_new_file_both_have_is_told_as_ever(tmp_path: Path) -> None:
    two_days(tmp_path)
    sound = read_records(tmp_path).sound
    put(tmp_path, line(listed=[{"date": "2025-12-10", "source": "a"}]), "content/records/2025/2025-12-10.jsonl")
    known, plain = read_records(tmp_path, sound), read_records(tmp_path)
    assert known.problems == plain.problems != ()
    assert (known.places, known.unreadable, known.left_behind) == (plain.places, plain.unreadable, plain.left_behind)


def test_a_file_with_a_problem_is_never_known(tmp_path: Path) -> None:
    two_days(tmp_path)
    put(tmp_path, line() + line(id="arxiv:2512.00102") + line(id="arxiv:2512.00103", extra=1))
    store = read_records(tmp_path)
    assert store.problems
    assert set(store.sound) == {"content/records/2025/2025-12-12.jsonl"}
