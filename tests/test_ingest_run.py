"""What becomes of records that come in: nothing twice, nothing lost, nothing half taken."""

import itertools
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import ContentProblems
from generator.ingest.merging import merge
from generator.ingest.run import import_files, plan
from generator.measurements import read_metrics
from generator.model import Author, Listing, Record
from generator.records import read_records

DATA = Path(__file__).parent / "data" / "ingest"
RECORDED = Path(os.environ.get("DIGEST_RECORDED") or Path(__file__).parents[1] / "../shared/data")
DAY = date(2025, 12, 11)
FROM_HF = Listing(date=DAY, source="huggingface")
FROM_ARXIV = Listing(date=date(2025, 12, 9), source="arxiv")


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def record(**fields: Any) -> Record:
    return Record(**{"id": "arxiv:2512.00101", "title": "Invented", **fields})


# Merging --------------------------------------------------------------------------------------------------------------


def test_newer_version_speaks_and_the_older_keeps_what_only_it_knew() -> None:
    old = record(version=1, title="Old", comment="3 pages", keywords=("cache",), listed=(FROM_HF,))
    new = record(version=2, title="New", abstract="Now with one.", listed=(FROM_ARXIV,))
    merged = merge(old, new)
    assert (merged.title, merged.abstract, merged.version) == ("New", "Now with one.", 2)
    assert (merged.comment, merged.keywords) == ("3 pages", ("cache",))
    assert merged.listed == (FROM_ARXIV, FROM_HF)


def test_answer_without_a_version_changes_nothing_that_one_with_a_version_said() -> None:
    arxiv = record(version=2, title="From arXiv", listed=(FROM_ARXIV,))
    daily = record(title="From a list", summary="Short.", links={"code": "https://github.com/e/x"}, listed=(FROM_HF,))
    assert merge(arxiv, daily) == merge(daily, arxiv)
    assert merge(arxiv, daily).title == "From arXiv"
    assert merge(arxiv, daily).summary == "Short."


def test_later_update_or_later_day_on_the_same_list_is_newer() -> None:
    early = record(title="Early", updated=date(2025, 1, 1))
    late = record(title="Late", updated=date(2025, 1, 2))
    assert merge(early, late).title == merge(late, early).title == "Late"
    monday = record(title="Monday", listed=(Listing(date=date(2025, 12, 8), source="huggingface"),))
    friday = record(title="Friday", listed=(Listing(date=date(2025, 12, 12), source="huggingface"),))
    assert merge(monday, friday) == merge(friday, monday)
    assert merge(monday, friday).title == "Friday"


def test_affiliation_stays_while_the_name_does() -> None:
    old = record(authors=(Author(name="A B", affiliation="Here"), Author(name="A B", orcid="0000-0002-1825-0097")))
    new = record(authors=(Author(name="A B"), Author(name="C D"), Author(name="A B", affiliation="There")))
    assert merge(old, new).authors == (
        Author(name="A B", affiliation="Here"),
        Author(name="C D"),
        Author(name="A B", affiliation="There", orcid="0000-0002-1825-0097"),
    )


def test_withdrawal_stands_until_a_higher_version_takes_it_back() -> None:
    withdrawn = record(version=2, withdrawn=True)
    assert merge(withdrawn, record(version=1)).withdrawn
    assert merge(withdrawn, record()).withdrawn
    assert merge(record(version=1), withdrawn).withdrawn
    assert not merge(withdrawn, record(version=3)).withdrawn


texts = st.none() | st.sampled_from(["a", "b"])
answers = st.builds(
    Record,
    id=st.just("arxiv:2512.00101"),
    title=st.sampled_from(["one", "two"]),
    authors=st.lists(st.builds(Author, name=st.sampled_from(["A", "B"]), affiliation=texts), max_size=3).map(tuple),
    abstract=texts,
    updated=st.none() | st.dates(date(2025, 1, 1), date(2025, 1, 3)),
    version=st.none() | st.integers(1, 3),
    comment=texts,
    withdrawn=st.booleans(),
    keywords=st.lists(st.sampled_from(["k", "l"]), unique=True).map(tuple),
    links=st.dictionaries(
        st.sampled_from(["code", "pdf"]), st.sampled_from(["https://a.example", "https://b.example"])
    ),
    listed=st.lists(
        st.builds(Listing, date=st.dates(date(2025, 1, 1), date(2025, 1, 3)), source=st.sampled_from(["x", "y"])),
        unique=True,
    ).map(lambda listed: tuple(sorted(listed))),
)


@settings(deadline=None)
@given(answers, answers)
def test_same_answer_twice_changes_nothing(first: Record, second: Record) -> None:
    merged = merge(first, second)
    assert merge(merged, second) == merged
    assert merge(first, first) == first


