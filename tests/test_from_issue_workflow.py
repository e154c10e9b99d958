"""The scripts of ``from-issue.yml``, with a real git; only GitHub's own command is played."""

import json
import shutil
from pathlib import Path

import pytest

from tests.content import put, record, write
from tests.issue_bodies import CORRECT, PAPER, written
from tests.test_workflows import ROOT, Runner, script

WORKFLOW = ROOT / ".github" / "workflows" / "from-issue.yml"


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Runner(tmp_path)
    write(made.root, record("arxiv:2512.00001", "Ada Example"))
    put(made.root, {"content/corrections.yml": "# Set right.\n[]\n", ".gitignore": ".cache/\n"})
    made.publish("a paper")
    made.log.unlink(missing_ok=True)
    return made


def step(job: str, name: str | None = None) -> str:
    return script(job, name, WORKFLOW)


def draft(runner: Runner, body: str, state: str = "open", reason: str = "") -> tuple[str, str]:
    """Run the first job's step; give its output and the report, with the clone clean as the next job finds it."""
    issue = {"number": 17, "user": {"login": "someone"}, "body": body, "state": state, "labels": []}
    event, output = runner.folder / "event.json", runner.folder / "output"
    event.write_text(json.dumps({"action": "labeled", "issue": issue, "sender": {"login": "ann"}}), "utf-8")
    output.write_text("")
    (runner.folder / "reason.txt").write_text(reason, "utf-8")
    runner.run(step("draft", "draft the change"), GITHUB_EVENT_PATH=str(event), GITHUB_OUTPUT=str(output), STATE=state)
    runner.git("reset", "--quiet", "--hard")
    return output.read_text("utf-8"), (runner.folder / "out" / "report.md").read_text("utf-8")


def propose(runner: Runner, outcome: str) -> list[str]:
    """Run the second job's script; give what GitHub's command was asked to do, with the texts handed to it."""
    runner.run(step("propose"), OUTCOME=outcome, NUMBER="17", BASE="main", GH_REPO="a/b")
    return runner.asked.splitlines()


def test_an_accepted_form_becomes_a_branch_and_a_pull_request(runner: Runner) -> None:
    assert draft(runner, written("correct-paper", **CORRECT))[0] == "outcome=change\n"
    asked = propose(runner, "change")
    assert runner.git("log", "-1", "--format=%s%n%b", "issue-17", at=runner.remote).split("\n") == [
        "Correct title of arxiv:2512.00001",
        "Suggested in #17",
    ]
    assert runner.git("show", "--format=", "--name-only", "issue-17", at=runner.remote) == "content/corrections.yml"
    assert asked[2].startswith("pr create --base main --head issue-17 --title Correct title of arxiv:2512.00001")
    assert "Closes #17" in asked
    assert asked[-1].startswith("issue comment 17 --body Thank you.")


def test_a_refusal_is_told_and_the_label_taken_off(runner: Runner) -> None:
    hostile = written("correct-paper", **CORRECT | {"paper": "2512.00009`; touch never; $(touch never)\n::error::x"})
    assert draft(runner, hostile)[0] == "outcome=refusal\n"
    asked = propose(runner, "refusal")
    assert asked[0].startswith("issue comment 17 --body-file ")
    assert asked[1].startswith("Nothing was changed: one line is expected, not `2512.00009'; touch never; $(touch")
    assert asked[-1] == "issue edit 17 --remove-label accept"
    assert not (runner.root / "never").exists()
    assert runner.git("branch", "--list", at=runner.remote) == "* main"


def test_a_closed_issue_is_remembered_with_the_reason_of_who_closed_it(runner: Runner) -> None:
    comments = '"first"\n"not a fact: `$(touch never)`\\n::set-output name=a::b"'
    runner.run(step("draft", "find the reason"), API=comments, GH_REPO="a/b", SENDER="ann", NUMBER="17")
    reason = (runner.folder / "reason.txt").read_text("utf-8")
    assert draft(runner, written("correct-paper", **CORRECT), "closed", reason)[0] == "outcome=change\n"
    propose(runner, "change")
    text = runner.git("show", "issue-17:content/declined.yml", at=runner.remote)
    assert 'why: "not a fact: `$(touch never)` ::set-output name=a::b"\n  by: ann\n' in text
    assert not (runner.root / "never").exists()


def test_a_patch_that_reaches_for_more_than_content_does_not_get_it(runner: Runner) -> None:
    draft(runner, written("correct-paper", **CORRECT))
    put(
        runner.root,
        {"content/topics.yml": "[]\n", "content/pages/x.md": "x\n", ".github/workflows/x.yml": "on: push\n"},
    )
    runner.git("add", "--all")
    (runner.folder / "out" / "change.patch").write_text(runner.git("diff", "--cached", "--binary") + "\n")
    runner.git("reset", "--quiet", "--hard")
    propose(runner, "change")
    assert runner.git("show", "--format=", "--name-only", "issue-17", at=runner.remote) == "content/topics.yml"


def test_a_patch_with_a_link_is_refused(runner: Runner) -> None:
    draft(runner, written("correct-paper", **CORRECT))
    (runner.root / "content/topics.yml").symlink_to("/etc/passwd")
    runner.git("add", "--all")
    (runner.folder / "out" / "change.patch").write_text(runner.git("diff", "--cached", "--binary") + "\n")
    runner.git("reset", "--quiet", "--hard")
    with pytest.raises(AssertionError, match="only plain files may change"):
        propose(runner, "change")


def test_an_edited_issue_that_is_accepted_again_replaces_the_branch(runner: Runner) -> None:
    for value in ("One", "Two"):
        draft(runner, written("correct-paper", **CORRECT | {"value": value}))
        propose(runner, "change")
        # Each run has a machine of its own.
        runner.git("checkout", "--quiet", "main")
        runner.git("branch", "--quiet", "-D", "issue-17")
        shutil.rmtree(runner.folder / "out")
    assert "value: Two" in runner.git("show", "issue-17:content/corrections.yml", at=runner.remote)


@pytest.mark.parametrize("role", ["admin", "maintain", "write", "triage"])
def test_those_who_may_triage_are_heard(runner: Runner, role: str) -> None:
    runner.run(step("draft", "see who asks"), API=role, GH_REPO="a/b", SENDER="ann")
    assert runner.asked == "api repos/a/b/collaborators/ann/permission --jq .role_name\n"


@pytest.mark.parametrize("role", ["read", "none", "", "admin\nread"])
def test_others_are_not(runner: Runner, role: str) -> None:
    with pytest.raises(AssertionError, match="whoever asked has no rights here"):
        runner.run(step("draft", "see who asks"), API=role, GH_REPO="a/b", SENDER="stranger")


def test_a_crash_proposes_nothing(runner: Runner) -> None:
    put(runner.root, {"site_config.yml": "title: [\n"})
    runner.publish("a mistake")
    with pytest.raises(AssertionError):
        draft(runner, written("suggest-paper", **PAPER))
