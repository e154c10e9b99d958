"""The workflows, ours and those of ``digest init``, fit GitHub's schema, are safe by zizmor's rules and may little."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml

from generator.changes.report import MARKER
from generator.site.feeds.subscriptions import FORMATS
from tests.replay import Reply, replaying

ROOT = Path(__file__).parent.parent
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
OURS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
STARTERS = sorted((ROOT / "generator" / "starter" / "files" / "github" / "workflows").glob("*.yml"))
WORKFLOWS = OURS + STARTERS
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def test_there_are_workflows_of_both_kinds() -> None:
    assert {path.name for path in OURS} == {"ci.yml", "content.yml", "from-issue.yml", "ingest.yml", "publish.yml"}
    assert {path.name for path in STARTERS} == {
        "content.yml",
        "from-issue.yml",
        "ingest.yml",
        "newsletter.yml",
        "publish.yml",
    }


@pytest.mark.parametrize(
    ("schema", "paths"),
    [("vendor.github-workflows", WORKFLOWS), ("vendor.dependabot", [DEPENDABOT])],
    ids=["workflows", "dependabot"],
)
def test_files_fit_githubs_schema(schema: str, paths: list[Path]) -> None:
    assert_silent_success([sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)])


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    assert_silent_success(
        [str(zizmor), "--offline", "--no-progress", "--persona=pedantic", *map(str, [*WORKFLOWS, DEPENDABOT])]
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_action_is_pinned_by_commit_with_its_version(path: Path) -> None:
    uses = [
        line.strip().removeprefix("- ") for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line
    ]
    assert uses
    assert [line for line in uses if not PINNED.match(line)] == []


RIGHTS: dict[str, dict[str, str]] = {
    "deploy": {"pages": "write", "id-token": "write"},
    "commit": {"contents": "write", "actions": "write"},
    "alarm": {"issues": "write"},
    "remember": {"contents": "write"},
    "propose": {"contents": "write", "pull-requests": "write", "issues": "write"},
    "comment": {"pull-requests": "write"},
}
"""Of jobs that may write; all others only read."""
READS: dict[str, dict[str, str]] = {"draft": {"contents": "read", "issues": "read"}}
"""Of jobs that read more than the repository."""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_job_that_may_write_runs_nothing_of_ours_or_of_others(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"] == {**READS, **RIGHTS}.get(name, {"contents": "read"})
        if name in RIGHTS:
            scripts = " ".join(step.get("run", "") for step in job["steps"])
            assert not re.search(r"\b(pip|make|python|digest)\b", scripts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_script_has_a_value_of_github_written_into_it(path: Path) -> None:
    scripts = [step["run"] for job in read(path)["jobs"].values() for step in job["steps"] if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize(("name", "job"), [("ingest.yml", "ask"), ("content.yml", "look"), ("from-issue.yml", "draft")])
def test_a_starters_workflow_differs_from_ours_only_in_how_it_is_installed(name: str, job: str) -> None:
    ours = read(ROOT / ".github" / "workflows" / name)
    starters = read(STARTERS[0].parent / name)
    installed = "pip install -r requirements.txt"
    for step in ours["jobs"][job]["steps"]:
        if "run" in step:
            step["run"] = step["run"].replace(".venv/bin/digest", "digest")
            step["run"] = step["run"].replace("make .venv/site.stamp PYTHON=python3", installed)
            step["run"] = step["run"].replace(
                "make .venv/people.stamp PYTHON=python3", f"{installed} 'paper-digest[people]'"
            )
    if name == "content.yml":
        ours[True]["pull_request"]["paths"].append("requirements.txt")  # YAML 1.1 reads the key "on" as true
    assert ours == starters


def test_ingest_starts_off_the_hour_and_twice_a_day() -> None:
    times = [entry["cron"] for entry in read(INGEST)[True]["schedule"]]  # YAML 1.1 reads the key "on" as true
    minutes, hours = zip(*((int(time.split()[0]), int(time.split()[1])) for time in times), strict=True)
    assert len(set(hours)) == 2
    assert all(5 < minute < 55 for minute in minutes)


def read(path: Path) -> dict[Any, Any]:
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return workflow


# The scripts of ingest.yml, with a real git; only GitHub's own command is played -------------------------------------

INGEST = ROOT / ".github" / "workflows" / "ingest.yml"
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_LOG"
for word in "$@"; do
  case "$word" in body=@*) cat "${word#body=@}" >> "$GH_LOG";; *body.md) cat "$word" >> "$GH_LOG";; esac
done
case "$1 $2" in
"issue list") printf '%s' "$KNOWN";;
"api --paginate") printf '%s\\n' "${KNOWN:-$API}"; exit 0;;
"api --silent") exit 0;;
esac
[ "$1" = api ] && { printf '%s\\n' "$API"; exit 0; }
exit 0
"""


