"""The audit names what it cannot check, fails on what it finds and reads the checkers' reports rightly."""

from pathlib import Path

import pytest

from tools import audit

TAP = """TAP version 13
ok 1 load index.html
not ok 2 load b
  ---
    operator: load
    at: index.html:1:188 <a href="b/">...</a>
  ...
ok 3 load feed.xml
"""


def test_only_failed_entries_of_a_link_report_are_shown() -> None:
    assert audit.broken_links(TAP).splitlines()[0] == "not ok 2 load b"
    assert "index.html:1:188" in audit.broken_links(TAP)
    assert "feed.xml" not in audit.broken_links(TAP)


@pytest.mark.parametrize(
    "configuration", ["title: A\nurl: https://old.example/\nlanguage: en\n", "title: A\nlanguage: en\n"]
)
def test_address_of_a_configuration_is_replaced_or_added(configuration: str) -> None:
    changed = audit.with_url(configuration, "https://digest.test/some/path/")
    assert sorted(changed.splitlines()) == ["language: en", "title: A", "url: https://digest.test/some/path/"]


def test_long_report_says_how_much_is_left_out() -> None:
    assert audit.shortened("a\nb\nc\n", lines=2) == "a\nb\n... 1 more lines"
    assert audit.shortened("a\nb\n", lines=2) == "a\nb"


def test_check_that_cannot_be_done_is_named_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(audit, "check_workflows", lambda: None)
    monkeypatch.setattr(audit, "built_site", lambda mount: tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert audit.audit() == 0
    output = capsys.readouterr().out
    assert "not checked: HTML under / (no java)" in output
    assert "not checked: links and fragments under /some/path/ (no node)" in output


def test_found_problem_fails_the_audit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(mount: str) -> Path:
        raise audit.AuditError(f"cannot build under {mount}")

    monkeypatch.setattr(audit, "check_workflows", lambda: None)
    monkeypatch.setattr(audit, "built_site", broken)
    assert audit.audit() == 1
    assert "cannot build under /some/path/" in capsys.readouterr().out
