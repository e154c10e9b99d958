"""A site's manifest says of each file what it was made from, and costs little where little changed."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from generator.site.generations import manifest as manifest_module
from generator.site.generations.manifest import MANIFEST, Manifest, read_manifest, write_manifest

FILES = st.dictionaries(
    st.text("ab/é", min_size=1, max_size=4), st.tuples(st.binary(min_size=16, max_size=16), st.integers(0, 2**40))
)


def listing(files: dict[str, tuple[bytes, int]], inputs: bytes = b"") -> Manifest:
    """Return a manifest of files with their hashes and sizes."""
    return Manifest().changed(inputs, files)


@given(FILES, FILES, st.sets(st.text("ab/é", min_size=1, max_size=4)), st.integers(0, 3))
def test_what_changed_is_laid_over_what_was(
    before: dict[str, tuple[bytes, int]], new: dict[str, tuple[bytes, int]], gone: set[str], taken: int
) -> None:
    gone = (gone | set(list(before)[:taken])) - new.keys()
    found = listing(before, b"old").changed(b"new", new, gone)
    after = {path: its for path, its in {**before, **new}.items() if path not in gone}
    assert found == listing(after, b"new")
    assert list(found.paths) == sorted(after)
    assert found.files == {path: made_from for path, (made_from, _) in after.items()}
    assert {path: found.size(path) for path in after} == {path: size for path, (_, size) in after.items()}


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), FILES, FILES)
def test_differences_are_files_of_one_alone_or_of_another_hash(
    shared: list[str], one: dict[str, tuple[bytes, int]], other: dict[str, tuple[bytes, int]]
) -> None:
    both = {f"{name}{number}": (b"0" * 16, 1) for name in shared for number in range(40)}
    here, there = listing({**both, **one}), listing({**both, **other})
    paths = here.files.keys() | there.files.keys()
    assert sorted(here.differences(there)) == sorted(
        path for path in paths if here.files.get(path) != there.files.get(path)
    )


@given(st.sets(st.integers(0, 299)))
def test_differences_of_the_same_files_are_found_without_their_names(changed: set[int]) -> None:
    files = {f"file {number:03}": (b"0" * 16, 1) for number in range(300)}
    here = listing(files)
    there = here.changed(b"", {f"file {number:03}": (b"1" * 16, 1) for number in changed})
    expected = [f"file {number:03}" for number in sorted(changed)]
    assert list(here.differences(there)) == expected
    assert list(here.differences(replace(there, paths=here.paths))) == expected


def test_files_that_were_read_before_are_not_read_twice(tmp_path: Path) -> None:
    write_manifest(tmp_path, listing({"a": (b"1" * 16, 3), "b": (b"2" * 16, 4)}))
    first = read_manifest(tmp_path)
    again = read_manifest(tmp_path, first)
    assert again == first
    assert again.paths is first.paths
    assert read_manifest(tmp_path, listing({"c": (b"1" * 16, 3)})) == first


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    for files in ({}, {"a": (b"1" * 16, 3), "b/é": (b"2" * 16, 2**40)}):
        manifest = listing(files, b"inputs")
        write_manifest(tmp_path, manifest)
        assert read_manifest(tmp_path) == manifest
        assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]


def test_paths_are_packed_again_only_if_one_came_or_went(tmp_path: Path, monkeypatch: object) -> None:
    write_manifest(tmp_path, listing({"a": (b"1" * 16, 3), "b": (b"2" * 16, 4)}))
    read = read_manifest(tmp_path)
    assert read.packed
    assert read.changed(b"", {"b": (b"3" * 16, 5)}).packed == read.packed
    assert read.changed(b"", {"c": (b"3" * 16, 5)}).packed is None
    assert read.changed(b"", {}, {"b"}).packed is None
    write_manifest(tmp_path, read.changed(b"", {"b": (b"3" * 16, 5)}))
    assert read_manifest(tmp_path) == listing({"a": (b"1" * 16, 3), "b": (b"3" * 16, 5)})


def test_few_differences_are_found_by_looking_at_pieces() -> None:
    files = {f"{number:05}": (b"0" * 16, 1) for number in range(10 * manifest_module._AT_ONCE)}
    here = listing(files)
    there = here.changed(b"", {"00700": (b"1" * 16, 1), "00699x": (b"1" * 16, 1)}, {"00002"})
    assert sorted(here.differences(there)) == ["00002", "00699x", "00700"]