def script(job: str, name: str | None = None, workflow: Path = INGEST) -> str:
    steps = [step for step in read(workflow)["jobs"][job]["steps"] if "run" in step]
    [found] = [step["run"] for step in steps if name is None or step.get("name") == name]
    return str(found).replace(".venv/bin/digest", f"{sys.executable} -m generator")


class Runner:
    """A repository with a remote, and what a step finds around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remote, self.root = folder / "remote.git", folder / "clone"
        self.log = folder / "gh.log"
        (folder / "bin").mkdir()
        (folder / "bin" / "gh").write_text(GH)
        (folder / "bin" / "gh").chmod(0o755)
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.remote), at=folder)
        self.git("clone", "--quiet", str(self.remote), str(self.root), at=folder)
        self.git("checkout", "--quiet", "-b", "main")
        self.change("site_config.yml", "title: Invented\nurl: https://example.org/\nmetrics: {services: []}\n")
        self.change("content/records/2025/2025-12-11.jsonl", LINE.format(1))
        self.publish("start")

    def git(self, *words: str, at: Path | None = None) -> str:
        known = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        command = ["git", *known, *words]
        return subprocess.run(command, cwd=at or self.root, check=True, capture_output=True, text=True).stdout.strip()

    def change(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def publish(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        self.git("push", "--quiet", "origin", "HEAD:main")

    def run(self, script: str, **environment: str) -> str:
        """Run a step as GitHub does; give what it printed."""
        known = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GH_LOG": str(self.log),
            "KNOWN": "",
            "API": "",
            "RUNNER_TEMP": str(self.folder),
            "BRANCH": "main",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        command = ["bash", "-e", "-c", script]
        result = subprocess.run(command, cwd=self.root, env=known, check=False, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def pack(self) -> str:
        """Run the step that packs; give its outputs, with the patch where the next job finds it and the clone clean."""
        output = self.folder / "output"
        output.write_text("")
        self.run(script("ask", "pack what changed"), GITHUB_OUTPUT=str(output))
        (self.root / "ingest.patch").replace(self.folder / "ingest.patch")
        self.git("reset", "--quiet", "--hard")
        return output.read_text()

    @property
    def asked(self) -> str:
        """What GitHub's command was asked to do."""
        return self.log.read_text() if self.log.exists() else ""


LINE = '{{"id":"arxiv:2512.0000{0}","listed":[{{"date":"2025-12-11","source":"a"}}],"title":"Invented"}}\n'


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize("since", ["", "2025-12-01"])
def test_ingest_and_metrics_run_with_and_without_a_first_day(runner: Runner, since: str) -> None:
    assert "nothing written" in runner.run(script("ask", "ask for new papers"), SINCE=since)
    assert "nothing written" in runner.run(script("ask", "count citations and upvotes"))
    assert runner.git("status", "--porcelain") == ""


def test_a_first_day_that_is_none_is_no_command(runner: Runner) -> None:
    with pytest.raises(AssertionError, match="is not a day like 2025-12-11"):
        runner.run(script("ask", "ask for new papers"), SINCE="2025-12-01; touch never $(touch never)")
    assert not (runner.root / "never").exists()