@settings(deadline=None)
@given(answers, answers)
def test_order_of_two_versions_does_not_matter(first: Record, second: Record) -> None:
    if None not in (first.version, second.version) and first.version != second.version:
        assert merge(first, second) == merge(second, first)


@settings(deadline=None)
@given(answers, answers)
def test_nothing_known_is_lost(first: Record, second: Record) -> None:
    merged = merge(first, second)
    for name in ("authors", "abstract", "version", "comment", "keywords"):
        assert bool(getattr(merged, name)) == bool(getattr(first, name) or getattr(second, name))
    assert set(merged.listed) == {*first.listed, *second.listed}
    assert merged.links.keys() == first.links.keys() | second.links.keys()


# The plan -------------------------------------------------------------------------------------------------------------


def test_plan_says_what_becomes_of_each() -> None:
    known = record(listed=(FROM_HF,))
    old = {known.id: known, "arxiv:2512.00102": record(id="arxiv:2512.00102", listed=(FROM_HF,))}
    new = [
        known,
        record(id="arxiv:2512.00102", abstract="Now with one."),
        record(id="arxiv:2512.00103", listed=(FROM_HF,)),
        record(id="arxiv:2512.00104", version=2),
    ]
    planned = plan(old, new)
    assert planned.unchanged == ("arxiv:2512.00101",)
    assert [each.id for each in planned.updated] == ["arxiv:2512.00102"]
    assert [each.id for each in planned.added] == ["arxiv:2512.00103"]
    assert planned.left_out == ("arxiv:2512.00104",)


def test_doi_record_of_a_paper_on_arxiv_stays_its_own() -> None:
    arxiv, journal = record(doi="10.1234/x", listed=(FROM_HF,)), record(id="doi:10.1234/x", listed=(FROM_HF,))
    assert len(plan({}, [arxiv, journal]).added) == 2


# Files ----------------------------------------------------------------------------------------------------------------

KINDS = [
    ("huggingface", "huggingface-2025-12-11.json", 2),
    ("arxiv", "arxiv-new-layout.xml", 1),
    ("arxiv", "arxiv-old-layout.xml", 1),
    ("feed", "arxiv-announcement.xml", 2),
]


@pytest.mark.parametrize(("kind", "name", "papers"), KINDS)
def test_importing_a_file_twice_changes_no_byte(tmp_path: Path, kind: str, name: str, papers: int) -> None:
    first = import_files(tmp_path, kind, [DATA / name], as_of=DAY)
    before = snapshot(tmp_path)
    assert (first.files, first.papers, first.problems) == (1, papers, ())
    assert before
    again = import_files(tmp_path, kind, [DATA / name, DATA / name], as_of=DAY)
    assert again.written == ()
    assert len(again.plan.unchanged) + len(again.plan.left_out) == papers
    assert snapshot(tmp_path) == before
    assert read_records(tmp_path).problems == ()
    assert read_metrics(tmp_path).problems == ()


def test_order_of_files_does_not_matter(tmp_path: Path) -> None:
    kinds = [KINDS[0], KINDS[1], KINDS[3]]
    results = []
    for number, order in enumerate(itertools.permutations(kinds)):
        root = tmp_path / str(number)
        for kind, name, _ in order:
            import_files(root, kind, [DATA / name])
        results.append(snapshot(root))
    assert all(result == results[0] for result in results)


def test_damaged_files_are_skipped_whole_and_the_others_go_on(tmp_path: Path) -> None:
    whole = (DATA / "huggingface-2025-12-11.json").read_text("utf-8")
    damaged = {
        "cut.json": whole[:-40],
        "wrapped.json": json.dumps({"status": "success", "data": []}),
        "texts.json": json.dumps(["{'paper': {}}"]),
        "last-one-bad.json": json.dumps([*json.loads(whole), {"paper": {"id": "2512.00109"}}]),
    }
    paths = []
    for name, text in damaged.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text.replace("2512.0010", "2512.0020"), "utf-8")
    root = tmp_path / "root"
    report = import_files(root, "huggingface", [*paths, tmp_path / "gone.json", DATA / "huggingface-2025-12-11.json"])
    assert (report.files, report.papers) == (1, 2)
    assert [Path(problem.url).name for problem in report.problems] == [*damaged, "gone.json"]
    assert set(read_records(root).records) == {"arxiv:2512.00101", "arxiv:2512.00102"}
    assert "nothing of it was taken" in str(report.problems[0])


