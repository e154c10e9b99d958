"""The site's folder changes all at once, whatever lies around it and whenever a build is killed.

What is made again is left to ``test_incremental``. Everything built here is invented.
"""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter

import msgspec
import pytest

from generator.catalog.content import load
from generator.errors import BuildError
from generator.records import FileFacts
from generator.site import plan as plan_module
from generator.site.build import build
from generator.site.generations import Generation, following, other_generation, placing
from generator.site.generations import staging as staging_module
from generator.site.generations.following import NextGeneration, Wanted
from generator.site.generations.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from generator.site.generations.placing import write_new
from generator.site.generations.staging import staging
from generator.site.prints.fingerprints import inputs_of
from generator.site.rendering import mkdocs
from generator.site.rendering.theme import theme_folders
from tests.built_site import tree_hash
from tests.digest_folder import add_records, record, sample_records, write_digest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small digest with its site, twice built so that the other generation stands beside it."""
    root = write_digest(tmp_path_factory.mktemp("made") / "root", sample_records(5, a_day=1))
    build(root, root / "site", 1)
    add(root, "arxiv:2411.30000")
    build(root, root / "site", 1)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of the digest and its site, hard links kept apart from the original's."""
    subprocess.run(["cp", "-a", str(made), str(tmp_path / "root")], check=True)
    return tmp_path / "root"


def add(root: Path, paper: str) -> None:
    """List another paper."""
    add_records(root, [record(paper, f"Paper {paper}", "2024-11-22", authors=[{"name": "Ada Invented"}])])


def clean(root: Path) -> dict[str, str]:
    """Return what a clean build of the same gives; each content is built once, wherever it lies."""
    inputs = inputs_of(root, theme_folders(root)).hash
    if inputs not in _clean:
        twin = root.parent / "twin"
        build(root, twin, 1, clean=True)
        _clean[inputs] = tree_hash(twin)
    return _clean[inputs]


_clean: dict[bytes, dict[str, str]] = {}


# What was left is damaged


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _older(path: Path) -> None:
    """Write the manifest as a version without sizes did."""
    body = msgspec.msgpack.encode({"inputs": b"", "files": read_manifest(path.parent).files})
    path.write_bytes(sha256(body).digest() + body)


def _unknown(path: Path) -> None:
    """Write a manifest of a form that no version had."""
    body = msgspec.msgpack.encode({"files": ["index.html"], "more": 1})
    path.write_bytes(sha256(body).digest() + body)


DAMAGE = [_truncate, _flip, _empty, _older, _unknown]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(("where", "edited"), [("site", False), ("site", True), (".site-other", True)])
def test_damaged_manifest_costs_time_but_nothing_else(
    root: Path, damage: Callable[[Path], None], where: str, *, edited: bool
) -> None:
    damage(root / where / MANIFEST)
    if edited:
        add(root, "arxiv:2411.40000")
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def test_manifest_that_cannot_be_trusted_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    for damage in (_truncate, _flip, _empty, _unknown):
        manifest = Manifest.of(tmp_path, b"inputs", {"a": b"1" * 16})
        write_manifest(tmp_path, manifest)
        assert read_manifest(tmp_path) == manifest
        assert (manifest.files, manifest.size("a")) == ({"a": b"1" * 16}, 3)
        if damage is _truncate:
            (tmp_path / MANIFEST).write_bytes((tmp_path / MANIFEST).read_bytes()[:40])
        else:
            damage(tmp_path / MANIFEST)
        assert read_manifest(tmp_path) == Manifest()


def test_folder_without_a_manifest_is_nobodys_until_it_is_emptied(root: Path) -> None:
    (root / "site" / MANIFEST).unlink()
    with pytest.raises(BuildError, match="not a folder that a build wrote"):
        build(root, root / "site", 1)
    shutil.rmtree(root / "site")
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def _delete_other(other: Path) -> None:
    shutil.rmtree(other)


def _file_in_others_place(other: Path) -> None:
    shutil.rmtree(other)
    other.write_text("a file", "utf-8")


