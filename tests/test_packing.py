"""Text packed in pieces is gzip that anybody unpacks, and the same bytes whatever was packed before."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.site import packing
from generator.site.packing import NOTHING, Unpacked, packed, unpacked

PIECES = st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"", b"a" * 500, b"\0\0\xff\xff"])), max_size=8)
LEVELS = st.sampled_from([1, 4, 9])


@given(PIECES, LEVELS)
def test_packed_pieces_are_one_member_of_gzip(pieces: list[bytes], level: int) -> None:
    data = packed(pieces, level)
    assert gzip.decompress(data) == b"".join(pieces)
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert reader.decompress(data) == b"".join(pieces)
    assert (reader.eof, reader.unused_data) == (True, b"")


@given(PIECES, LEVELS, PIECES, LEVELS)
def test_what_was_packed_before_changes_no_byte(
    pieces: list[bytes], level: int, before: list[bytes], its_level: int
) -> None:
    earlier = packed(before + pieces[:2], its_level)
    try:
        known = unpacked(earlier)
    except ValueError:  # the mark came about within a piece
        known = NOTHING
    assert packed(pieces, level, known) == packed(pieces, level)


def test_pieces_that_stay_are_not_packed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = unpacked(packed([b"one", b"two", b"two", b"three"], 4))
    assert before.text == b"onetwotwothree"
    done: list[bytes] = []
    pack = packing._packed

    def noting(piece: bytes, level: int) -> bytes:
        done.append(piece)
        return pack(piece, level)

    monkeypatch.setattr(packing, "_packed", noting)
    expected = [b"new", b"two", b"three", b"two"]
    assert gzip.decompress(packed(expected, 4, before)) == b"".join(expected)
    assert done == [b"new"]
    packed([b"two"], 1, before)  # of another level
    packed([b"two"], 4, before._replace(maker=(4, b"another")))  # by another zlib
    assert done == [b"new", b"two", b"two"]


@given(st.data())
def test_damage_is_told_or_makes_no_difference(data: st.DataObject) -> None:
    whole = packed([b"one" * 30, b"two" * 20], 4)
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from([whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :], b""])
    )
    try:
        found = unpacked(damaged)
    except ValueError:
        return
    assert found.text == b"one" * 30 + b"two" * 20
    assert found.maker != unpacked(whole).maker or found == unpacked(whole)


def test_piece_that_has_the_mark_of_an_end_is_not_taken_apart_wrongly() -> None:
    data = packed([b"before \0\0\xff\xff after"], 0)  # level 0 packs bytes as they are
    with pytest.raises(ValueError, match=r"invalid|incomplete|damaged"):
        unpacked(data)


@pytest.mark.parametrize("data", [b"", b"text", gzip.compress(b"text" * 50, mtime=0)], ids=["empty", "text", "gzip"])
def test_what_was_not_packed_in_pieces_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="not packed in pieces"):
        unpacked(data)


def test_nothing_is_packed_to_an_empty_text() -> None:
    assert unpacked(packed([], 4)) == Unpacked(b"", {}, unpacked(packed([b"some"], 4)).maker)