def test_broken_store_is_never_written_over(tmp_path: Path) -> None:
    broken = tmp_path / "content/records/2025/2025-12-11.jsonl"
    broken.parent.mkdir(parents=True)
    broken.write_text("nonsense\n")
    with pytest.raises(ContentProblems, match="nonsense"):
        import_files(tmp_path, "huggingface", [DATA / "huggingface-2025-12-11.json"])
    assert broken.read_text() == "nonsense\n"


def test_store_exported_as_lines_comes_back_byte_for_byte(tmp_path: Path) -> None:
    import_files(tmp_path / "a", "huggingface", [DATA / "huggingface-2025-12-11.json"])
    import_files(tmp_path / "b", "jsonl", sorted((tmp_path / "a").rglob("*.jsonl")))
    assert snapshot(tmp_path / "b") == snapshot(tmp_path / "a")


# Recorded -------------------------------------------------------------------------------------------------------------

needs_recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded data: set DIGEST_RECORDED")


@pytest.fixture(scope="module")
def recorded_days(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    import tarfile

    folder = tmp_path_factory.mktemp("days")
    with tarfile.open(RECORDED / "hf_daily" / "hf_daily_2024-05_2025-12.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return sorted(folder.rglob("*.json"))


def squeezed(text: str | None) -> str:
    return "".join((text or "").split())


@needs_recorded
def test_recorded_days_are_taken_as_a_plain_reading_counts_them(tmp_path: Path, recorded_days: list[Path]) -> None:
    papers: dict[str, Any] = {}
    damaged = set()
    for path in recorded_days:
        items = json.loads(path.read_text("utf-8"))
        if isinstance(items, list) and all(isinstance(item, dict) for item in items):
            for item in items:
                papers.setdefault(item["paper"]["id"], []).append((path.stem, item["paper"]))
        else:
            damaged.add(path.name)
    report = import_files(tmp_path, "huggingface", recorded_days)
    records = read_records(tmp_path).records
    assert {Path(problem.url).name for problem in report.problems} == damaged
    assert report.files == len(recorded_days) - len(damaged)
    assert len(report.problems) == len(damaged)
    assert {paper.removeprefix("arxiv:") for paper in records} == set(papers)
    for paper, said in papers.items():
        record, newest = records[f"arxiv:{paper}"], said[-1][1]
        assert len(record.authors) == len([author for author in newest["authors"] if author["name"].strip()])
        assert {listing.date.isoformat() for listing in record.listed} == {day[:10] for day, _ in said}
        assert record.published is not None
        assert record.published.isoformat() == newest["publishedAt"][:10]
        assert record.summary is None or squeezed(record.summary) == squeezed(newest.get("ai_summary"))
        code = newest.get("githubRepo") or ""
        # One recorded address has a line break in it: that is no address.
        assert record.links.get("code", "").rstrip("/") == ("" if len(code.split()) > 1 else code.rstrip("/"))
        assert len(record.keywords) == len({word.strip() for word in newest.get("ai_keywords") or []} - {""})
        assert len(squeezed(record.title)) >= 0.95 * len(squeezed(newest["title"]))
        assert len(squeezed(record.abstract)) >= 0.95 * len(squeezed(newest["summary"]))
    before = snapshot(tmp_path)
    assert import_files(tmp_path, "huggingface", recorded_days).written == ()
    assert snapshot(tmp_path) == before


@needs_recorded
@pytest.mark.parametrize("layout", ["2026_arxiv.py", "2016_old_format"])
def test_recorded_arxiv_answers_are_all_taken(tmp_path: Path, layout: str) -> None:
    folder = RECORDED / "arxiv_api" / layout
    for answer in json.loads((folder / "index.json").read_text("utf-8")):
        path = folder / answer["file"]
        report = import_files(tmp_path / path.stem, "arxiv", [path])
        told_error = "<title>Error</title>" in path.read_text("utf-8")
        assert len(report.problems) == told_error
        assert report.papers == (0 if told_error else answer["entries"])


@needs_recorded
def test_recorded_announcement_cut_in_the_middle_is_skipped_whole(tmp_path: Path) -> None:
    report = import_files(tmp_path, "feed", [RECORDED / "arxiv_rss" / "atom_cs.AI_2025-08-20_trimmed.xml"])
    assert "damaged XML at line" in str(report.problems[0])
    assert not report.written


@needs_recorded
def test_recorded_announcement_of_715_items_is_taken(tmp_path: Path) -> None:
    path = RECORDED / "arxiv_rss" / "reconstructed" / "rss_cs_2026-06-02_full_715.xml"
    report = import_files(tmp_path, "feed", [path], source="arxiv-today")
    assert report.problems == ()
    assert (report.papers, len(report.plan.added), len(report.plan.left_out)) == (715, 713, 2)