def _link_in_others_place(other: Path) -> None:
    shutil.rmtree(other)
    (other.parent / "elsewhere").mkdir()
    other.symlink_to("elsewhere", target_is_directory=True)


def _foreign_file(other: Path) -> None:
    (other / "foreign.html").write_text("of no build", "utf-8")
    (other / "empty" / "folder").mkdir(parents=True)


def _foreign_files_between_the_pages(other: Path) -> None:
    for folder in [path for path in other.rglob("*") if path.is_dir()]:
        (folder / "foreign.txt").write_text("of no build", "utf-8")
    (other / "papers" / "link.html").symlink_to(other / "index.html")


def _folder_in_a_files_place(other: Path) -> None:
    (other / "index.html").unlink()
    (other / "index.html").mkdir()
    (other / "index.html" / "foreign").write_text("of no build", "utf-8")


def _pages_deleted(other: Path) -> None:
    shutil.rmtree(other / "papers")
    (other / "index.html").unlink()


def _pages_emptied(other: Path) -> None:
    for path in other.rglob("*.html"):
        path.unlink()  # break the hard link: only this generation's file is damaged
        path.write_bytes(b"")


def _files_cut_off_in_place(other: Path) -> None:
    """Those that this generation alone has; what is written into the others is written into the site too."""
    own = [path for path in other.rglob("*") if path.is_file() and path.stat().st_nlink == 1 and path.name != MANIFEST]
    assert own
    for path in own:
        os.truncate(path, 1)


AROUND = [
    _delete_other,
    _file_in_others_place,
    _link_in_others_place,
    _foreign_file,
    _foreign_files_between_the_pages,
    _folder_in_a_files_place,
    _pages_deleted,
    _pages_emptied,
    _files_cut_off_in_place,
]


@pytest.mark.parametrize("damage", AROUND)
def test_damage_to_the_other_generation_never_reaches_the_site(root: Path, damage: Callable[[Path], None]) -> None:
    damage(other_generation(root / "site"))
    for paper in ("arxiv:2411.40000", "arxiv:2411.50000"):
        add(root, paper)
        build(root, root / "site", 1)
        assert tree_hash(root / "site") == clean(root)
        assert [path for path in (root / "site").rglob("*") if path.is_dir() and not any(path.iterdir())] == []


@pytest.mark.parametrize(
    ("damage", "edited"),
    [
        (_foreign_file, True),  # a build with nothing to do does not look for strays
        (_folder_in_a_files_place, False),
        (_pages_deleted, True),
        (_pages_deleted, False),
        (_pages_emptied, False),
    ],
)
def test_damage_to_the_site_is_made_good(root: Path, damage: Callable[[Path], None], *, edited: bool) -> None:
    damage(root / "site")
    if edited:
        add(root, "arxiv:2411.40000")
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)
    add(root, "arxiv:2411.50000")
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def test_file_cut_off_in_place_is_made_good_in_both_generations(root: Path) -> None:
    """Both generations have the same file: what is written into one is written into the other."""
    page = root / "site/assets/shell.css"
    assert page.stat().st_ino == (root / ".site-other/assets/shell.css").stat().st_ino
    with page.open("r+b") as file:
        file.truncate(100)
    for paper in ("arxiv:2411.40000", "arxiv:2411.50000"):
        build(root, root / "site", 1)
        assert tree_hash(root / "site") == clean(root)
        add(root, paper)


def test_lost_files_of_the_search_are_made_again(root: Path) -> None:
    for path in (root / "site/pagefind/fragment").iterdir():
        path.unlink()
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def test_site_behind_a_link_changes_behind_the_link(root: Path) -> None:
    (root / "site").rename(root / "real")
    (root / "site").symlink_to("real", target_is_directory=True)
    add(root, "arxiv:2411.40000")
    build(root, root / "site", 1)
    assert (root / "site").is_symlink()
    assert tree_hash(root / "real") == clean(root)


# What changed is all that is touched


