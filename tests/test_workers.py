"""Which process renders what does not show, and one that is lost loses no site."""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from generator.errors import BuildError, InterruptedWorkError
from generator.site import build as build_module
from generator.site.build import build
from generator.site.rendering import mkdocs, workers
from generator.site.rendering.mkdocs import Rendering, Source
from tests.built_site import tree_hash
from tests.digest_folder import record, write_digest

THEME = Path(__file__).parent.parent / "theme"
TITLE = [{"id": "arxiv:2501.10001", "field": "title", "value": "Another title", "why": "a slip", "by": "editors"}]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_digest(tmp_path / "root", [record(f"arxiv:2501.1000{n}", f"Paper {n}", "2025-01-06") for n in (1, 2)])
    build(root, root / "site", 2)
    return root


def _told(folder: Path, monkeypatch: pytest.MonkeyPatch, then: Callable[[], None] = lambda: None) -> Path:
    """Let each run of pages leave the number of its process behind, and then do something else first."""
    render = mkdocs.render_chunk
    folder.mkdir()

    def telling(config: object, rendering: Rendering, output: Path, chunk: Sequence[Source]) -> int:
        (folder / str(os.getpid())).touch()
        then()
        return render(config, rendering, output, chunk)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "render_chunk", telling)
    return folder


@pytest.mark.parametrize(("few", "processes"), [(workers.FEW, 1), (0, 2)])
def test_few_pages_are_rendered_by_the_process_that_stood_by_and_many_by_others(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, processes: int
) -> None:
    monkeypatch.setattr(workers, "FEW", few)
    monkeypatch.setattr(workers, "SMALL", 2)
    monkeypatch.setattr(workers, "RUNS_EACH", 100)
    told = _told(tmp_path / "told", monkeypatch)
    write_digest(root, [], corrections=TITLE)
    summary = build(root, root / "site", 2)
    assert summary.counts["pages rendered"] > 4
    assert 1 <= len(list(told.iterdir())) <= processes
    assert not (told / str(os.getpid())).exists()
    build(root, tmp_path / "clean", 1, clean=True)
    assert tree_hash(root / "site") == tree_hash(tmp_path / "clean")


def test_build_with_one_job_renders_in_its_own_process(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _told(tmp_path / "told", monkeypatch)
    write_digest(root, [], corrections=TITLE)
    build(root, root / "site", 1)
    assert [path.name for path in told.iterdir()] == [str(os.getpid())]


def test_process_that_is_ended_while_it_renders_ends_the_build_and_the_old_site_stands(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree_hash(root / "site")
    _told(tmp_path / "told", monkeypatch, lambda: os.kill(os.getpid(), signal.SIGKILL))
    write_digest(root, [], corrections=TITLE)
    with pytest.raises(InterruptedWorkError):
        build(root, root / "site", 2)
    assert tree_hash(root / "site") == before
    assert not (root / ".site-stage").exists()


def test_process_that_is_gone_before_it_is_handed_anything_is_told(tmp_path: Path) -> None:
    standby = workers.Standby()
    try:
        (process,) = standby._work._works._running.values()
        process.kill()
        process.join()
        with pytest.raises(InterruptedWorkError):
            standby.render(tmp_path, [])
    finally:
        standby.stop()


def test_site_is_there_when_the_process_that_remembers_is_ended(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "_remember", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    write_digest(root, [], corrections=TITLE)
    assert build(root, root / "site", 2).counts["pages rendered"] > 4
    monkeypatch.undo()
    build(root, root / "clean", 1, clean=True)
    assert tree_hash(root / "site") == tree_hash(root / "clean")


def test_mistake_in_the_shell_of_all_pages_is_told_from_there(root: Path) -> None:
    shell = root / "theme" / "base.html"
    shell.parent.mkdir()
    shell.write_text((THEME / "base.html").read_text("utf-8") + "{{ nothing.at.all }}", "utf-8")
    with pytest.raises(BuildError, match=r"base\.html"):
        build(root, root / "site", 2)
