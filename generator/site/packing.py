"""Text packed by gzip in pieces: those that stay as they were are taken as they lie in the file of the last build.

Compressing is most of what a long list costs, and a new day changes one piece of it. What the pieces are is left to
those who pack them. The format is that of RFC 1952: one member, for browsers unpack no more than that.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_MAGIC, _EXTRA = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff", b"DP"  # with an extra field, no time, no system; the field's name
_BETWEEN = b"\0\0\xff\xff"
"""The end of a piece: how zlib writes that what follows is packed by itself."""
_LAST = b"\x03\0"  # an empty block
_SIZES = struct.Struct("<II")


class Unpacked(NamedTuple):
    """A file as it was packed before."""

    text: bytes = b""
    pieces: Mapping[bytes, bytes] = {}
    """Of the text, each with what it was packed to."""
    maker: bytes = b""
    """What packed it."""


NOTHING = Unpacked()


def packed(pieces: Iterable[bytes], level: int, before: Unpacked = NOTHING) -> bytes:
    """Pack a text at a level of zlib; pieces that `before` has, packed in the same way, are taken from there.

    The same pieces give the same bytes, whatever was before.
    """
    maker = _maker(level)
    known = before.pieces if before.maker == maker else {}
    parts, size, checksum = [_MAGIC, struct.pack("<H", len(maker)), maker], 0, 0
    for piece in filter(None, pieces):
        parts.append(known.get(piece) or _packed(piece, level))
        size, checksum = size + len(piece), zlib.crc32(piece, checksum)
    return b"".join((*parts, _LAST, _SIZES.pack(checksum, size & 0xFFFFFFFF)))


def unpacked(data: bytes) -> Unpacked:
    """Take apart what was packed.

    Raises:
        ValueError: it was not, or is damaged.
    """
    start = len(_MAGIC) + 2
    length = int.from_bytes(data[len(_MAGIC) : start], "little")
    maker, body = data[start : start + length], data[start + length : -_SIZES.size]
    *parts, last = body.split(_BETWEEN)
    if not data.startswith(_MAGIC) or last != _LAST:
        raise ValueError("not packed in pieces")
    try:
        # The mark may come about within a piece, too: then this is not the text, and all is packed anew.
        pieces = [zlib.decompressobj(-zlib.MAX_WBITS).decompress(part + _BETWEEN) for part in parts]
    except zlib.error as error:
        raise ValueError(str(error)) from error
    text = b"".join(pieces)
    if _SIZES.pack(zlib.crc32(text), len(text) & 0xFFFFFFFF) != data[-_SIZES.size :]:
        raise ValueError("damaged")
    return Unpacked(text, {piece: part + _BETWEEN for piece, part in zip(pieces, parts, strict=True)}, maker)


def _maker(level: int) -> bytes:
    """Say in the file's extra field what packed it: another level, or another zlib, packs otherwise."""
    how = f"{level} zlib {zlib.ZLIB_RUNTIME_VERSION}".encode()
    return _EXTRA + struct.pack("<H", len(how)) + how


def _packed(piece: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