def test_files_that_two_builds_left_alone_are_neither_written_nor_moved_nor_linked(root: Path) -> None:
    def changed() -> dict[str, int]:
        """When the files that the next build makes the site of were last written, moved or linked, here or there."""
        other = other_generation(root / "site")
        return {path: (other / path).stat().st_ctime_ns for path in read_manifest(other).files}

    add(root, "arxiv:2411.40000")
    before, site = (read_manifest(folder).files for folder in (other_generation(root / "site"), root / "site"))
    then = changed()
    build(root, root / "site", 1)
    after = read_manifest(root / "site").files
    new = {path for path in after if site.get(path) != after[path]}
    linked = {path for path in after if before.get(path) != site.get(path)} - new
    assert {path for path in after if (root / "site" / path).stat().st_ctime_ns != then.get(path)} == new | linked
    assert new
    assert len(new) < len(after) / 2
    assert tree_hash(root / "site") == clean(root)


# New files are written where they stay


def test_build_that_fails_while_it_writes_where_files_stay_loses_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, other = tree_hash(root / "site"), other_generation(root / "site")
    add(root, "arxiv:2411.40000")
    written = []

    def failing(path: str, data: bytes) -> None:
        write_new(path, data)
        written.append(path)
        if len(written) == 5:
            raise BuildError("disk", "an invented failure")

    with monkeypatch.context() as patched:
        patched.setattr(mkdocs, "write_new", failing)
        with pytest.raises(BuildError, match="an invented failure"):
            build(root, root / "site", 1)
    assert {Path(path).is_relative_to(other) for path in written} == {True}
    assert tree_hash(root / "site") == old
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def _site(folder: Path, *paths: str) -> Generation:
    """Make a site of files that hold their own paths, twice."""
    wanted = {f"kept/{number}": bytes(16) for number in range(20)} | dict.fromkeys(paths, bytes(16))
    for path in wanted:
        write_new(str(folder / path), path.encode())
    write_manifest(folder, Manifest.of(folder, b"", wanted))
    subprocess.run(["cp", "-al", str(folder), str(other_generation(folder))], check=True)
    return Generation.at(folder)


@pytest.mark.parametrize(("was", "becomes", "staged"), [("a", "b", False), ("a", "a/b", True), ("a/b", "a", True)])
def test_new_file_where_a_folder_was_or_below_one_that_was_a_file_waits_in_the_stage(
    tmp_path: Path, was: str, becomes: str, *, staged: bool
) -> None:
    site, stage = tmp_path / "site", tmp_path / "stage"
    stage.mkdir()
    old = _site(site, was)
    files = {path: made_from for path, made_from in old.files.items() if path != was} | {becomes: bytes(range(16))}
    wanted = Wanted(b"", files, {becomes})
    following = NextGeneration(site, stage, old)
    place = following.place_for(wanted)
    assert place == (stage if staged else other_generation(site))
    write_new(str(place / becomes), b"new")
    following.publish(wanted)
    assert {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} == {*files, MANIFEST}
    assert (site / becomes).read_bytes() == b"new"


def test_folder_where_the_generation_before_had_a_file_gives_way(tmp_path: Path) -> None:
    site, stage = tmp_path / "site", tmp_path / "stage"
    stage.mkdir()
    old = _site(site)
    other = other_generation(site)
    write_manifest(other, Manifest.of(site, b"", old.files).changed(b"", {"gone": (bytes(16), 4)}))
    (other / "gone").mkdir()
    (other / "gone" / "left").touch()
    wanted = Wanted(b"", old.files | {"new": bytes(16)}, {"new"})
    following = NextGeneration(site, stage, old)
    write_new(str(following.place_for(wanted) / "new"), b"new")
    following.publish(wanted)
    assert {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} == {
        *wanted.files,
        MANIFEST,
    }
    assert not (site / "gone").exists()


def test_file_that_nobody_made_is_told(tmp_path: Path) -> None:
    site, stage = tmp_path / "site", tmp_path / "stage"
    stage.mkdir()
    old = _site(site, "a")
    os.utime(site / "a", (0, 0))  # clocks of file systems tick slowly
    wanted = Wanted(b"", old.files | {"a": bytes(range(16))}, {"a"})
    following = NextGeneration(site, stage, old)
    assert following.place_for(wanted) == other_generation(site)
    with pytest.raises(BuildError, match="a: was to be made anew"):
        following.publish(wanted)


