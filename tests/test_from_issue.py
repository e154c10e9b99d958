"""``digest from-issue``: what people send by the forms changes what was asked and nothing else, or is refused clearly."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from generator.cli import main
from tests.content import put, record, write
from tests.issue_bodies import FORMS, SENT, Sent
from tests.replay import Reply, replaying
from tests.test_adding import ATOM, ENTRY

ROOT = Path(__file__).parent.parent
TODAY = "2025-12-12"
AUTHORS = """\
# Who is who.

- id: wei-zhang-vision   # kept
  name: Wei Zhang
  papers: [arxiv:2512.00005]   # sure

# Asked by mail.
- id: cy-third
  name: "Cy Third"
  also:
    - C. Third
  links: {homepage: "https://example.org/cy"}   # his own

# The end.
"""
TOPICS = """\
# Two levels.
- id: systems
  name:   Systems

- id: caching   # its address
  name: 'Caching'
  parent: systems
  match: {any: [cache]}
"""
CORRECTED = """\
# Set right.
- {id: 2512.00002, field: title, value: Words as printed, why: a slip, by: ann}
"""
REMEMBERED = """\
- {what: paper, id: 2512.00009, why: an announcement, by: ann, date: 2025-12-01, issue: 4}
- what: merge
  names: [Bo Other, Dee Four]
  why: two fields
  by: ann
  date: 2025-12-01
"""
DAY = """\
curator: ann   # for now
picks:
  - id: 2512.00001   # first
    note: >-
      Read it.
passed:
  - {id: 2512.00003, why: no measurement}
"""
PAPERS = [
    record("arxiv:2512.00001", "Ada Example", "Bo Other"),
    record("arxiv:2512.00002", "Ada Example", "Cy Third"),
    record("arxiv:2512.00003", "Ada Example"),
    record("arxiv:2512.00004", "A. Example", "Cy Third"),
    record("arxiv:2512.00005", "Wei Zhang"),
    record("arxiv:2512.00006", "Wei Zhang"),
    record("doi:10.5555/a", "Dee Four"),
]
FILES_OF_DIGEST = {
    "authors": AUTHORS,
    "topics": TOPICS,
    "corrections": CORRECTED,
    "declined": REMEMBERED,
    "digest": DAY,
}


class Repository:
    """A digest under version control, whose arXiv is played on loopback."""

    def __init__(self, root: Path, arxiv: str) -> None:
        self.root = root
        config = f"title: Invented\nurl: https://example.org/\nsources:\n  - {{name: a, kind: arxiv, base_url: '{arxiv}', query: 'ti:a'}}\n"
        write(root, *PAPERS, **FILES_OF_DIGEST, config=config)
        put(root, {".gitignore": ".cache/\n"})
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "start")

    def git(self, *words: str) -> str:
        known = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "core.quotepath=false"]
        return subprocess.run(["git", *known, *words], cwd=self.root, check=True, capture_output=True, text=True).stdout

    def changes(self) -> dict[str, str]:
        """Give the lines that are different now, by file, as ``git diff`` shows them."""
        self.git("add", "--all")
        found: dict[str, str] = {}
        for part in self.git("diff", "--cached", "--unified=0").split("diff --git ")[1:]:
            head, *hunks = part.split("\n@@ ")
            name = head.split("\n", 1)[0].split(" b/")[-1]
            lines = [line for hunk in hunks for line in hunk.split("\n")[1:] if line[:1] in ("+", "-")]
            found[name] = "\n".join(lines)
        return found

    def clean(self) -> None:
        self.git("reset", "--quiet", "--hard")

    def send(self, body: str, *options: str, labels: tuple[str, ...] = ("accept",), **more: Any) -> Result:
        issue = {"number": 17, "user": {"login": "someone"}, "body": body, "labels": [{"name": n} for n in labels]}
        text = json.dumps(more.get("event") or issue)
        return CliRunner().invoke(
            main, ["from-issue", "-", "--root", str(self.root), "--today", TODAY, *options], input=text
        )


@pytest.fixture(scope="module")
def all_tests_repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    routes: dict[str, Any] = {
        "/api/query?id_list=2512.00101&max_results=1": lambda _: Reply(ENTRY.encode(), content_type=ATOM),
        "/api/query?id_list=2512.00404&max_results=1": lambda _: Reply(b"no", 404, "text/plain"),
    }
    with replaying(routes) as server:
        yield Repository(tmp_path_factory.mktemp("digest") / "root", server.address)


@pytest.fixture
def repository(all_tests_repository: Repository) -> Iterator[Repository]:
    yield all_tests_repository
    all_tests_repository.clean()


def test_there_are_thirty_bodies_and_ten_hostile_ones() -> None:
    from tests.issue_bodies import FRIENDLY, HOSTILE

    assert len(SENT) >= 30
    assert len(HOSTILE) >= 10
    assert {sent.body.split("\n")[0] for sent in FRIENDLY} == {f"### {form.labels[0]}" for form in FORMS.values()}


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.name)
def test_a_body_changes_what_it_asks_for_or_is_refused(repository: Repository, sent: Sent, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    done = repository.send(sent.body, "--report", str(report), labels=sent.labels)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    changes = repository.changes()
    told = report.read_text("utf-8")
    print(done.output, changes)
    if sent.refused:
        assert (done.exit_code, changes) == (1, {})
        assert done.stderr.startswith(f"refused: {sent.refused}"), done.stderr
        assert told.startswith(f"No change was made\n\nNothing was changed: {sent.refused}")
    else:
        assert done.exit_code == 0, done.output
        records = {name: lines for name, lines in changes.items() if "/records/" in name}
        assert {**changes, **dict.fromkeys(records, "+{RECORD}")} == sent.changes
        assert "Closes #17" in told
        assert CliRunner().invoke(main, ["check", "--root", str(repository.root)]).output == "no problems\n"
    assert not [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("::")]
