"""The text of a YAML file -> nodes: encoding, size, depth and syntax, each complaint in words for people who are not
programmers.

What the nodes mean is left to ``yamlfile``.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from generator.errors import ContentError

MAX_BYTES = 10_000_000
"""A curation file larger than this is a mistake, not a digest."""
MAX_DEPTH = 50
"""No format of ours nests deeper than six; PyYAML's composer recurses."""
_NULLS = frozenset({"~", "null", ""})
_NULL, _TEXT, _LIST, _MAPPING = (f"tag:yaml.org,2002:{kind}" for kind in ("null", "str", "seq", "map"))
# What editors do not count as line ends but YAML does: taken for spaces, lest every place below be one line off.
_ODD_BREAKS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), " ")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.1, 5.1
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
# Without brackets a file nests by what its lines begin with: far to the right, or a row of dashes.
_FAR = "\n" + 40 * " "
_ROW = re.compile(r"[-?][ \t]+(?:[-?][ \t]+){19}")
_ANCHOR = re.compile(r"&(?<![^\s\[\]{},:]&)\S")
# Nothing between the two makes one of them a bracket and the other a letter of some text.
_PAIR = re.compile(r"""[\[{][^\[\]{}"'#\r\n]*[\]}]""")
_KEY = re.compile(r"[ ]*(?:- +)*[\w-]+ *")
_NO_SPACE = re.compile(r"(?P<before> *(?:- +)*)(?P<key>[A-Za-z_]+):(?P<value>[^\s:/].*)")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml's loader: 7 times faster
    """Composes nodes whose plain scalars are text, but for the null of YAML's core schema."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        """Return the tag of a node that has none written: as PyYAML's own, in a fifth of the time."""
        if kind is yaml.ScalarNode:
            return _NULL if implicit[0] and value in _NULLS else _TEXT
        return _LIST if kind is yaml.SequenceNode else _MAPPING


def file_name(root: Path, path: Path) -> str:
    """Return `path` relative to `root` as problems name it: forward slashes, nothing that could break a line."""
    name = path.relative_to(root).as_posix()
    return name if name.isprintable() else ascii(name)[1:-1]


def read_text(name: str, path: Path) -> tuple[str, ContentError | None]:
    """Read the file at `path` as UTF-8, with or without a byte order mark."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return "", ContentError(name, 1, 1, f"{size:,} bytes; a file may have {MAX_BYTES:,}: split it")
        data = path.read_bytes()
    except OSError as error:
        return "", ContentError(name, 1, 1, f"cannot be read: {error.strerror}; see to its permissions")
    return decode(name, data)


def decode(name: str, data: bytes) -> tuple[str, ContentError | None]:
    """Decode what was read from a file."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", ContentError(name, 1, 1, "the file is in UTF-16; save it as UTF-8")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        line, column = _place(before, len(before))
        message = f"not UTF-8: byte 0x{error.object[error.start]:02x}; save the file as UTF-8"
        return "", ContentError(name, line, column, message)


def compose(name: str, text: str) -> tuple[yaml.Node | None, ContentError | None]:
    """Compose the one document in `text`; None for a file without any."""
    # Said first: libyaml stops at it too, but its Python and C readers count its place differently.
    if (found := _UNPRINTABLE.search(text)) is not None:
        line, column = _place(text, found.start())
        message = f"character U+{ord(found[0]):04X} is not allowed in YAML; delete it, or save the file as UTF-8"
        return None, ContentError(name, line, column, message)
    text = text.translate(_ODD_BREAKS)
    try:
        refused = _refused_event(name, text) if _needs_scan(text) else None
        if refused is not None:
            return None, refused
        return yaml.compose(text, Loader=_Loader), None
    except yaml.MarkedYAMLError as error:
        line, column, message = _explain(error, split_lines(text))
        return None, ContentError(name, line, column, message)