def _some_folders_lost(other: Path) -> None:
    shutil.rmtree(other / "authors")
    (other / "index.html").unlink()


def _a_link_where_a_folder_was(other: Path) -> None:
    (other / "papers").rename(other.parent / "elsewhere")
    (other / "papers").symlink_to(other.parent / "elsewhere")


def _a_folder_emptied(other: Path) -> None:
    for path in [path for path in (other / "api").rglob("*") if path.is_file()]:
        path.unlink()


@pytest.mark.parametrize("lose", [_some_folders_lost, _a_link_where_a_folder_was, _a_folder_emptied])
def test_files_lost_beside_a_site_that_has_a_copy_by_links_are_laid_again(
    root: Path, lose: Callable[[Path], None]
) -> None:
    """A copy by hard links, as backups make: that a file is the only link to its bytes tells nothing then."""
    subprocess.run(["cp", "-al", str(root / "site"), str(root / "backup")], check=True)
    lose(other_generation(root / "site"))
    add(root, "arxiv:2411.40000")
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def test_what_is_written_anew_leaves_the_site_that_has_the_same_file_as_it_is(tmp_path: Path) -> None:
    site = tmp_path / "site"
    _site(site, "a")
    write_new(str(other_generation(site) / "a"), b"new")
    assert (site / "a").read_bytes() == b"a"
    assert (other_generation(site) / "a").read_bytes() == b"new"


# Two renames where the system cannot swap


def test_two_renames_do_what_one_swap_does(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging_module, "_renameat2", lambda *_: False)
    for paper in ("arxiv:2411.40000", "arxiv:2411.50000", "arxiv:2411.60000"):
        (root / ".site-aside").mkdir()  # a killed build may have left it
        (root / ".site-aside" / "left").write_text("of a killed build", "utf-8")
        add(root, paper)
        summary = build(root, root / "site", 1)
        assert summary.counts["pages kept"] > 0
        assert tree_hash(root / "site") == clean(root)
        assert not (root / ".site-aside").exists()


def _refuse(*_: object) -> None:
    raise PermissionError("no hard links here")


