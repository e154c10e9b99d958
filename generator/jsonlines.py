"""Files of JSON lines: reads every line it can and names the place of each one it cannot; writes atomically.

Which file a line belongs in, and what the lines mean, is left to ``records`` and ``ledger``.
"""

import json
import os
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from generator.errors import ContentError

Line = TypeVar("Line", bound=msgspec.Struct)

_ENCODER = msgspec.json.Encoder(order="sorted")
_UNKNOWN = re.compile(r"unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"missing required field `(.*?)`")
_PATH = re.compile(r" - at `\$?(.*?)`$")
_BYTE = re.compile(r"JSON is malformed: (.*) \(byte (\d+)\)")


class LinesReader(Generic[Line]):
    """Reads files whose every line is one ``Line`` as a JSON object."""

    def __init__(self, kind: type[Line]) -> None:
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)
        self._keys = _all_keys(kind)

    def read(self, data: bytes, path: str) -> tuple[list[tuple[int, Line]], list[ContentError]]:
        """Decode ``data``; give the good lines with their numbers (from 1), and a problem for each of the others.

        A broken line never stops the rest. ``path`` is what the problems name.
        """
        whole = self._read_whole(data)
        if whole is not None:
            return list(enumerate(whole, 1)), []
        good: list[tuple[int, Line]] = []
        problems: list[ContentError] = []
        lines = data.split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        else:
            problems.append(ContentError(path, len(lines), 1, "the last line has no line end; add one"))
        for number, line in enumerate(lines, 1):
            try:
                good.append((number, self.decode(line)))
            except LineError as error:
                problems.append(ContentError(path, number, error.column, error.message))
        return good, problems

    def read_file(self, root: Path, path: str) -> tuple[list[tuple[int, Line]], list[ContentError]]:
        """Read the file at ``path`` below ``root``, as ``read`` does; one that cannot be opened is a problem too."""
        try:
            return self.read((root / path).read_bytes(), path)
        except OSError as error:
            return [], [cannot_be_read(path, error)]

    def trusted(self, data: bytes) -> list[Line]:
        """Decode ``data`` that ``read`` found no problem with before: a third of the cost."""
        return self._decoder.decode_lines(data)

    def decode(self, line: bytes) -> Line:
        """Decode one line strictly: no unknown key, no key twice.

        Raises: LineError with the column.
        """
        if not line.strip():
            raise LineError(1, "empty line; remove it")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise LineError(error.start + 1, f"not UTF-8: byte 0x{line[error.start]:02x}; save it as UTF-8") from None
        try:
            item = self._decoder.decode(line)
            canonical = _ENCODER.encode(item)
        except (msgspec.MsgspecError, OverflowError, RecursionError) as error:
            raise self._explain(text, str(error)) from None
        if canonical != line:
            _refuse_repeated_keys(text)
        return item

    def _read_whole(self, data: bytes) -> list[Line] | None:
        """Decode all lines at once, ten times faster; None unless every line is as ``encode_lines`` writes it."""
        try:
            items = self._decoder.decode_lines(data)
            return items if encode_lines(items) == data else None
        except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError, RecursionError):
            return None

    def _explain(self, text: str, message: str) -> "LineError":
        if not (text.lstrip().startswith("{")):
            return LineError(1, f"not a JSON object: {_short(text)}; repair or remove the line")
        if malformed := _BYTE.search(message):
            column = len(text.encode()[: int(malformed[2])].decode("utf-8", "ignore")) + 1
            return LineError(column, f"not JSON: {malformed[1]}; repair or remove the line")
        if "truncated" in message:
            return LineError(len(text) + 1, "not JSON: the line ends too early; repair or remove it")
        if unknown := _UNKNOWN.search(message):
            return LineError(_key_column(text, unknown[1]), _unknown_key(unknown[1], self._keys))
        path_match = _PATH.search(message)
        path = path_match[1].lstrip(".") if path_match else ""
        what = _PATH.sub("", message)
        if missing := _MISSING.search(what):
            return LineError(1, f"no {missing[1]!r} in {path or 'the record'}; add it")
        key = re.split(r"[.\[]", re.sub(r"\[.*?\]", "", path))[-1] if path else ""
        what = what[:1].lower() + what[1:].replace("`", "'").replace("RFC3339 encoded ", "")
        return LineError(_key_column(text, key), f"{path or 'the line'}: {what}; set it right")


def cannot_be_read(path: str, error: OSError) -> ContentError:
    """Report a file that cannot be opened."""
    return ContentError(path, 1, 1, f"cannot be read: {error.strerror}; see to its permissions")


class LineError(ValueError):
    """One line cannot be used."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


def files_below(root: Path, folder: str) -> list[str]:
    """List the files of JSON lines under a folder, relative to the root, sorted; hidden ones are left out."""
    found = (path.relative_to(root) for path in (root / folder).rglob("*.jsonl") if path.is_file())
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))


def check_order(path: str, keys: Sequence[tuple[int, tuple[str, ...]]], by: str) -> list[ContentError]:
    """Report the first line that stands before its predecessor; ``keys`` are the lines' numbers and sort keys."""
    for (_, before), (line, key) in pairwise(keys):
        if key < before:
            message = f"out of order: {' '.join(key)!r} after {' '.join(before)!r}; sort the lines by {by}"
            return [ContentError(path, line, 1, message)]
    return []


def encode_lines(items: Iterable[msgspec.Struct]) -> bytes:
    """Write items as JSON lines: keys sorted, UTF-8 unescaped, defaults left out, each line ended.

    Raises: UnicodeEncodeError for half a surrogate pair, which has no UTF-8.
    """
    return b"".join(_ENCODER.encode(item) + b"\n" for item in items)


def write_atomically(path: Path, data: bytes) -> bool:
    """Put ``data`` at ``path`` whole or not at all; say whether anything changed. Empty data removes the file."""
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        if not data:
            return False
    if not data:
        path.unlink()
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, because a rename is atomic only within a file system; never a name that a reader globs.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return True


def _all_keys(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Name the keys of a struct and of the structs inside it, for 'did you mean'."""
    keys = list(kind.__struct_fields__)
    for field in msgspec.inspect.type_info(kind).fields:  # type: ignore[attr-defined]  # a StructType for a struct
        item = getattr(field.type, "item_type", None)
        if isinstance(item, msgspec.inspect.StructType):
            keys += [inner.name for inner in item.fields]
    return tuple(keys)


def _unknown_key(key: str, known: tuple[str, ...]) -> str:
    import difflib  # here, for little is misspelled

    near = difflib.get_close_matches(key, known, n=1)
    return f"unknown key {_short(key)!r}; " + (f"did you mean {near[0]!r}?" if near else "remove it")


def _key_column(text: str, key: str) -> int:
    """Find the column of a key's quotation mark, as far as a search can tell."""
    found = re.search(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:", text) if key else None
    return found.start() + 1 if found else 1


def _refuse_repeated_keys(text: str) -> None:
    """Raise if an object has a key twice: the last would win silently."""

    def refuse(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise LineError(_key_column(text, key), f"key {_short(key)!r} twice; keep one")
            seen.add(key)

    json.loads(text, object_pairs_hook=refuse)


def _short(text: str) -> str:
    """Cut a value from a broken file to what fits in a message."""
    return text if len(text) <= 60 else text[:59] + "…"
