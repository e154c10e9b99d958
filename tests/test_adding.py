"""``digest add``: whom it asks, what it writes, and that it writes nothing when it cannot."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.catalog.catalog import assemble
from generator.catalog.check import check
from generator.catalog.content import load
from generator.cli import main
from generator.records import read_records
from tests.digest_folder import write_yaml
from tests.replay import Reply, Route, Server, replaying

NAME = "content/digests/2025/2025-12-11.yml"
ENTRY = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><entry>
<id>http://arxiv.org/abs/2512.00101v2</id><title>Invented Caches</title><summary>We invent.</summary>
<published>2025-12-09T00:00:00Z</published><updated>2025-12-10T00:00:00Z</updated>
<author><name>Aino Esimerkki</name></author><category term="cs.DC"/></entry></feed>"""
ATOM = "application/atom+xml"
WORK = {"DOI": "10.5555/inv", "title": ["A Work"], "issued": {"date-parts": [[2025, 12, 9]]}}
SET = {"doi": "10.5555/inv", "titles": [{"title": "A Set"}], "dates": [{"date": "2025-12-09", "dateType": "Issued"}]}


def answered(value: object) -> Reply:
    return Reply(json.dumps(value).encode(), content_type="application/json")


@contextmanager
def serving(root: Path, routes: dict[str, Route]) -> Iterator[Server]:
    with replaying(routes) as server:
        kinds = ({"kind": "arxiv", "query": "ti:caches"}, {"kind": "crossref", "papers": ["10.5555/x"]},
                 {"kind": "datacite", "papers": ["10.5555/x"]})  # fmt: skip
        sources = [{"name": str(each["kind"]), "base_url": server.address, **each} for each in kinds]
        root.mkdir(exist_ok=True)
        write_yaml(root / "site_config.yml", {"title": "A", "url": "https://x.example/", "sources": sources})
        (root / "content").mkdir(exist_ok=True)
        yield server


def add(root: Path, paper: str, *more: str) -> Result:
    return CliRunner().invoke(main, ["add", paper, "--date", "2025-12-11", "--root", str(root), *more])


ARXIV = "/api/query?id_list=2512.00101&max_results=1"
CROSSREF, DATACITE = "/works/10.5555%2Finv", "/dois/10.5555%2Finv"


@pytest.mark.parametrize("written", ["2512.00101", "arxiv:2512.00101v1", "https://arxiv.org/pdf/2512.00101"])
def test_arxiv_paper_is_asked_for_recorded_and_picked(tmp_path: Path, written: str) -> None:
    with serving(tmp_path, {ARXIV: Reply(ENTRY.encode(), content_type=ATOM)}):
        done = add(tmp_path, written, "--note", "Read *this*.")
    assert (done.exit_code, done.output) == (
        0,
        f"arxiv:2512.00101: Invented Caches\nwrote {NAME}\nwrote content/records/2025/2025-12-09.jsonl\n",
    )
    assert (tmp_path / NAME).read_text("utf-8") == (
        'picks:\n  - id: arxiv:2512.00101  # Invented Caches\n    note: "Read *this*."\n'
    )
    # No source listed it: it stands on the day of its pick, and only there.
    assert read_records(tmp_path).records["arxiv:2512.00101"].listed == ()
    content = load(tmp_path)
    assert check(content) == []
    (paper,) = assemble(content).papers.values()
    assert (paper.title, str(paper.day), paper.note) == ("Invented Caches", "2025-12-11", "Read *this*.")


def test_paper_with_a_record_is_picked_without_asking_anybody(tmp_path: Path) -> None:
    with serving(tmp_path, {ARXIV: Reply(ENTRY.encode(), content_type=ATOM)}) as server:
        assert add(tmp_path, "2512.00101").exit_code == 0
        done = CliRunner().invoke(main, ["add", "2512.00101", "--date", "2025-12-12", "--root", str(tmp_path)])
        assert done.output == "arxiv:2512.00101: Invented Caches\nwrote content/digests/2025/2025-12-12.yml\n"
        assert len(server.log) == 1


def test_doi_is_asked_of_crossref_and_then_of_datacite(tmp_path: Path) -> None:
    with serving(tmp_path / "a", {CROSSREF: answered({"message": WORK})}):
        assert add(tmp_path / "a", "https://doi.org/10.5555/INV").output.startswith("doi:10.5555/inv: A Work\n")
    routes: dict[str, Route] = {
        CROSSREF: Reply(b"no", 404, "text/plain"),
        DATACITE: answered({"data": {"attributes": SET}}),
    }
    with serving(tmp_path / "b", routes):
        assert add(tmp_path / "b", "10.5555/inv").output.startswith("doi:10.5555/inv: A Set\n")


def test_page_is_asked_itself_and_may_name_a_doi(tmp_path: Path) -> None:
    page = '<meta name="citation_title" content="A Page"><meta name="citation_doi" content="10.5555/page">'
    with serving(tmp_path, {"/papers/1": Reply(page.encode(), content_type="text/html")}) as server:
        done = add(tmp_path, f"{server.address}/papers/1")
        assert done.output.startswith("doi:10.5555/page: A Page\n")
    # It names no day of its own: it is listed where it was added, or it would have no place.
    assert str(read_records(tmp_path).records["doi:10.5555/page"].listed[0].date) == "2025-12-11"
    assert check(load(tmp_path)) == []


@pytest.mark.parametrize(
    ("paper", "routes", "message"),
    [
        ("nonsense", {}, "not a paper id: 'nonsense'; write an arXiv id"),
        ("10.5555/inv", {CROSSREF: Reply(b"no", 404), DATACITE: Reply(b"no", 404)}, "datacite: no such paper"),
        ("10.5555/inv", {CROSSREF: Reply(b"no", 403)}, "crossref: HTTP 403"),
        ("10.5555/inv", {CROSSREF: answered({"message": {}})}, "crossref: not an answer of Crossref"),
        ("2512.00101", {ARXIV: Reply(ENTRY.partition("<entry>")[0].encode() + b"</feed>", content_type=ATOM)},
         "arxiv: it gives no paper 'arxiv:2512.00101'; see to the id, or try again later: http"),
    ],
)  # fmt: skip
def test_paper_that_nobody_knows_changes_nothing(
    tmp_path: Path, paper: str, routes: dict[str, Route], message: str
) -> None:
    with serving(tmp_path, routes):
        done = add(tmp_path, paper)
    assert done.exit_code == 1
    assert message in done.output
    assert list((tmp_path / "content").iterdir()) == []


def test_digest_file_with_a_mistake_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with serving(tmp_path, {ARXIV: Reply(ENTRY.encode(), content_type=ATOM)}):
        (tmp_path / NAME).parent.mkdir(parents=True)
        (tmp_path / NAME).write_text("piks: []\n", "utf-8")
        done = add(tmp_path, "2512.00101")
    assert done.exit_code == 1
    assert f"{NAME}:1:1: unknown key 'piks'" in done.output
    assert not (tmp_path / "content/records").exists()