def lost_to_comment(node: yaml.ScalarNode, lines: list[str]) -> bool:
    """Tell whether a plain text ends where `` #`` and a word made the rest of it a comment."""
    end: Any = node.end_mark
    rest = lines[end.line][end.column :] if end.line < len(lines) else ""
    return not node.style and re.match(r"[ \t]+#\w", rest) is not None


def split_lines(text: str) -> list[str]:
    """Split a text into its lines as YAML counts them."""
    return _LINE_END.split(text)


def _place(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at `index`."""
    ends = list(_LINE_END.finditer(text, 0, index))
    return len(ends) + 1, index - (ends[-1].end() if ends else 0) + 1


def _needs_scan(text: str) -> bool:
    """Tell whether `text` may hold an anchor or nest absurdly: only then are its events read one by one first."""
    if _FAR in text or text.startswith(_FAR[1:]):
        return True
    return _opened(text) > MAX_DEPTH or _ROW.search(text) is not None or _ANCHOR.search(text) is not None


def _opened(text: str) -> int:
    """Return a bound on how deep the brackets of `text` nest: all that are opened, but for pairs on one line."""
    for level in range(3):  # taking the innermost pairs away takes one level away
        count = level + text.count("[") + text.count("{")
        if count <= MAX_DEPTH:
            return count
        text = _PAIR.sub("", text)
    return 3 + text.count("[") + text.count("{")


def _refused_event(name: str, text: str) -> ContentError | None:
    """Return the problem of nesting too deep, else of the first alias, else of the first anchor, which drops a word."""
    depth = 0
    anchored: ContentError | None = None
    event: Any  # the stubs hold marks and anchors for optional; the parser always sets them
    for event in yaml.parse(text, Loader=_Loader):
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            return ContentError(name, line, column, f"alias '*{_cut(str(event.anchor))}'; write the value out")
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None and anchored is None:
            message = f"anchor '&{_cut(str(event.anchor))}'; a text that begins with '&' must stand in quotes"
            anchored = ContentError(name, line, column, message)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return ContentError(name, line, column, f"nested deeper than {MAX_DEPTH} levels; check the brackets")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return anchored


# What libyaml says -> what a curator should do ------------------------------------------------------------------------


def _explain(error: yaml.MarkedYAMLError, lines: list[str]) -> tuple[int, int, str]:
    """Return line, column and message: the mistake's own place where libyaml noticed it only further down."""
    for number, text in enumerate(lines, 1):
        if _CONFLICT.match(text):
            return number, 1, "a merge conflict; keep one of the two sides and delete the lines with the marks"
    context, problem = error.context or "", error.problem or "cannot be read"
    here, before = error.problem_mark or error.context_mark, error.context_mark
    line, column = (here.line + 1, here.column + 1) if here is not None else (1, 1)
    start = (before.line + 1, before.column + 1) if before is not None else (line, column)
    if not any(text.strip() for text in lines[line - 1 :]):  # at the end: say so where the text ends
        line = max((number for number, text in enumerate(lines, 1) if text.strip()), default=1)
        column = len(lines[line - 1].rstrip()) + 1
    text = lines[line - 1]
    sign = text[column - 1 : column]
    if "tab character" in problem or sign == "\t":
        return line, column, "a tab; indent with spaces"
    if "mapping values are not allowed" in problem:
        return _second_colon(lines, line, column)
    if "did not find expected key" in problem:
        return _not_a_key(lines, line, column)
    if "expected '-' indicator" in problem:
        dash = re.match(r"-[^\s-]", text[column - 1 :])
        return line, column, "a space is missing after '-'" if dash else _INDENTATION
    for words, at_start, message in _COMPLAINTS:
        if words in problem or words in context:
            line, column = start if at_start else (line, column)
            return line, column, message(sign)
    return line, column, f"not YAML: {problem}"


_INDENTATION = "the indentation of this line does not fit the lines above; line it up with its neighbours"
_NEVER_CLOSED = "a quotation mark is never closed; close it, or quote the text with the other kind"


def _second_colon(lines: list[str], line: int, column: int) -> tuple[int, int, str]:
    """Explain a colon where no key can end: in a text, or after a line above that is not what it should be."""
    text = lines[line - 1]
    above = next((number for number in range(line - 1, 0, -1) if lines[number - 1].strip()), 0)
    if not above or not _KEY.fullmatch(text[: column - 1]):
        return line, column, 'a second ": " on one line; put the text in quotes'
    if found := _NO_SPACE.fullmatch(lines[above - 1]):
        key, value = found["key"], _cut(found["value"])
        return above, len(found["before"]) + 1, f"a space is missing after '{key}:'; write '{key}: {value}'"
    upper = lines[above - 1]
    indent, other = len(text) - len(text.lstrip()), len(upper) - len(upper.lstrip())
    if ":" not in upper and indent == other:
        return above, other + 1, f"no ':' in {_cut(upper.strip())!r}; write 'key: value'"
    return line, indent + 1, _INDENTATION


def _not_a_key(lines: list[str], line: int, column: int) -> tuple[int, int, str]:
    """Explain a text where a key should begin: after closing quotes or brackets, or indented by chance."""
    text = lines[line - 1]
    before = text[: column - 1].rstrip()
    last = before[-1:]
    if last in ("'", '"'):
        if before.count(last) % 2:  # what closed here was opened further up
            opened = next((number for number in range(line - 1, 0, -1) if lines[number - 1].count(last) % 2), line)
            return opened, lines[opened - 1].rfind(last) + 1, _NEVER_CLOSED
        return line, column, f"text after the closing {last}; put all of the text in quotes of the other kind"
    if last in ("]", "}"):
        opening = "[" if last == "]" else "{"
        return line, column, f"text after the closing '{last}'; put a text that begins with '{opening}' in quotes"
    if before:
        return line, column, "this does not belong here; put the text in quotes"
    return line, column, _INDENTATION


def _stray(sign: str) -> str:
    if sign and sign in "]},":
        return f"a stray {sign!r}; delete it, or put the text in quotes"
    return "a bracket is never closed, or a value is missing; close it, or write the value"


def _begins(sign: str) -> Callable[[str], str]:
    return lambda _: f"a text cannot begin with {sign!r} here; put it in quotes"


_COMPLAINTS: tuple[tuple[str, bool, Callable[[str], str]], ...] = (
    # Words of libyaml's problem or context; whether the mistake is where its context began; what to say.
    ("cannot start any token", False, lambda sign: f"a text cannot begin with {sign!r} here; put it in quotes"),
    ("scanning an alias", True, _begins("*")),
    ("undefined alias", False, _begins("*")),
    ("scanning an anchor", True, _begins("&")),
    ("scanning a tag", True, _begins("!")),
    ("undefined tag handle", False, _begins("!")),
    ("scanning a directive", True, _begins("%")),
    ("incompatible YAML document", False, _begins("%")),
    ("scanning a block scalar", False, lambda _: "text beside '>' or '|'; begin it on the next line, indented"),
    ("could not find expected ':'", True, lambda _: "a ':' is missing in this line; write 'key: value'"),
    ("unexpected end of stream", True, lambda _: _NEVER_CLOSED),
    ("document indicator", True, lambda _: _NEVER_CLOSED),
    ("escape character", False, lambda _: r"a backslash in double quotes; use single quotes, or write it twice: \\"),
    ("hexdecimal number", False, lambda _: r"a backslash in double quotes; use single quotes, or write it twice: \\"),
    ("',' or ']'", True, lambda _: "this '[' is not closed, or a comma is missing; write [one, two]"),
    ("',' or '}'", True, lambda _: "this '{' is not closed, or a comma is missing; write {key: value, other: value}"),
    ("expected node content", False, _stray),
    ("expected a single document", False, lambda _: "a second document ('---'); keep one document in a file"),
    ("<document start>", False, lambda _: _INDENTATION),
)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
