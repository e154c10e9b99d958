"""What is left of a site is seen by the states of its files, whatever became of them. Everything here is invented."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from generator.site.generations import statuses as statuses_module
from generator.site.generations.inspection import Divergence, Inspection
from generator.site.generations.manifest import Manifest, read_manifest, write_manifest
from generator.site.generations.statuses import statuses

FILES = ["index.html", "papers/1/index.html", "papers/1/paper.bib", "papers/2/index.html", "a/b/c/é/日本.txt"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of some files, and the generation beside it that has the same."""
    site, other = tmp_path / "site", tmp_path / "other"
    for path in FILES:
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(f"of {path}", "utf-8")
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(site / path, other / path)
    for folder in (site, other):
        write_manifest(folder, Manifest.of(folder, b"inputs", {path: path.encode().ljust(16)[:16] for path in FILES}))
    return site


# States of files


def _rows(folder: Path, paths: list[str], *, follow: bool = True) -> list[tuple[int, ...]]:
    return [row for some in statuses(folder, paths, follow=follow) for row in zip(*some, strict=True)]


def _refusing(*_: object) -> int:
    return -1


@pytest.mark.parametrize("statx", [None, _refusing], ids=["unknown", "refused"])
@pytest.mark.parametrize("follow", [True, False])
def test_states_are_the_same_without_statx(
    site: Path, monkeypatch: pytest.MonkeyPatch, statx: Callable[..., int] | None, *, follow: bool
) -> None:
    (site / "link").symlink_to("index.html")
    (site / "nowhere").symlink_to("gone")
    paths = [*FILES, ".", "papers", "link", "nowhere", "gone", "index.html/below", "papers/1/paper.bib"]
    many = [Random(1).choice(paths) for _ in range(3 * statuses_module._AT_ONCE + 5)]
    at_once = _rows(site, many, follow=follow)
    monkeypatch.setattr(statuses_module, "_statx", lambda: statx)
    assert [row if row[0] else None for row in _rows(site, many, follow=follow)] == [
        row if row[0] else None for row in at_once
    ]
    look = os.stat if follow else os.lstat
    for path, (mode, links, size, seconds, nanoseconds) in zip(many, at_once, strict=True):
        try:
            its = look(site / path)
        except OSError:
            assert mode == 0
        else:
            time = seconds * 1_000_000_000 + nanoseconds
            assert (mode, links, size, time) == (its.st_mode, its.st_nlink, its.st_size, its.st_mtime_ns)


def test_nothing_is_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert [state[0] for state in _rows(tmp_path / "gone", ["a", "b"])] == [0, 0]
    assert not _rows(tmp_path / "gone", [])
    assert not _rows(tmp_path, [])


# The site


def test_whole_site_misses_nothing(site: Path) -> None:
    found = Inspection.of(site)
    assert not found.missing | found.alone
    assert found.seen == read_manifest(site).seen is not None


def test_files_that_are_gone_or_of_another_size_are_missing(site: Path) -> None:
    (site / FILES[0]).unlink()
    os.truncate(site / FILES[1], 3)
    (site / FILES[2]).write_text("longer than what was written there", "utf-8")
    (site / FILES[3]).unlink()
    (site / FILES[3]).mkdir()
    assert Inspection.of(site).missing == set(FILES[:4])


def test_file_that_was_put_in_anothers_place_is_alone(site: Path) -> None:
    data = (site / FILES[1]).read_bytes()
    (site / FILES[1]).unlink()
    (site / FILES[1]).write_bytes(data)
    found = Inspection.of(site)
    assert found.alone == {FILES[1]}
    assert not found.missing


# The generation beside it


def test_what_differs_is_what_was_made_from_something_else(site: Path) -> None:
    other = site.with_name("other")
    files = dict(read_manifest(other).files)
    del files[FILES[0]]
    files |= {FILES[1]: b"x" * 16, "new/file": b"y" * 16}
    (other / "new").mkdir()
    (other / "new/file").touch()
    write_manifest(other, Manifest.of(other, b"others", files))
    found = Divergence.of(other, read_manifest(site))
    assert found.differing == {FILES[0], FILES[1], "new/file"}
    assert found.strays == (FILES[0],)  # its folder changed since: the manifest was put there


def test_what_came_since_is_found_in_any_folder(site: Path) -> None:
    other = site.with_name("other")
    assert Divergence.of(other, read_manifest(site)).strays == ()
    (other / "papers/1/foreign").touch()
    (other / "a/b/c/new/empty").mkdir(parents=True)
    (other / "a/b/c/new/more").mkdir()
    (other / "a/b/c/new/more/foreign").touch()
    (other / "papers/link").symlink_to(other / "papers/2")
    (other / "papers/2/index.html").unlink()
    found = Divergence.of(other, read_manifest(site)).strays
    assert Divergence.of(other, read_manifest(site)).differing == {"papers/2/index.html"}
    assert sorted(found) == [
        "a/b/c/new/empty/",
        "a/b/c/new/more/foreign",
        "papers/1/foreign",
        "papers/2/",
        "papers/link",
    ]


def test_generation_without_a_manifest_is_none(site: Path) -> None:
    manifest = read_manifest(site)
    assert Divergence.of(site.with_name("gone"), manifest) == Divergence(site=manifest.seen)
