"""Puts into one order what Pagefind writes in another at every run: its filters and their values.

Two builds of one content would differ otherwise. Making the index is left to ``search``.
"""

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from generator.errors import BuildError

_MAGIC = b"pagefind_dcd"
"""Pagefind 1.x begins each of its compressed CBOR files with it."""
_FILTERS = 3
"""Where in a ``.pf_meta`` its filters stand: (name, hash) each."""
_INTEGER, _NEGATIVE, _BYTES, _TEXT, _ARRAY = range(5)
"""CBOR's major types (RFC 8949, section 3.1), as far as Pagefind uses them."""


def settle(bundle: Path) -> None:
    """Rewrite the filters and the lists of filters in `bundle`, a folder that Pagefind wrote.

    Raises:
        BuildError: the files are not of the form that Pagefind 1.x writes.
    """
    entry_path = bundle / "pagefind-entry.json"
    entry = json.loads(entry_path.read_text("utf-8"))
    for language in entry["languages"].values():
        meta_path = bundle / f"pagefind.{language['hash']}.pf_meta"
        meta = _read(meta_path)
        meta[_FILTERS] = sorted([name, _settle_filter(bundle / "filter", old)] for name, old in meta[_FILTERS])
        meta_path.unlink()
        language["hash"] = _name(language["hash"], meta)
        _write(bundle / f"pagefind.{language['hash']}.pf_meta", meta)
    entry_path.write_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _settle_filter(folder: Path, old: str) -> str:
    path = folder / f"{old}.pf_filter"
    name, values = _read(path)
    ordered = [name, sorted(values)]
    path.unlink()
    new = _name(old, ordered)
    _write(folder / f"{new}.pf_filter", ordered)
    return new


def _name(old: str, value: Any) -> str:
    """Return a name of the old one's form: the language and the start of a hash."""
    language, _, digits = old.rpartition("_")
    return f"{language}_{sha256(encode(value)).hexdigest()[: len(digits)]}"


def _read(path: Path) -> Any:
    data = gzip.decompress(path.read_bytes())
    if not data.startswith(_MAGIC):
        raise BuildError("pagefind", f"{path.name} is of an unknown form; install pagefind 1.x")
    return decode(data[len(_MAGIC) :])


def _write(path: Path, value: Any) -> None:
    path.write_bytes(gzip.compress(_MAGIC + encode(value), mtime=0))


def decode(data: bytes) -> Any:
    """Read one CBOR value of integers, bytes, texts and arrays.

    Raises: BuildError for anything else.
    """
    value, end = _decode(data, 0)
    if end != len(data):
        raise BuildError("pagefind", "its index goes on after its end; install pagefind 1.x")
    return value


def _decode(data: bytes, at: int) -> tuple[Any, int]:
    kind, number, at = _head(data, at)
    if kind == _INTEGER:
        return number, at
    if kind == _NEGATIVE:
        return -1 - number, at
    if kind in (_BYTES, _TEXT):
        piece = data[at : at + number]
        return (piece if kind == _BYTES else piece.decode("utf-8")), at + number
    values = []
    for _ in range(number):
        value, at = _decode(data, at)
        values.append(value)
    return values, at


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    first = data[at] if at < len(data) else 0xFF
    kind, number, at = first >> 5, first & 31, at + 1
    if kind > _ARRAY or number > 27:
        raise BuildError("pagefind", f"its index has a value of an unknown kind: {first:#04x}; install pagefind 1.x")
    if number < 24:
        return kind, number, at
    size = 1 << (number - 24)
    return kind, int.from_bytes(data[at : at + size], "big"), at + size


def encode(value: Any) -> bytes:
    """Write one CBOR value of integers, bytes, texts and arrays, each in its shortest form."""
    if isinstance(value, int):
        return _encode_head(_INTEGER, value) if value >= 0 else _encode_head(_NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return _encode_head(_BYTES, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _encode_head(_TEXT, len(text)) + text
    return _encode_head(_ARRAY, len(value)) + b"".join(map(encode, value))


def _encode_head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << (8 * size))
    return bytes([kind << 5 | 23 + size.bit_length()]) + number.to_bytes(size, "big")
