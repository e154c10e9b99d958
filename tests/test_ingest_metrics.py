"""Citations, h-index, upvotes: asked of the right ones, kept with their day, never guessed; servers are on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.catalog.content import load
from generator.errors import ContentProblems
from generator.ingest.catch_up import alone
from generator.ingest.client import Client, Limits
from generator.ingest.metrics import MetricsReport, due_papers, measure
from generator.measurements import read_author_metrics, read_metrics
from generator.model import AuthorMeasurement
from tests.content import AUTHORS, catalog_of, put, record, write
from tests.faults import FAULTS, every_third
from tests.replay import Asked, Reply, Route, Server, replaying

RECORDED = Path(os.environ.get("DIGEST_RECORDED") or Path(__file__).parents[1] / "../shared/data")
needs_recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded data: set DIGEST_RECORDED")

TODAY = date(2026, 1, 15)
ENVIRONMENT = {"SEMANTIC_SCHOLAR_API_KEY": "s2-secret", "OPENALEX_API_KEY": "oa-secret"}
PAPERS = "/graph/v1/paper/batch"
PEOPLE = "/graph/v1/author/batch"
DAILY = "/api/daily_papers"
A, B, C = "arxiv:2501.00001", "arxiv:2501.00002", "arxiv:2501.00003"
EARLIER = '{"as_of":"2025-12-12","id":"arxiv:2601.00001","stars":1}\n'
HURRIED = Limits(connect=0.5, read=0.3, deadline=0.6, tries=2, backoff=(0.01,))
QUICK = Limits(connect=2, read=2, deadline=5, tries=2, backoff=(0.01,))


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status, "application/json")


def config(server: Server, *settings: str, sources: str = "[]") -> str:
    lines = [
        "title: Invented",
        "url: https://example.org/",
        f"sources: {sources}",
        "metrics:",
        f"  semantic_scholar_url: {server.address}",
        f"  openalex_url: {server.address}",
        *(f"  {setting}" for setting in settings),
    ]
    return "\n".join(lines) + "\n"


def run(
    root: Path, server: Server, today: date = TODAY, keys: Mapping[str, str] = ENVIRONMENT, limits: Limits = QUICK
) -> MetricsReport:
    with Client("test", own=[server.address], limits=limits) as client:
        return measure(root, client.fetch, today, keys)


@contextmanager
def services(routes: Mapping[str, Route], *, strict: bool = True) -> Iterator[Server]:
    with replaying(routes, strict=strict) as server:
        yield server


def counting(counts: Mapping[str, int]) -> Callable[[Asked], Reply]:
    """Answer as Semantic Scholar does about papers: an entry each in place, null for those it does not know."""

    def answer(asked: Asked) -> Reply:
        names = json.loads(asked.body)["ids"]
        if not any(name in counts for name in names):
            return reply({"error": "No valid paper ids given"}, 400)
        return reply([_paper(name, counts[name]) if name in counts else None for name in names])

    return answer


def _paper(name: str, count: int) -> dict[str, Any]:
    kind, _, value = name.partition(":")
    return {"paperId": "0", "externalIds": {"ArXiv" if kind == "ARXIV" else "DOI": value}, "citationCount": count}


def works(counts: Iterable[tuple[str, int]]) -> Callable[[Asked], Reply]:
    """Answer as OpenAlex does about works: those of the DOIs in the filter that it knows."""

    def answer(asked: Asked) -> Reply:
        dois = asked.query["filter"].removeprefix("doi:").split("|")
        results = [
            {"id": "https://openalex.org/W1", "doi": f"https://doi.org/{doi}", "cited_by_count": count}
            for doi, count in counts
            if doi in dois
        ]
        return reply({"meta": {"count": len(results)}, "results": results})

    return answer


def citations(root: Path) -> dict[str, tuple[int | None, str | None]]:
    """Read what is written of citations, without our own reader."""
    lines = [
        json.loads(line)
        for path in sorted((root / "content/metrics").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return {line["id"]: (line.get("citations"), line.get("citations_from")) for line in lines}


# Papers ---------------------------------------------------------------------------------------------------------------


def test_a_count_is_kept_with_its_day_and_whose_it_is(tmp_path: Path) -> None:
    with services({PAPERS: counting({"ARXIV:2501.00001": 7, "ARXIV:2501.00002": 0})}) as server:
        root = write(tmp_path, record(A), record(B), config=config(server, "services: [semantic-scholar]"))
        report = run(root, server)
        [asked] = server.log
    assert asked.query == {"fields": "citationCount,externalIds"}
    assert asked.headers["x-api-key"] == "s2-secret"
    assert (report.papers, report.unknown, report.warnings) == ({"semantic-scholar": 2}, 0, [])
    assert report.written == {"content/metrics/2026-01.jsonl"}
    paper = catalog_of(root).papers[A]
    assert paper.measured is not None
    assert (paper.measured.citations, paper.measured.citations_from) == (7, "semantic-scholar")
    assert paper.measured_on == {"citations": TODAY}
    assert citations(root)[B] == (0, "semantic-scholar")


def test_only_what_the_first_service_does_not_know_is_asked_of_the_second(tmp_path: Path) -> None:
    routes = {
        PAPERS: counting({"ARXIV:2501.00001": 7}),
        "/works": works([("10.48550/arxiv.2501.00002", 3), ("10.1234/b", 5), ("10.48550/arxiv.2501.00001", 99)]),
    }
    with services(routes) as server:
        root = write(tmp_path, record(A), record(B, doi="10.1234/B"), record(C), config=config(server))
        report = run(root, server)
        assert server.log[1].query["filter"] == ("doi:10.1234/b|10.48550/arxiv.2501.00002|10.48550/arxiv.2501.00003")
        assert server.log[1].query["api_key"] == "oa-secret"
    # Of the published version and the preprint the first counts; two counts are never added.
    assert citations(root) == {A: (7, "semantic-scholar"), B: (5, "openalex"), C: (None, "openalex")}
    assert (report.papers, report.unknown) == ({"semantic-scholar": 1, "openalex": 1}, 1)


def test_a_paper_that_nobody_knows_is_not_asked_for_again_before_its_time(tmp_path: Path) -> None:
    with services({PAPERS: counting({})}) as server:
        root = write(tmp_path, record(A, day="2026-01-14"), config=config(server, "services: [semantic-scholar]"))
        assert run(root, server).unknown == 1
        assert run(root, server).unknown == 0
        run(root, server, TODAY + timedelta(days=6))
        assert len(server.log) == 1
        run(root, server, TODAY + timedelta(days=7))
        assert len(server.log) == 2
    paper = catalog_of(root).papers[A]
    assert (paper.measured, paper.measured_on) == (None, {})


def test_a_second_run_of_the_day_asks_nothing_and_writes_nothing(tmp_path: Path) -> None:
    with services({PAPERS: counting({"ARXIV:2501.00001": 7}), "/works": works([])}) as server:
        root = write(tmp_path, record(A), record(B), config=config(server))
        run(root, server)
        before = (root / "content/metrics/2026-01.jsonl").read_bytes()
        asked = len(server.log)
        assert run(root, server).written == set()
        assert len(server.log) == asked
    assert (root / "content/metrics/2026-01.jsonl").read_bytes() == before


def test_history_is_kept_and_the_newest_count_is_shown(tmp_path: Path) -> None:
    counts = {"ARXIV:2501.00001": 7}
    with services({PAPERS: counting(counts)}) as server:
        root = write(tmp_path, record(A, day="2026-01-14"), config=config(server, "services: [semantic-scholar]"))
        run(root, server)
        counts["ARXIV:2501.00001"] = 9
        later = TODAY + timedelta(days=30)
        run(root, server, later)
    assert [item.citations for _, item in sorted(read_metrics(root).history.items())] == [7, 9]
    paper = catalog_of(root).papers[A]
    assert paper.measured is not None
    assert (paper.measured.citations, paper.measured_on) == (9, {"citations": later})


def test_papers_never_asked_for_come_first_and_one_run_is_bounded(tmp_path: Path) -> None:
    names = [f"arxiv:2501.{number:05}" for number in range(1, 8)]
    lines = [record(name, day=f"2025-12-{number + 10}") for number, name in enumerate(names)]
    every = {name.replace("arxiv", "ARXIV"): 1 for name in names}
    with services({PAPERS: counting(every)}) as server:
        root = write(tmp_path, *lines, config=config(server, "services: [semantic-scholar]", "papers: 3"))
        asked: list[list[str]] = []
        for day in range(3):
            report = run(root, server, TODAY + timedelta(days=day))
            asked.append(json.loads(server.log[-1].body)["ids"])
            assert report.later == max(0, 7 - 3 * (day + 1))
    newest_first = [name.replace("arxiv", "ARXIV") for name in reversed(names)]
    assert asked == [newest_first[:3], newest_first[3:6], newest_first[6:]]


def test_an_old_paper_is_counted_less_often(tmp_path: Path) -> None:
    old, young = record(A, day="2025-01-15"), record(B, day="2026-01-10")
    lines = "".join(
        f'{{"as_of":"2026-01-15","citations":1,"citations_from":"openalex","id":"{name}"}}\n' for name in (A, B)
    )
    root = put(write(tmp_path, old, young), {"content/metrics/2026-01.jsonl": lines})
    content = load(root)

    def due(after: int) -> list[str]:
        return [wanted.id for wanted in due_papers(content, TODAY + timedelta(days=after), 7)]

    assert due(6) == []
    assert due(7) == [B]
    assert due(39) == [B]
    assert due(41) == [B, A]


def test_a_paper_of_two_ids_is_asked_for_once_and_counted_once(tmp_path: Path) -> None:
    preprint, published = record(A, doi="10.1234/x"), record("doi:10.1234/x")
    with services({PAPERS: counting({"ARXIV:2501.00001": 4})}) as server:
        root = write(tmp_path, preprint, published, config=config(server, "services: [semantic-scholar]"))
        run(root, server)
        assert json.loads(server.log[0].body)["ids"] == ["ARXIV:2501.00001"]
    assert citations(root) == {A: (4, "semantic-scholar")}


def test_an_answer_about_another_paper_is_not_taken(tmp_path: Path) -> None:
    def wrong(asked: Asked) -> Reply:
        return reply(
            [{"externalIds": {"ArXiv": "1706.03762"}, "citationCount": 100_000}, _paper("ARXIV:2501.00001", 2)]
        )

    with services({PAPERS: wrong}) as server:
        root = write(tmp_path, record(A), record(B), config=config(server, "services: [semantic-scholar]"))
        report = run(root, server)
    assert citations(root)[A] == (None, "semantic-scholar")
    assert len(report.warnings) == 2
    assert "asked for ARXIV:2501.00001, answered for ARXIV:1706.03762" in report.warnings[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[null]", "1 entries for 2 that were asked"),
        (b'[{"citationCount":1},{"citationCount":2},null]', "3 entries for 2 that were asked"),
        (b'[{"citationCount":"1"},null]', "expected 'int | null', got 'str'"),
        (b'[{"citationCount":1', "an answer that cannot be used"),
        (b'{"data":[]}', "expected 'array', got 'object'"),
    ],
    ids=["too few", "too many", "text for a number", "cut", "another form"],
)
def test_an_answer_of_another_form_is_refused_whole(tmp_path: Path, body: bytes, reason: str) -> None:
    with services({PAPERS: Reply(body, 200, "application/json")}) as server:
        root = write(tmp_path, record(A), record(B), config=config(server, "services: [semantic-scholar]"))
        report = run(root, server)
    [warning] = report.warnings
    assert reason in warning
    assert f"{server.address}{PAPERS}" in warning
    assert not (root / "content/metrics").exists()


@pytest.mark.parametrize("count", [-1, 10**12])
def test_a_count_that_cannot_be_one_is_none(tmp_path: Path, count: int) -> None:
    with services({PAPERS: counting({"ARXIV:2501.00001": count})}) as server:
        root = write(tmp_path, record(A), config=config(server, "services: [semantic-scholar]"))
        assert run(root, server).unknown == 1
    assert citations(root) == {A: (None, "semantic-scholar")}


def test_two_works_of_one_doi_are_not_chosen_between(tmp_path: Path) -> None:
    with services({"/works": works([("10.1234/x", 1), ("10.1234/x", 2)])}) as server:
        root = write(tmp_path, record("doi:10.1234/x"), config=config(server, "services: [openalex]"))
        report = run(root, server)
    assert "2 works have a DOI of doi:10.1234/x" in report.warnings[0]
    assert citations(root) == {"doi:10.1234/x": (None, "openalex")}


def test_a_doi_that_would_be_two_in_a_filter_is_not_asked_for(tmp_path: Path) -> None:
    with services({}) as server:
        root = write(tmp_path, record("doi:10.1234/a,b|c"), config=config(server, "services: [openalex]"))
        assert run(root, server).unknown == 1


# Faults ---------------------------------------------------------------------------------------------------------------


def test_a_service_that_cannot_answer_is_a_warning_and_leaves_its_papers_due(tmp_path: Path) -> None:
    routes: dict[str, Route] = {
        PAPERS: reply({"message": "Too Many Requests"}, 429),
        "/works": works([("10.48550/arxiv.2501.00001", 3)]),
    }
    with services(routes, strict=False) as server:
        root = write(tmp_path, record(A), config=config(server))
        report = run(root, server)
        # Nobody else is asked instead: the two count differently, and the figures would jump to and fro.
        assert [asked for asked in server.log if asked.target.startswith("/works")] == []
    [warning] = report.warnings
    assert warning.startswith("semantic-scholar: HTTP 429")
    assert f"{server.address}{PAPERS}" in warning
    assert not (root / "content/metrics").exists()
    assert [wanted.id for wanted in due_papers(load(root), TODAY, 7)] == [A]


def test_what_came_before_a_failure_is_kept_and_the_next_run_goes_on(tmp_path: Path) -> None:
    names = [f"10.1234/{number:02}" for number in range(30)]
    known = works([(name, number) for number, name in enumerate(names)])
    with services({"/works": known}) as server:
        root = write(
            tmp_path, *(record(f"doi:{name}") for name in names), config=config(server, "services: [openalex]")
        )
        server.fail(lambda wire, _: wire.reply(reply({}, 503)), at=2)
        report = run(root, server)
        assert len(report.warnings) == 1
        assert len(citations(root)) == 25
        server.recover()
        assert run(root, server).warnings == []
    assert citations(root) == {f"doi:{name}": (number, "openalex") for number, name in enumerate(names)}


MANY = [f"arxiv:2601.{number:05}" for number in range(1, 31)]
WHO = """
- {id: ann-one, name: Ann One, links: {semantic_scholar: "https://www.semanticscholar.org/author/2262347"}}
- {id: bo-two, name: Bo Two, links: {openalex: "https://openalex.org/A5000002"}}
- {id: cy-three, name: Cy Three, links: {openalex: "https://openalex.org/A5000003"}}
"""


def asked_of_all(upvotes: Mapping[str, int]) -> dict[str, Route]:
    """Everyone who is asked in one run, and what they say."""
    ours = [(f"10.48550/{paper.replace(':', '.')}", number) for number, paper in enumerate(MANY)]
    return {
        DAILY: daily(upvotes),
        PAPERS: counting({MANY[0].replace("arxiv", "ARXIV"): 5}),
        "/works": works(ours[:20]),
        PEOPLE: people_of_services,
        "/authors/A5000002": openalex_author("A5000002"),
        "/authors/A5000003": openalex_author("A5000003"),
    }


def whole(root: Path, server: Server) -> Path:
    sources = f'[{{name: hf, kind: huggingface, base_url: "{server.address}"}}]'
    lines = [record(paper, "Ann One", "Bo Two", "Cy Three", day="2026-01-14", source="hf") for paper in MANY]
    return write(root, *lines, authors=WHO, config=config(server, sources=sources))


def counted(root: Path) -> dict[str, bytes]:
    folder = root / "content/metrics"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("fault", every_third([(fault,) for fault in FAULTS]))
def test_after_any_fault_at_any_request_the_next_run_leaves_what_an_undisturbed_one_leaves(
    tmp_path: Path, fault: str
) -> None:
    with services(asked_of_all({MANY[0].removeprefix("arxiv:"): 3})) as server:
        assert run(whole(tmp_path / "good", server), server).warnings == []
        good, requests = counted(tmp_path / "good"), len(server.log)
        assert requests == 7
        for number in range(1, requests + 1):
            root = whole(tmp_path / str(number), server)
            put(root, {"content/metrics/2025-12.jsonl": EARLIER})
            server.fail(FAULTS[fault], at=number)
            report = run(root, server, limits=HURRIED)
            assert server.struck
            assert report.warnings, f"no word about request {number}"
            for warning in report.warnings:
                assert warning.startswith(("hf: ", "semantic-scholar: ", "openalex: "))
                assert server.address in warning
            assert [*load(root).problems] == []
            server.recover()
            assert run(root, server).warnings == []
            assert counted(root) == {**good, "2025-12.jsonl": EARLIER.encode()}


def test_keys_are_in_no_warning_and_in_no_file(tmp_path: Path) -> None:
    routes = {PAPERS: reply({"message": "Forbidden"}, 403), "/works": reply({"error": "no"}, 403)}
    with services(routes) as server:
        root = write(tmp_path, record(A), config=config(server, "services: [semantic-scholar]"))
        told = run(root, server).warnings
        put(root, {"site_config.yml": config(server, "services: [openalex]")})
        told += run(root, server).warnings
        assert "api_key=oa-secret" in server.log[-1].target
    assert len(told) == 2
    files = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    for key in ENVIRONMENT.values():
        assert key not in "".join(told)
        assert key.encode() not in files


def test_without_keys_none_is_sent(tmp_path: Path) -> None:
    with services({PAPERS: counting({}), "/works": works([])}) as server:
        root = write(tmp_path, record(A), config=config(server))
        run(root, server, keys={})
        assert "x-api-key" not in server.log[0].headers
        assert "api_key" not in server.log[1].query


def test_a_damaged_file_of_metrics_is_never_written_over(tmp_path: Path) -> None:
    with services({PAPERS: counting({"ARXIV:2501.00001": 7})}) as server:
        root = write(tmp_path, record(A), config=config(server, "services: [semantic-scholar]"))
        put(root, {"content/metrics/2026-01.jsonl": "damaged\n"})
        with pytest.raises(ContentProblems, match="damaged"):
            run(root, server)
    assert (root / "content/metrics/2026-01.jsonl").read_text() == "damaged\n"


def test_a_wrong_configuration_is_told_before_anybody_is_asked(tmp_path: Path) -> None:
    with services({}) as server:
        root = write(tmp_path, record(A), config=config(server, "services: [google-scholar]"))
        with pytest.raises(ContentProblems, match="google-scholar"):
            run(root, server)


# The command ----------------------------------------------------------------------------------------------------------


def command(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "generator", "metrics", "--root", str(root), "--today", TODAY.isoformat(), *words]
    known = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run(line, env={**known, **environment}, check=False, capture_output=True, text=True)


def test_the_command_takes_its_keys_from_the_environment_and_says_what_it_counted(tmp_path: Path) -> None:
    with services({PAPERS: counting({"ARXIV:2501.00001": 7}), "/works": works([])}) as server:
        root = write(tmp_path, record(A), record(B), config=config(server))
        done = command(root, **ENVIRONMENT)
        assert server.log[0].headers["x-api-key"] == "s2-secret"
        assert server.log[1].query["api_key"] == "oa-secret"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "citations of papers: 1 by semantic-scholar; 1 known to nobody",
        "people: none counted",
        "upvotes, comments or stars: 0 papers with other counts than before",
        "1 files written",
    ]


def test_on_a_runner_who_cannot_answer_is_an_annotation_and_in_the_summary(tmp_path: Path) -> None:
    hostile = reply({"message": "::error::no\n"}, 403)
    with services({PAPERS: hostile}) as server:
        root = write(tmp_path, record(A), config=config(server))
        place = tmp_path / "summary.md"
        done = command(root, "--format", "github", GITHUB_STEP_SUMMARY=str(place))
    assert done.returncode == 0
    commands = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert len(commands) == 1
    assert commands[0].startswith("::warning::semantic-scholar: HTTP 403")
    assert place.read_text().startswith("## Metrics\n\n- citations of papers")
    assert "semantic" in place.read_text().splitlines()[-1]


def test_metrics_and_ingest_never_write_at_the_same_time(tmp_path: Path) -> None:
    with services({}) as server:
        root = write(tmp_path, record(A), config=config(server))
        with alone(root):
            done = command(root)
    assert (done.returncode, "another ingest is at work here" in done.stderr) == (1, True)


# People ---------------------------------------------------------------------------------------------------------------

ENTRIES = """
- id: ann-one
  name: Ann One
  links: {semantic_scholar: "https://www.semanticscholar.org/author/A.-One/2262347", openalex: "https://openalex.org/A5000001"}
