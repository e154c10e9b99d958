"""What went into a site is hashed whole: no change of a file is missed, wherever it lies."""

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from generator.inputs import hash_of_files, hashes_of_files
from generator.site.prints import fingerprints


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    (folder / "records" / "2025").mkdir(parents=True)
    (folder / "records" / "2025" / "b.jsonl").write_bytes(b"b")
    (folder / "records" / "a.jsonl").write_bytes(b"a")
    (folder / "topics.yml").write_bytes(b"")
    return folder


def test_every_file_is_named_by_its_path_in_order(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    assert list(hashes_of_files(folder)) == ["records/2025/b.jsonl", "records/a.jsonl", "topics.yml"]
    assert list(hashes_of_files(folder, ".yml")) == ["topics.yml"]
    assert hashes_of_files(tmp_path / "nowhere") == {}


def test_one_files_bytes_change_its_hash_alone_whatever_its_time_says(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    path, before, whole = folder / "records" / "a.jsonl", hashes_of_files(folder), hash_of_files(folder)
    status = path.stat()
    path.write_bytes(b"c")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = hashes_of_files(folder)
    assert {name for name in before if before[name] != after[name]} == {"records/a.jsonl"}
    assert hash_of_files(folder) != whole


def test_name_of_a_file_counts(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    before = hash_of_files(folder)
    (folder / "topics.yml").rename(folder / "topics.yaml")
    assert hash_of_files(folder) != before


def test_what_a_link_leads_to_counts_and_a_link_upward_leads_nowhere(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.jsonl").write_bytes(b"c")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "around").symlink_to(folder)
    (folder / "gone.yml").symlink_to(tmp_path / "gone")
    before = hashes_of_files(folder)
    assert "linked/c.jsonl" in before
    assert "gone.yml" not in before
    (tmp_path / "elsewhere" / "c.jsonl").write_bytes(b"d")
    assert hashes_of_files(folder)["linked/c.jsonl"] != before["linked/c.jsonl"]


def test_compiled_code_and_what_is_no_file_are_left_out(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    before = hashes_of_files(folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"")
    os.mkfifo(folder / "pipe")
    assert hashes_of_files(folder) == before


def test_versions_of_what_renders_are_those_that_are_installed() -> None:
    assert list(fingerprints._versions()) == [version(name) for name in fingerprints._RENDERERS]


def test_program_that_finds_no_folder_of_an_installation_asks_for_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(fingerprints._versions())
    monkeypatch.setattr(fingerprints, "_INSTALLED", ".nothing")
    assert list(fingerprints._versions()) == before
