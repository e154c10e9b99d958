"""What a build says while it runs and when it is done, on a terminal and elsewhere, through the command itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.digest_folder import sample_records, write_digest

# The command, with another idea of how long a build may stay silent; how long it takes here is nobody's claim.
SCRIPT = """import sys
from generator.cli import main, terminal

terminal.PATIENCE, terminal.PAUSE = float(sys.argv.pop(1)), 0.0
main()"""
NEVER = "1e9"


def _command(root: Path, patience: str) -> list[str]:
    return [sys.executable, "-c", SCRIPT, patience, "build", "--root", str(root), "--jobs", "2"]


def _on_a_terminal(root: Path, patience: str) -> str:
    """Build with a terminal as its output; return all that was drawn there."""
    ours, theirs = os.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(_command(root, patience), stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    drawn = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        drawn += part
    os.close(ours)
    assert process.wait() == 0, drawn
    return drawn.decode("utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_digest(tmp_path / "root", sample_records(40))


def test_terminal_shows_a_bar_and_then_the_summary_alone(root: Path) -> None:
    drawn = _on_a_terminal(root, "0")
    assert re.search(r"pages .*\d+/\d+", drawn)
    assert "\x1b[2K" in drawn  # the bar is wiped
    last = drawn.rstrip().split("\n")[-1]
    assert "rendered, 0 kept, 0 removed; " in last
    assert "\x1b[?25h" in drawn  # the cursor is back


def test_quick_build_shows_no_bar(root: Path) -> None:
    assert _on_a_terminal(root, NEVER).count("\n") == 1


def test_pipe_gets_plain_lines_and_the_summary_alone_on_stdout(root: Path) -> None:
    done = subprocess.run(_command(root, "0"), capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"(pages|search indexes): [\d,]+ of [\d,]+", line), line
    assert any(re.fullmatch(r"pages: (.+) of \1", line) for line in lines)
    assert done.stdout.count("\n") == 1


def test_quick_build_writes_no_line_into_a_pipe(root: Path) -> None:
    done = subprocess.run(_command(root, NEVER), capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_summary_says_what_was_rendered_kept_removed_and_where_the_time_went(root: Path) -> None:
    def build() -> str:
        return subprocess.run(_command(root, NEVER), capture_output=True, text=True, check=True).stdout.rstrip()

    first = re.fullmatch(
        r"pages: (\d+) rendered, 0 kept, 0 removed; other files: \d+; search indexes: 1; [\d.]+ s \(.*pages [\d.]+.*\)",
        build(),
    )
    assert first is not None
    pages = int(first[1])
    assert re.match(rf"pages: 0 rendered, {pages} kept, 0 removed; ", build())
    page = root / "content/pages/on-us.md"
    page.write_text("# On us\n\nWords.\n", "utf-8")
    build()
    page.unlink()
    assert re.search(r" rendered, \d+ kept, 1 removed; ", build())