def test_files_are_copied_where_there_are_no_hard_links(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", _refuse)
    shutil.rmtree(other_generation(root / "site"))
    add(root, "arxiv:2411.40000")
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def _copies_cut_off(other: Path) -> None:
    for path in other.rglob("*.html"):
        os.truncate(path, 1)


@pytest.mark.parametrize("damage", [_pages_deleted, _copies_cut_off, _foreign_files_between_the_pages])
def test_damage_to_copies_never_reaches_the_site(
    root: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    """Where there are no hard links, the other generation's files are its own."""
    for folder in (root / "site", other_generation(root / "site")):
        copy = folder.with_name("copy")
        shutil.copytree(folder, copy)  # links become files of their own
        shutil.rmtree(folder)
        copy.rename(folder)
    monkeypatch.setattr(os, "link", _refuse)
    damage(other_generation(root / "site"))
    for paper in ("arxiv:2411.40000", "arxiv:2411.50000"):
        add(root, paper)
        build(root, root / "site", 1)
        assert tree_hash(root / "site") == clean(root)


# Two at once


def test_second_build_at_the_same_time_is_told_to_wait(root: Path) -> None:
    add(root, "arxiv:2411.40000")
    before = tree_hash(root / "site")
    with staging(root / "site") as stage:
        (stage / "index.html").write_text("half done", "utf-8")
        with pytest.raises(BuildError, match="another build is at work on this site; wait for it to end"):
            build(root, root / "site", 1)
        assert (stage / "index.html").read_text("utf-8") == "half done"
    assert tree_hash(root / "site") == before
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


def test_build_that_ended_while_another_read_the_content_is_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second build looked at the site before the first replaced it; its files must not pass for the old ones."""
    add(root, "arxiv:2411.40000")

    def build_in_between(place: Path, known: Mapping[str, FileFacts]) -> object:
        monkeypatch.setattr(plan_module, "load", load)
        content = load(place, known)
        shutil.copytree(root / "content", root / "before")
        # On a day whose page the first build keeps.
        add_records(root, [record("arxiv:2411.50000", "In between", "2024-11-20", authors=[{"name": "Kim Sample"}])])
        build(root, root / "site", 1)
        shutil.rmtree(other_generation(root / "site"))  # what the first build saw is nowhere any more
        shutil.rmtree(root / "content")
        (root / "before").rename(root / "content")
        return content

    monkeypatch.setattr(plan_module, "load", build_in_between)
    build(root, root / "site", 1)
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == clean(root)


# Killed


def _build_forked(root: Path, *, whole: bool) -> None:
    with suppress(BuildError):
        build(root, root / "site", 1, clean=whole)


def _until(delay: float, root: Path, *, whole: bool) -> bool:
    """Build in a process of its own and kill it after `delay` seconds; tell whether it was still at work."""
    process = multiprocessing.get_context("fork").Process(target=_build_forked, args=(root,), kwargs={"whole": whole})
    process.start()
    process.join(delay)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("whole", [False, True])
def test_site_is_old_or_new_whenever_a_build_is_killed(root: Path, *, whole: bool) -> None:
    build(root, root / "site", 1)  # what is imported and cached from here on is so in the forked builds too
    random = Random(7)
    start = perf_counter()
    build(root, root.parent / "timed", 1, clean=whole)
    span = perf_counter() - start
    at_work = 0
    for number in range(10):
        old = tree_hash(root / "site")
        add(root, f"arxiv:2411.{40000 + number}")
        new = clean(root)
        # Over two thirds of the time that the first one took: later ones remember, and are quicker.
        at_work += _until(span * (number + random.random()) / 15, root, whole=whole)
        assert tree_hash(root / "site") in (old, new), number
        build(root, root / "site", 1)
        assert tree_hash(root / "site") == new, number
        assert not (root / ".site-stage").exists()
    assert at_work > 3


def test_command_killed_at_any_moment_leaves_a_whole_site(root: Path) -> None:
    """From the interpreter's start on, as an operator's machine would do it."""
    command = [sys.executable, "-m", "generator", "build", "--root", str(root), "--jobs", "2"]
    old = tree_hash(root / "site")
    add(root, "arxiv:2411.40000")
    new = clean(root)
    for delay in (0.2, 0.5, 0.8, 1.1, 1.4):
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            running.wait(delay)
        running.kill()
        running.wait()
        assert tree_hash(root / "site") in (old, new), delay
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == new


STEPS = [
    "os.replace",
    "os.link",
    "os.unlink",
    "following.write_manifest",
    "following.exchange",
    "following.remove",
    "placing._created",
]


def _calls(step: str) -> Iterator[int]:
    yield from (1, 2, 5) if step.startswith("os") or "_created" in step else (1, 2)


@pytest.mark.parametrize(("step", "call"), [(step, call) for step in STEPS for call in _calls(step)])
def test_killed_at_any_step_of_the_change_the_site_stands(root: Path, step: str, call: int) -> None:
    """Where random moments seldom hit: between one step and the next of the few milliseconds of the change."""
    old = tree_hash(root / "site")
    add(root, "arxiv:2411.40000")
    path = next(path for path in sorted((root / "content/records").rglob("*.jsonl")))
    path.unlink()  # so that something is removed as well
    new = clean(root)

    def die_in_it() -> None:
        room = {"os": os, "following": following, "placing": placing}[step.partition(".")[0]]
        name = step.partition(".")[2]
        done, count = getattr(room, name), 0

        def dying(*args: object, **more: object) -> object:
            nonlocal count
            count += any(".site" in str(arg) for arg in args)
            if count == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return done(*args, **more)

        setattr(room, name, dying)
        build(root, root / "site", 1)

    process = multiprocessing.get_context("fork").Process(target=die_in_it)
    process.start()
    process.join()
    assert tree_hash(root / "site") in (old, new)
    build(root, root / "site", 1)
    assert tree_hash(root / "site") == new
