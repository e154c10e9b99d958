"""What is kept for the next run is believed only if it is whole and of the same maker."""

from pathlib import Path

import pytest

from generator.sealed import read_sealed, write_sealed


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "kept"
    assert read_sealed(path, b"a") is None
    write_sealed(path, b"a", b"body")
    assert bytes(read_sealed(path, b"a") or b"") == b"body"
    assert [each.name for each in path.parent.iterdir()] == ["kept"]


@pytest.mark.parametrize(("maker", "body"), [(b"", b"abody"), (b"ab", b"ody"), (b"b", b"body")])
def test_another_maker_does_not_believe_it(tmp_path: Path, maker: bytes, body: bytes) -> None:
    write_sealed(tmp_path / "kept", b"a", b"body")
    assert read_sealed(tmp_path / "kept", maker) is None
    data = (tmp_path / "kept").read_bytes()
    (tmp_path / "kept").write_bytes(data[:16] + body)  # nor where the words of one run into the other's
    assert read_sealed(tmp_path / "kept", maker) is None


@pytest.mark.parametrize("place", range(0, 20, 3))
def test_a_flipped_bit_is_seen(tmp_path: Path, place: int) -> None:
    path = tmp_path / "kept"
    write_sealed(path, b"a", b"body")
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))
    assert read_sealed(path, b"a") is None


def test_place_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    write_sealed(tmp_path / "file" / "kept", b"a", b"body")
    assert read_sealed(tmp_path / "file" / "kept", b"a") is None