- id: bo-two
  name: Bo Two
  orcid: 0000-0002-1825-0097
- id: cy-three
  name: Cy Three
"""


def people_of_services(asked: Asked) -> Reply:
    known = {"2262347": {"authorId": "2262347", "hIndex": 23, "citationCount": 12_415, "paperCount": 60}}
    return reply([known.get(number) for number in json.loads(asked.body)["ids"]])


def openalex_author(name: str, h_index: int = 4, orcid: str | None = None) -> Reply:
    counts = {"orcid": orcid, "works_count": 9, "cited_by_count": 80, "summary_stats": {"h_index": h_index}}
    return reply({"id": f"https://openalex.org/{name}", **counts})


def people_root(tmp_path: Path, server: Server, entries: str = ENTRIES, *settings: str) -> Path:
    line = record(A, "Ann One", "Bo Two", "Cy Three")
    stored = '{"as_of":"2026-01-15","citations":1,"citations_from":"openalex","id":"arxiv:2501.00001"}\n'
    root = write(tmp_path, line, authors=entries, config=config(server, *settings))
    return put(root, {"content/metrics/2026-01.jsonl": stored})  # so that only people are due


def test_only_people_with_a_profile_are_counted(tmp_path: Path) -> None:
    bo = openalex_author("A5000002", orcid="https://orcid.org/0000-0002-1825-0097")
    routes: dict[str, Route] = {PEOPLE: people_of_services, "/authors/orcid:0000-0002-1825-0097": bo}
    with services(routes) as server:
        root = people_root(tmp_path, server)
        report = run(root, server)
        assert json.loads(server.log[0].body) == {"ids": ["2262347"]}
    assert (report.people, report.warnings) == ({"semantic-scholar": 1, "openalex": 1}, [])
    people = catalog_of(root).people
    first, second = people["ann-one"].measured, people["bo-two"].measured
    assert first == AuthorMeasurement(
        id="ann-one", as_of=TODAY, profile="semantic-scholar:2262347", h_index=23, citations=12_415, papers=60
    )
    assert second == AuthorMeasurement(
        id="bo-two", as_of=TODAY, profile="orcid:0000-0002-1825-0097", h_index=4, citations=80, papers=9
    )
    assert people["cy-three"].measured is None
    lines = (root / "content/metrics/authors/2026-01.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["ann-one", "bo-two"]


def test_who_is_not_at_the_first_service_is_asked_of_the_second_with_a_word_about_the_link(tmp_path: Path) -> None:
    entries = ENTRIES.replace("2262347", "404404").split("- id: bo-two")[0]
    with services({PEOPLE: people_of_services, "/authors/A5000001": openalex_author("A5000001")}) as server:
        root = people_root(tmp_path, server, entries)
        report = run(root, server)
    assert report.warnings == [
        "semantic-scholar: semantic-scholar:404404 is not there; set the link of its person right"
    ]
    measured = catalog_of(root).people["ann-one"].measured
    assert measured is not None
    assert measured.profile == "openalex:A5000001"


def test_who_could_not_be_asked_for_is_left_to_the_next_run(tmp_path: Path) -> None:
    entries = ENTRIES.split("- id: bo-two", maxsplit=1)[0]
    routes = {PEOPLE: people_of_services}
    with services(routes) as server:
        root = people_root(tmp_path, server, entries)
        server.fail(lambda wire, _: wire.reply(reply({}, 503)))
        assert len(run(root, server).warnings) == 1
        assert read_author_metrics(root).history == {}
        server.recover()
        assert run(root, server).people == {"semantic-scholar": 1}


def test_a_link_that_was_set_right_makes_the_old_counts_vanish(tmp_path: Path) -> None:
    with services({PEOPLE: people_of_services}) as server:
        root = people_root(tmp_path, server, ENTRIES.split("- id: bo-two", maxsplit=1)[0])
        run(root, server)
        assert catalog_of(root).people["ann-one"].measured is not None
    put(root, {AUTHORS: ENTRIES.replace("2262347", "77")})
    assert catalog_of(root).people["ann-one"].measured is None


@pytest.mark.parametrize(
    "answer",
    [
        openalex_author("A5317838346", 0),
        openalex_author("A5000002", orcid="https://orcid.org/0000-0001-6187-6610"),
        openalex_author("A5000002"),
        reply({"error": "not found"}, 404),
    ],
    ids=["deleted", "another's ORCID", "no ORCID", "404"],
)
def test_an_orcid_that_leads_to_nobody_counts_nothing(tmp_path: Path, answer: Reply) -> None:
    entries = "- id: bo-two" + ENTRIES.split("- id: bo-two")[1]
    with services({"/authors/orcid:0000-0002-1825-0097": answer}) as server:
        root = people_root(tmp_path, server, entries)
        report = run(root, server)
    assert "orcid:0000-0002-1825-0097 is not there" in report.warnings[0]
    assert catalog_of(root).people["bo-two"].measured is None
    assert "h_index" not in (root / "content/metrics/authors/2026-01.jsonl").read_text()


def test_profiles_that_two_services_put_together_are_left_to_a_person(tmp_path: Path) -> None:
    moved = reply([{"authorId": "999", "hIndex": 50, "citationCount": 1, "paperCount": 1}])
    with services({PEOPLE: moved}) as server:
        root = people_root(tmp_path, server, ENTRIES.split(", openalex", maxsplit=1)[0] + "}\n")
        assert "2262347 is not there" in run(root, server).warnings[0]
    assert catalog_of(root).people["ann-one"].measured is None


# Upvotes --------------------------------------------------------------------------------------------------------------


def daily(upvotes: Mapping[str, int]) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        items = [
            {
                "paper": {
                    "id": paper,
                    "title": "T",
                    "upvotes": count,
                    "submittedOnDailyAt": "2026-01-14T00:00:00.000Z",
                },
                "numComments": 2,
            }
            for paper, count in upvotes.items()
        ]
        return reply(items if asked.query["date"] == "2026-01-14" else [])

    return answer


def upvotes_root(tmp_path: Path, server: Server) -> Path:
    sources = f'[{{name: hf, kind: huggingface, base_url: "{server.address}"}}]'
    lines = [
        record(A, day="2026-01-14", source="hf"),
        record(B, day="2025-12-01", source="hf"),
        record(C, source="other"),
    ]
    return write(tmp_path, *lines, config=config(server, "services: []", sources=sources))


def test_upvotes_of_the_last_days_are_counted_again_while_they_change(tmp_path: Path) -> None:
    upvotes = {"2501.00001": 5, "2501.09999": 1}
    with services({DAILY: daily(upvotes)}) as server:
        root = upvotes_root(tmp_path, server)
        assert run(root, server).upvotes == 1
        assert [asked.query["date"] for asked in server.log] == ["2026-01-14"]
        assert run(root, server).upvotes == 0
        assert len(server.log) == 1  # counted today
        assert run(root, server, TODAY + timedelta(days=1)).upvotes == 0
        upvotes["2501.00001"] = 8
        assert run(root, server, TODAY + timedelta(days=2)).upvotes == 1
        run(root, server, TODAY + timedelta(days=20))
        assert len(server.log) == 3  # a day that old is left as it is
    history = read_metrics(root).history
    assert {(key, item.upvotes, item.comments) for key, item in history.items()} == {
        ((A, TODAY), 5, 2),
        ((A, TODAY + timedelta(days=2)), 8, 2),
    }
    assert catalog_of(root).papers[A].measured_on == {
        "upvotes": TODAY + timedelta(days=2),
        "comments": TODAY + timedelta(days=2),
    }


def test_upvotes_that_cannot_be_asked_for_are_a_warning_and_stay(tmp_path: Path) -> None:
    with services({DAILY: reply({}, 503)}) as server:
        root = upvotes_root(tmp_path, server)
        put(root, {"content/metrics/2026-01.jsonl": f'{{"as_of":"2026-01-14","id":"{A}","upvotes":3}}\n'})
        [warning] = run(root, server).warnings
    assert warning.startswith("hf: HTTP 503")
    assert warning.endswith("upvotes of a day are as before")
    measured = catalog_of(root).papers[A].measured
    assert measured is not None
    assert measured.upvotes == 3


# Recorded answers -----------------------------------------------------------------------------------------------------


def recorded_objects(value: Any, key: str) -> Iterator[dict[str, Any]]:
    """Find every object with a key in a recording, however deep."""
    if isinstance(value, dict):
        if key in value and "paperId" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from recorded_objects(each, key)


@needs_recorded
def test_citations_of_all_recorded_papers_are_those_of_the_recordings(tmp_path: Path) -> None:
    """The batches' envelope is ours, the objects in it are Semantic Scholar's, byte by byte."""
    files = sorted((RECORDED / "semantic_scholar").glob("*.json"))
    objects = [one for path in files for one in recorded_objects(json.loads(path.read_bytes()), "citationCount")]
    assert len(objects) > 2_700
    lines = [record(f"doi:10.1234/{number:05}", day="2026-01-14") for number in range(len(objects))]
    given: list[dict[str, Any]] = []

    def answer(asked: Asked) -> Reply:
        start = len(given)
        names = json.loads(asked.body)["ids"]
        assert names == [f"DOI:10.1234/{number:05}" for number in range(start, start + len(names))]
        assert len(names) <= 500
        given.extend(objects[start : start + len(names)])
        return reply(given[start:])

    with services({PAPERS: answer}) as server:
        root = write(tmp_path, *lines, config=config(server, "services: [semantic-scholar]", "papers: 10000"))
        report = run(root, server)
    assert report.papers == {"semantic-scholar": len(objects)}
    assert citations(root) == {
        f"doi:10.1234/{number:05}": (one["citationCount"], "semantic-scholar") for number, one in enumerate(objects)
    }


@needs_recorded
def test_a_recorded_body_that_answers_another_question_gives_no_count(tmp_path: Path) -> None:
    entries = json.loads((RECORDED / "semantic_scholar" / "index.json").read_bytes())
    for entry in entries:
        body = (RECORDED / "semantic_scholar" / entry["file"]).read_bytes()
        with services({PAPERS: Reply(body, entry.get("status", 200), "application/json")}) as server:
            names = [f"doi:10.1234/{number}" for number in range(3)]
            root = write(
                tmp_path / entry["file"], *map(record, names), config=config(server, "services: [semantic-scholar]")
            )
            report = run(root, server)
        batch = isinstance(json.loads(body), list)
        assert (report.papers, report.unknown, len(report.warnings)) == ({}, 3 * batch, not batch), entry["file"]


@needs_recorded
def test_people_are_counted_as_recorded(tmp_path: Path) -> None:
    semantic_scholar = json.loads((RECORDED / "semantic_scholar" / "Author.json").read_bytes())
    path = RECORDED / "openalex" / "A5023888391.json"
    openalex = json.loads(path.read_bytes())
    number, orcid = semantic_scholar["authorId"], openalex["orcid"].rpartition("/")[2]
    entries = f"""