def test_what_changed_becomes_one_commit_with_counts_and_is_published(runner: Runner) -> None:
    runner.change("content/records/2025/2025-12-11.jsonl", LINE.format(1).replace("Invented", "New") + LINE.format(2))
    runner.change("content/metrics/2025-12.jsonl", "a\nb\n")
    runner.change("content/ledger/2025-12.jsonl", "c\n")
    runner.change("content/metrics/.2025-12.jsonl.7.tmp", "half a file")
    assert runner.pack() == "changed=true\n"
    runner.run(script("commit"))
    assert runner.git("log", "--format=%s", "main", at=runner.remote).splitlines() == [
        "Ingest: 1 new papers, 1 updated, 2 counts",
        "start",
    ]
    assert runner.git("ls-tree", "-r", "--name-only", "main", at=runner.remote).splitlines() == [
        "content/ledger/2025-12.jsonl",
        "content/metrics/2025-12.jsonl",
        "content/records/2025/2025-12-11.jsonl",
        "site_config.yml",
    ]
    assert runner.asked.splitlines()[-1] == "workflow run publish.yml --ref main"


def test_without_a_change_nothing_is_packed(runner: Runner) -> None:
    assert runner.pack() == ""


def test_a_patch_that_reaches_for_more_than_the_machines_files_does_not_get_it(runner: Runner) -> None:
    runner.change("content/records/2025/2025-12-12.jsonl", LINE.format(3))
    runner.change("content/authors.yml", "- {id: someone, name: Someone}\n")
    runner.change(".github/workflows/more.yml", "on: push\n")
    runner.git("add", "--all")
    (runner.folder / "ingest.patch").write_text(runner.git("diff", "--cached", "--binary") + "\n")
    runner.git("reset", "--quiet", "--hard")
    runner.run(script("commit"))
    changed = runner.git("show", "--format=", "--name-only", "main", at=runner.remote)
    assert changed == "content/records/2025/2025-12-12.jsonl"


def test_a_branch_that_moved_on_meanwhile_is_no_obstacle(runner: Runner) -> None:
    runner.change("content/records/2025/2025-12-12.jsonl", LINE.format(3))
    runner.pack()
    runner.change("content/topics.yml", "[]\n")
    runner.publish("a curator's merge")
    runner.git("reset", "--quiet", "--hard", "HEAD~1")
    assert "the branch has moved on" in runner.run(script("commit"))
    assert runner.git("log", "--format=%s", "main", at=runner.remote).splitlines() == [
        "Ingest: 1 new papers, 0 updated, 0 counts",
        "a curator's merge",
        "start",
    ]


HOSTILE = "a: failing since 2025-12-11: `x` $(touch /tmp/never) @someone ::error::x\nb: failing since 2025-12-10: y"


def test_a_source_that_fails_for_days_opens_one_issue_and_its_words_stay_text(runner: Runner) -> None:
    runner.run(script("alarm"), FAILING=HOSTILE, RUN="https://example.org/1", RESULT="success", TITLE="A title")
    lines = runner.asked.splitlines()
    assert lines[1] == "issue create --title A title --body-file body.md"
    assert [f"    {line}" for line in HOSTILE.splitlines()] == lines[4:6]
    runner.log.unlink()
    runner.run(
        script("alarm"), FAILING=HOSTILE, RUN="https://example.org/2", RESULT="success", TITLE="A title", KNOWN="7"
    )
    assert runner.asked.splitlines()[1] == "issue edit 7 --body-file body.md"


@pytest.mark.parametrize(
    ("known", "result", "asked"),
    [
        ("7", "success", ["issue close 7 --comment All sources answer again: https://example.org/1"]),
        ("7", "failure", []),
        ("", "success", []),
    ],
)
def test_the_issue_is_closed_when_all_is_well_again(runner: Runner, known: str, result: str, asked: list[str]) -> None:
    runner.run(script("alarm"), FAILING="", RUN="https://example.org/1", RESULT=result, TITLE="A title", KNOWN=known)
    assert runner.asked.splitlines()[1:] == asked


