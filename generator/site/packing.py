"""Text packed by gzip in pieces: those that stay as they were are taken as they lie in the file of the last build.

Compressing is most of what a long list costs, and a new day changes one piece of it. What the pieces are is left to
those who pack them. The format is that of RFC 1952: one member, for browsers unpack no more than that.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_HEAD = struct.Struct("<10sH2sHIB15s")
"""The beginning of a file: ten bytes of gzip, and its extra field: name, checksum of the pieces, what packed them."""
_GZIP, _NAME = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff", b"DP"  # with an extra field, of no time and no system
_EXTRA = _HEAD.size - len(_GZIP) - 2
_BETWEEN = b"\0\0\xff\xff"
"""The end of a piece: how zlib writes that what follows is packed by itself."""
_LAST = b"\x03\0"  # an empty block
_END = struct.Struct("<2sII")
"""The end of a file: the last block, the checksum and the length of the text."""

Maker = tuple[int, bytes]
"""What packed a file: a level, by which version of zlib. Another of either packs otherwise."""


class Unpacked(NamedTuple):
    """A file as it was packed before."""

    text: bytes = b""
    pieces: Mapping[bytes, bytes] = {}
    """Of the text, each with what it was packed to."""
    maker: Maker = 0, b""


NOTHING = Unpacked()


def packed(pieces: Iterable[bytes], level: int, before: Unpacked = NOTHING) -> bytes:
    """Pack a text at a level of zlib; pieces that `before` has, packed in the same way, are taken from there.

    The same pieces give the same bytes, whatever was before.
    """
    known = before.pieces if before.maker == _maker(level) else {}
    parts, size, checksum = [], 0, 0
    for piece in filter(None, pieces):
        parts.append(known.get(piece) or _packed(piece, level))
        size, checksum = size + len(piece), zlib.crc32(piece, checksum)
    body = b"".join(parts)
    head = _HEAD.pack(_GZIP, _EXTRA, _NAME, _EXTRA - len(_NAME) - 2, zlib.crc32(body), *_maker(level))
    return head + body + _END.pack(_LAST, checksum, size & 0xFFFFFFFF)


def known_pieces(data: bytes | None) -> Unpacked:
    """Take apart what was packed; nothing where there is no file, or one that is damaged or of another kind."""
    try:
        return unpacked(data or b"")
    except ValueError:
        return NOTHING


def unpacked(data: bytes) -> Unpacked:
    """Take apart what was packed.

    Raises:
        ValueError: it was not, or is damaged.
    """
    if len(data) < _HEAD.size + _END.size:
        raise ValueError("not packed in pieces")
    gzip, extra, name, _, its_checksum, *maker = _HEAD.unpack_from(data)
    body, (last, checksum, size) = data[_HEAD.size : -_END.size], _END.unpack(data[-_END.size :])
    if (gzip, extra, name, last) != (_GZIP, _EXTRA, _NAME, _LAST):
        raise ValueError("not packed in pieces")
    if zlib.crc32(body) != its_checksum:
        raise ValueError("damaged")
    parts = [part + _BETWEEN for part in body.split(_BETWEEN)[:-1]]
    try:
        pieces = [zlib.decompressobj(-zlib.MAX_WBITS).decompress(part) for part in parts]
    except zlib.error as error:
        raise ValueError(str(error)) from error
    text = b"".join(pieces)
    if (zlib.crc32(text), len(text) & 0xFFFFFFFF) != (checksum, size):
        raise ValueError("damaged, or the mark between pieces came about within one")
    return Unpacked(text, dict(zip(pieces, parts, strict=True)), tuple(maker))


def _maker(level: int) -> Maker:
    return level, zlib.ZLIB_RUNTIME_VERSION.encode()[:15].ljust(15, b"\0")


def _packed(piece: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
