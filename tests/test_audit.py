"""The audit names what it cannot check, fails on what it finds and reads the checkers' reports rightly."""

import json
from pathlib import Path

import pytest

from tools import audit
from tools.links import broken_links, sample

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
    assert audit.failed_entries(TAP).splitlines()[0] == "not ok 2 load b"
    assert "index.html:1:188" in audit.failed_entries(TAP)
    assert "feed.xml" not in audit.failed_entries(TAP)


@pytest.mark.parametrize(
    "configuration", ["title: A\nurl: https://old.example/\nlanguage: en\n", "title: A\nlanguage: en\n"]
)
def test_address_of_a_configuration_is_replaced_or_added(configuration: str) -> None:
    changed = audit.with_url(configuration, "https://digest.test/some/path/")
    assert sorted(changed.splitlines()) == ["language: en", "title: A", "url: https://digest.test/some/path/"]


def lighthouse_report(**scores: float) -> str:
    parts = [{"id": "a", "weight": 1}, {"id": "b", "weight": 1}]
    categories = {name: {"score": scores.get(name, 1), "auditRefs": parts} for name in audit.SCORES}
    return json.dumps({"categories": categories, "audits": {"a": {"score": 0}, "b": {"score": 1}}})


def test_category_below_its_score_is_named_with_what_is_amiss() -> None:
    assert audit.low_scores(lighthouse_report(seo=0.91, performance=0.95)) == ["seo is 91, not 100: a"]


def test_page_that_was_slow_once_is_judged_again_and_one_that_stays_slow_is_a_problem() -> None:
    slow, fast = lighthouse_report(performance=0.94), lighthouse_report()
    assert audit.lasting_low_scores(iter([slow, slow, fast]).__next__) == []
    assert audit.lasting_low_scores(iter([slow] * audit.TRIES).__next__) == ["performance is 94, not 95: a"]


def test_page_that_is_low_in_anything_but_speed_is_not_judged_again() -> None:
    mixed = lighthouse_report(performance=0.5, seo=0.9)
    assert audit.lasting_low_scores(iter([mixed]).__next__) == ["performance is 50, not 95: a", "seo is 90, not 100: a"]


def test_long_report_says_how_much_is_left_out() -> None:
    assert audit.shortened("a\nb\nc\n", lines=2) == "a\nb\n... 1 more lines"
    assert audit.shortened("a\nb\n", lines=2) == "a\nb"


def test_check_that_cannot_be_done_is_named_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(audit, "check_workflows", lambda: None)
    monkeypatch.setattr(audit, "built_site", lambda mount: tmp_path)
    (tmp_path / "index.html").write_text("<a href=#top>top</a>", encoding="utf-8")
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert audit.audit() == 0
    output = capsys.readouterr().out
    assert "not checked: HTML under / (no java)" in output
    assert "not checked: a sample of links under /some/path/ by hyperlink (no node)" in output
    assert "not checked: speed, accessibility and manners by Lighthouse (no node)" in output


def test_found_problem_fails_the_audit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(mount: str) -> Path:
        raise audit.AuditError(f"cannot build under {mount}")

    monkeypatch.setattr(audit, "check_workflows", lambda: None)
    monkeypatch.setattr(audit, "built_site", broken)
    assert audit.audit() == 1
    assert "cannot build under /some/path/" in capsys.readouterr().out


@pytest.fixture
def host(tmp_path: Path) -> Path:
    (tmp_path / "some" / "path").mkdir(parents=True)
    (tmp_path / "some" / "x.png").write_bytes(b"")
    (tmp_path / "some" / "path" / "index.html").write_text('<h1 id="caf\u00e9 1">x</h1>', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "link",
    [
        '<a href="path/">',
        '<a href="./path/?q=1#caf%C3%A9%201">',
        '<a href="https://digest.test/some/path/">',
        '<a href="https://example.org/lost/">',
        '<a href="mailto:someone@example.org">',
        '<a href="#here" id="here">',
        '<img src="x.png" srcset="x.png 1x, /some/x.png 2x">',
        '<meta http-equiv="refresh" content="0; url=path/">',
    ],
)
def test_link_that_leads_somewhere_is_none_of_the_broken(host: Path, link: str) -> None:
    (host / "some" / "index.html").write_text(link, encoding="utf-8")
    assert broken_links(host, "https://digest.test")[1] == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/path/">',
        '<a href="path">',
        '<a href="path/#nowhere">',
        '<a href="#nowhere">',
        '<a href="https://digest.test/path/">',
        '<img src="y.png">',
        '<img srcset="x.png 1x, y.png 2x">',
        '<meta http-equiv="refresh" content="0; url=lost/">',
    ],
)
def test_broken_link_is_named_with_its_file_and_line(host: Path, link: str) -> None:
    (host / "some" / "index.html").write_text(f"<p>\n{link}", encoding="utf-8")
    problems = broken_links(host, "https://digest.test")[1]
    assert len(problems) == 1
    assert problems[0].startswith("some/index.html:2: ")


def test_sample_takes_the_page_for_lost_readers_and_no_more_than_asked(host: Path) -> None:
    (host / "404.html").write_text("", encoding="utf-8")
    for number in range(100):
        (host / str(number)).mkdir()
        (host / str(number) / "index.html").write_text("", encoding="utf-8")
    chosen = list(sample(host, 10))
    assert chosen[0] == host / "404.html"
    assert 10 <= len(chosen) <= 12