def test_failing_sources_leave_the_job_as_one_output(runner: Runner) -> None:
    line = '{"date":"2025-12-11","failing_since":"2025-12-08","source":"a","state":"failed","tried":"2025-12-11"'
    runner.change("content/ledger/2025-12.jsonl", line + ',"why":"x"}\n')
    output = runner.folder / "output"
    runner.run(script("ask", "find sources that fail for the third day"), GITHUB_OUTPUT=str(output))
    first, *told, last = output.read_text().splitlines()
    assert re.fullmatch(r"sources<<[0-9a-f]{32}", first)
    assert last == first.removeprefix("sources<<")
    assert told == ["a: failing since 2025-12-08: x"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl; the step needs it")
def test_hub_is_told_of_every_format_of_the_two_feeds_that_change_daily(tmp_path: Path) -> None:
    workflow = read(next(path for path in STARTERS if path.name == "publish.yml"))
    (step,) = workflow["jobs"]["ping"]["steps"]
    with replaying({"/hub": Reply(status=204)}) as hub:
        told = {"HUB": f"{hub.address}/hub", "SITE": "https://example.org/my-digest/"}
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]], env={**os.environ, **told}, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")
    forms = [dict(parse_qsl(asked.body.decode())) for asked in hub.log]
    assert {form["hub.mode"] for form in forms} == {"publish"}
    feeds = [f"{folder}{name}" for folder in ("", "days/") for name in FORMATS]
    assert sorted(form["hub.url"] for form in forms) == sorted(
        f"https://example.org/my-digest/{feed}" for feed in feeds
    )


# The scripts of content.yml ------------------------------------------------------------------------------------------

CONTENT = ROOT / ".github" / "workflows" / "content.yml"


def test_what_a_request_does_to_the_site_is_told_of_its_merge_in_a_shallow_clone(runner: Runner) -> None:
    runner.git("checkout", "--quiet", "-b", "request")
    runner.change("content/digests/2025/2025-12-11.yml", "picks: [{id: 2512.00001, note: Read it.}]\n")
    runner.git("add", "--all")
    runner.git("commit", "--quiet", "--message", "a pick")
    runner.git("checkout", "--quiet", "main")
    runner.change("content/records/2025/2025-12-12.jsonl", LINE.format(2).replace("12-11", "12-12"))
    runner.publish("meanwhile")
    runner.git("merge", "--quiet", "--no-ff", "--message", "the request merged", "request")
    runner.git("push", "--quiet", "origin", "HEAD:merged")
    shutil.rmtree(runner.root)
    url = runner.remote.as_uri()
    runner.git("clone", "--quiet", "--depth=2", "--branch=merged", url, str(runner.root), at=runner.folder)
    summary = runner.folder / "summary.md"
    said = runner.run(script("look", "say what it does to the site", CONTENT), GITHUB_STEP_SUMMARY=str(summary))
    assert "  ~ Invented (papers/2512.00001/): picked\n" in said
    assert "papers/2512.00002/" not in said
    assert (runner.folder / "diff.md").read_text() == summary.read_text()


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("", "api --silent --method POST repos/a/b/issues/7/comments --field body=@body.md"),
        ("41", "api --silent --method PATCH repos/a/b/issues/comments/41 --field body=@body.md"),
        ("41\n42", "api --silent --method PATCH repos/a/b/issues/comments/41 --field body=@body.md"),
    ],
    ids=["the first time", "again", "two are there"],
)
def test_the_request_has_one_comment_that_is_found_again_by_its_marker(runner: Runner, known: str, asked: str) -> None:
    (runner.folder / "diff.md").write_text(f"{MARKER}\n## What it does\n$(touch never) `touch never`\n")
    step = read(CONTENT)["jobs"]["comment"]["steps"][-1]
    assert step["env"]["MARKER"] == MARKER
    known_values = {"COMMENTS": "repos/a/b/issues", "NUMBER": "7", "COMMIT": "abc", "RUN": "https://example.org/1"}
    runner.run(script("comment", workflow=CONTENT), MARKER=MARKER, KNOWN=known, **known_values)
    found, *rest = runner.asked.splitlines()
    assert found.startswith("api --paginate repos/a/b/issues/7/comments?per_page=100 --jq ")
    assert rest == [
        asked,
        MARKER,
        "## What it does",
        "$(touch never) `touch never`",
        "",
        "As of abc. The site itself is an artifact of [this run](https://example.org/1).",
    ]
    assert not (runner.root / "never").exists()


def test_no_run_of_a_fork_writes_a_comment() -> None:
    jobs = read(CONTENT)["jobs"]
    assert jobs["comment"]["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert list(read(CONTENT)[True]) == ["pull_request"]
    assert "secrets" not in CONTENT.read_text("utf-8")


def assert_silent_success(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