- {{id: by-number, name: Ann One, links: {{semantic_scholar: "https://www.semanticscholar.org/author/{number}"}}}}
- {{id: by-orcid, name: Bo Two, orcid: {orcid}}}
- {{id: by-page, name: Cy Three, links: {{openalex: "https://openalex.org/authors/a5023888391"}}}}
"""
    body = Reply(path.read_bytes(), 200, "application/json")
    routes = {PEOPLE: reply([semantic_scholar]), f"/authors/orcid:{orcid}": body, "/authors/A5023888391": body}
    with services(routes) as server:
        root = people_root(tmp_path, server, entries)
        assert run(root, server).warnings == []
    lines = (root / "content/metrics/authors/2026-01.jsonl").read_text().splitlines()
    found = {line["id"]: (line["h_index"], line["citations"], line["papers"]) for line in map(json.loads, lines)}
    there = (openalex["summary_stats"]["h_index"], openalex["cited_by_count"], openalex["works_count"])
    assert found == {
        "by-number": (semantic_scholar["hIndex"], semantic_scholar["citationCount"], semantic_scholar["paperCount"]),
        "by-orcid": there,
        "by-page": there,
    }


@needs_recorded
def test_a_recorded_work_has_its_recorded_citations(tmp_path: Path) -> None:
    work = json.loads((RECORDED / "openalex" / "W2741809807.json").read_bytes())
    paper = f"doi:{work['doi'].removeprefix('https://doi.org/')}"
    with services({"/works": reply({"meta": {"count": 1}, "results": [work]})}) as server:
        root = write(tmp_path, record(paper), config=config(server, "services: [openalex]"))
        run(root, server)
    assert citations(root) == {paper: (work["cited_by_count"], "openalex")}


@needs_recorded
def test_a_recorded_body_of_anything_but_a_person_counts_nobody(tmp_path: Path) -> None:
    others = sorted(set((RECORDED / "openalex").glob("*.json")) - {RECORDED / "openalex" / "A5023888391.json"})
    assert len(others) == 7
    for path in others:
        with services({"/authors/A5000001": Reply(path.read_bytes(), 200, "application/json")}) as server:
            entries = '- {id: ann-one, name: Ann One, links: {openalex: "https://openalex.org/A5000001"}}\n'
            root = people_root(tmp_path / path.stem, server, entries)
            report = run(root, server)
        assert (report.people, len(report.warnings)) == ({}, 1), path.name
        assert catalog_of(root).people["ann-one"].measured is None
