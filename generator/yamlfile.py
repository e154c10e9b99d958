"""YAML that people write -> structs, every problem with file, line and column.

What the values mean together (unknown papers, cycles, double picks) is left to ``catalog.check``.

Every scalar is a string until the struct says otherwise: an unquoted ``2401.10020`` stays ``2401.10020``, ``NO``
stays ``NO``. Duplicate keys, aliases, tags and unknown keys are problems.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import msgspec
import yaml
from msgspec import inspect

from generator.errors import ContentError
from generator.ids import IdError, parse_id
from generator.markup import safe_url

T = TypeVar("T")
Key = tuple[str | int, ...]
"""Where a value stands in its file: ``("picks", 3, "id")``."""

MAX_BYTES = 10_000_000
"""A curation file larger than this is a mistake, not a digest."""
MAX_DEPTH = 50
"""No format of ours nests deeper than six; libyaml recurses."""
_NULLS = re.compile(r"(?:~|null|)$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml's loader: 7 times faster
    """Composes nodes whose plain scalars are text, but for the null of YAML's core schema."""

    yaml_implicit_resolvers = {first: [("tag:yaml.org,2002:null", _NULLS)] for first in ("~", "n", "")}  # noqa: RUF012 - PyYAML's class attribute


_PLAIN_TAGS = {
    "tag:yaml.org,2002:str",
    "tag:yaml.org,2002:null",
    "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:map",
}


@dataclass(frozen=True)
class YamlFile(Generic[T]):
    """A file's value, and where in the file each part of it stands."""

    path: str
    value: T
    node: yaml.Node | None = None

    def problem(self, key: Key, message: str) -> ContentError:
        """Place `message` at the value under `key`, or at the nearest place above it that exists."""
        node = self.node
        for step in key:
            below = _child(node, step)
            if below is None:
                break
            node = below
        line, column = (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)
        return ContentError(self.path, line, column, message)


def read_yaml(root: Path, path: Path, kind: type[T], *, blank: T | None = None) -> tuple[YamlFile[T] | None, list[ContentError]]:
    """Read the file at `path` as a `kind` (a struct, or ``tuple[struct, ...]``).

    A file with nothing but comments gives `blank` where that is given. Returns the value, or None where there is a
    problem that leaves none, and all problems of the file in order of place.
    """
    name = path.relative_to(root).as_posix()
    text, problem = _read_text(name, path)
    if problem is not None:
        return None, [problem]
    node, problem = _compose(name, text)
    if problem is not None:
        return None, [problem]
    if node is None:
        if blank is not None and text.strip():
            return YamlFile(name, blank), []
        return None, [ContentError(name, 1, 1, f"the file is empty; {_expected(kind)}")]
    reader = _Reader(name)
    value = reader.read(node, _shape(kind))
    problems = sorted(reader.problems)
    return (None if value is _BAD else YamlFile(name, value, node)), problems


def _expected(kind: Any) -> str:
    shape = _shape(kind)
    if shape.fields is None:
        return "write a list, or [] for none, or delete the file"
    keys = ", ".join(shape.fields)
    return f"write its keys ({keys}), or delete the file"


def _read_text(name: str, path: Path) -> tuple[str, ContentError | None]:
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        return "", ContentError(name, 1, 1, f"{len(data):,} bytes; a file may have {MAX_BYTES:,}: split it")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = f"not UTF-8: byte 0x{data[error.start]:02x}; save the file as UTF-8"
        return "", ContentError(name, line, column, message)


def _compose(name: str, text: str) -> tuple[yaml.Node | None, ContentError | None]:
    try:
        refused = _refused_event(name, text) if _needs_scan(text) else None
        if refused is not None:
            return None, refused
        return yaml.compose(text, Loader=_Loader), None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        return None, ContentError(name, line, column, _plain_words(error, text, line))
    except yaml.reader.ReaderError as error:
        # The C reader counts bytes, the Python one characters; the first bad character of the text is the place.
        position = _first_unprintable(text)
        line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
        code = ord(text[position]) if position < len(text) else error.character
        return None, ContentError(name, line, column, f"character U+{code:04X} is not allowed in YAML; delete it")


_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _first_unprintable(text: str) -> int:
    found = _UNPRINTABLE.search(text)
    return found.start() if found else len(text)


def _needs_scan(text: str) -> bool:
    """Tell whether `text` may hold an anchor or nest absurdly: only then are its events read one by one first."""
    return "&" in text or text.count("[") + text.count("{") > MAX_DEPTH or text.count("- - ") > MAX_DEPTH


def _refused_event(name: str, text: str) -> ContentError | None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            return ContentError(name, line, column, f"alias '*{event.anchor}'; write the value out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return ContentError(name, line, column, f"nested deeper than {MAX_DEPTH} levels; check the brackets")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _plain_words(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    """Say libyaml's complaint so that someone who does not know YAML can act on it."""
    problem = (error.problem or error.context or "cannot be read").strip()
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or "'\\t'" in problem or "\t" in problem:
        return "a tab; indent with spaces"
    if "mapping values are not allowed" in problem:
        return 'a second ": " on one line; put the text in quotes, or check the indentation of this line'
    if "did not find expected key" in problem or "did not find expected '-' indicator" in problem:
        return "the indentation of this line does not fit the lines above; line it up with its neighbours"
    if "could not find expected ':'" in problem:
        return "a ':' is missing here or just above; write 'key: value'"
    if "quoted scalar" in (error.context or "") and "end of stream" in problem:
        return "a quotation mark is never closed; close it, or quote the text with the other kind"
    if "expected a single document" in problem or "but found another document" in problem:
        return "a second document ('---'); keep one document in a file"
    return f"not YAML: {problem}"


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value  # type: ignore[no-any-return]
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    return None


# Nodes to values ------------------------------------------------------------------------------------------------------

_BAD: Any = object()
"""What a node gives that had a problem; the problem has been noted."""


@dataclass(frozen=True, eq=False)
class _Shape:
    """What a value may be: a type of the struct without its wrapping, its parts prepared once a type."""

    kind: inspect.Type
    form: str | None = None
    """A key of ``_FORMS``: the form that its text must have."""
    optional: bool = False
    """Whether it may be left blank."""
    fields: dict[str, tuple[inspect.Field, "_Shape"]] | None = None
    """Of a struct, by key."""
    inside: "_Shape | None" = None
    """Of a list's items or a mapping's values."""


@cache
def _shape(kind: Any) -> _Shape:
    return _shape_of(inspect.type_info(kind))


def _shape_of(kind: inspect.Type) -> _Shape:
    form, optional = None, False
    while isinstance(kind, inspect.Metadata | inspect.UnionType):
        if isinstance(kind, inspect.Metadata):
            form = (kind.extra_json_schema or {}).get("format", form)
            kind = kind.type
        else:
            kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
            optional = len(kinds) < len(kind.types)
            kind = kinds[0]
    if isinstance(kind, inspect.StructType):
        fields = {field.encode_name: (field, _shape_of(field.type)) for field in kind.fields}
        return _Shape(kind, form, optional, fields=fields)
    if isinstance(kind, inspect.VarTupleType):
        return _Shape(kind, form, optional, inside=_shape_of(kind.item_type))
    if isinstance(kind, inspect.DictType):
        return _Shape(kind, form, optional, inside=_shape_of(kind.value_type))
    return _Shape(kind, form, optional)


class _Reader:
    """Turns nodes into values and notes every problem on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[ContentError] = []

    def read(self, node: yaml.Node, shape: _Shape) -> Any:
        if node.tag not in _PLAIN_TAGS:
            return self._bad(node, f"tag {node.tag!r}; write plain text, quoted if need be")
        if shape.fields is not None:
            return self._struct(node, shape.kind, shape.fields)
        if node.tag.endswith(":null"):
            return self._blank(node, shape)
        if isinstance(shape.kind, inspect.VarTupleType):
            return self._list(node, shape)
        if isinstance(shape.kind, inspect.DictType):
            return self._dict(node, shape)
        return self._scalar(node, shape)

    def _bad(self, node: yaml.Node, message: str) -> Any:
        mark = node.start_mark
        self.problems.append(ContentError(self.name, mark.line + 1, mark.column + 1, message))
        return _BAD

    def _blank(self, node: yaml.Node, shape: _Shape) -> Any:
        if shape.optional:
            return None
        return self._bad(node, f"no value; write {_words(shape)}, or leave the key out")

    def _struct(self, node: yaml.Node, kind: Any, fields: dict[str, tuple[inspect.Field, _Shape]]) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._bad(node, f"expected keys and values ({', '.join(fields)}), got {_got(node)}")
        values: dict[str, Any] = {}
        bad = False
        for key, key_node, value_node in self._pairs(node):
            if key not in fields:
                self._bad(key_node, _unknown_key(key, fields))
                continue
            field, shape = fields[key]
            if value_node.tag.endswith(":null") and not field.required:
                continue
            value = self.read(value_node, shape)
            if value is _BAD:
                bad = True
            else:
                values[field.name] = value
        missing = [name for name, (field, _) in fields.items() if field.required and _child(node, name) is None]
        for name in missing:
            self._bad(node, f"key {name!r} is missing; add it")
        return _BAD if bad or missing else kind.cls(**values)

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self._bad(key_node, f"expected a key, got {_got(key_node)}")
            elif key in first:
                self._bad(key_node, f"key {key!r} again; it stands in line {first[key]} already: delete one")
            else:
                first[key] = key_node.start_mark.line + 1
                yield key, key_node, value_node

    def _list(self, node: yaml.Node, shape: _Shape) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            return self._bad(node, f"expected a list, got {_got(node)}")
        # A bad item is left out, its problem is noted: the rest of the list can still be checked.
        values = (self.read(item, shape.inside) for item in node.value)
        return tuple(value for value in values if value is not _BAD)

    def _dict(self, node: yaml.Node, shape: _Shape) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._bad(node, f"expected keys and values, got {_got(node)}")
        pairs = ((key, self.read(value, shape.inside)) for key, _, value in self._pairs(node))
        return {key: value for key, value in pairs if value is not _BAD}

    def _scalar(self, node: yaml.Node, shape: _Shape) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self._bad(node, f"expected {_words(shape)}, got {_got(node)}")
        try:
            return _SCALARS[type(shape.kind)](node.value, shape)
        except _FormError as error:
            return self._bad(node, str(error))


class _FormError(ValueError):
    """A scalar has not the form that its field asks for."""


def _text(value: str, shape: _Shape) -> str:
    if shape.form is not None:
        return _FORMS[shape.form](value)
    if not value.strip():
        raise _FormError("empty text; write something, or leave the key out")
    return value


def _boolean(value: str, shape: _Shape) -> bool:
    if value in ("true", "false"):
        return value == "true"
    raise _FormError(f"expected true or false, got {_short(value)}")


def _day(value: str, shape: _Shape) -> date:
    if not _DATE.match(value):
        raise _FormError(f"expected a date like 2025-12-11, got {_short(value)}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _FormError(f"there is no day {_short(value)}; check month and day") from None


def _number(value: str, shape: _Shape) -> int | float:
    try:
        return msgspec.convert(value, _number_kind(shape.kind), strict=False)
    except msgspec.ValidationError as error:
        raise _FormError(f"expected {_words(shape)}, got {_short(value)}{_bounds(str(error))}") from None


def _number_kind(kind: inspect.Type) -> Any:
    bounds = {name: bound for name in ("ge", "gt", "le", "lt") if (bound := getattr(kind, name)) is not None}
    number = int if isinstance(kind, inspect.IntType) else float
    return Annotated[number, msgspec.Meta(**bounds)] if bounds else number


def _bounds(message: str) -> str:
    found = re.search(r"[<>]=? ?-?[\d.]+", message)
    return f"; it must be {found[0]}" if found else ""


def _choice(value: str, shape: _Shape) -> Any:
    known = _choices(shape.kind)
    if value in known:
        return known[value]
    raise _FormError(f"{_short(value)} is not one of {', '.join(known)}{_did_you_mean(value, known)}")


def _choices(kind: inspect.Type) -> dict[str, Any]:
    if isinstance(kind, inspect.EnumType):
        return {str(member.value): member for member in kind.cls}
    return {str(value): value for value in getattr(kind, "values", ())}


_SCALARS: dict[type, Callable[[str, _Shape], Any]] = {
    inspect.StrType: _text,
    inspect.BoolType: _boolean,
    inspect.DateType: _day,
    inspect.IntType: _number,
    inspect.FloatType: _number,
    inspect.EnumType: _choice,
    inspect.LiteralType: _choice,
}


def _paper_id(value: str) -> str:
    try:
        return parse_id(value)
    except IdError as error:
        raise _FormError(str(error)) from None


def _slug(value: str) -> str:
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) and len(value) <= 80:
        return value
    raise _FormError(f"{_short(value)} cannot be an address; use lower-case letters, digits and single hyphens")


def _web_address(value: str) -> str:
    address = safe_url(value)
    if address is None:
        raise _FormError(f"expected an address like https://example.org/, got {_short(value)}")
    return address


def _orcid(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", value):
        raise _FormError(f"expected an ORCID like 0000-0002-1825-0097, got {_short(value)}")
    total = 0
    for digit in value.replace("-", "")[:-1]:  # ISO 7064 mod 11-2, as orcid.org documents it
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if value[-1] != ("X" if check == 10 else str(check)):
        raise _FormError(f"ORCID {_short(value)} has a wrong check digit; copy it again")
    return value


_FORMS: dict[str, Callable[[str], str]] = {
    "paper-id": _paper_id,
    "slug": _slug,
    "web-address": _web_address,
    "orcid": _orcid,
}


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")


def _got(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.MappingNode):
        return "keys and values"
    return "nothing" if node.tag.endswith(":null") else f"the text {_short(node.value)}"


def _words(shape: _Shape) -> str:
    words = {
        inspect.StrType: "text",
        inspect.BoolType: "true or false",
        inspect.DateType: "a date like 2025-12-11",
        inspect.IntType: "a whole number",
        inspect.FloatType: "a number",
        inspect.VarTupleType: "a list",
        inspect.DictType: "keys and values",
    }
    return words.get(type(shape.kind)) or "one of " + ", ".join(_choices(shape.kind))


def _unknown_key(key: str, known: dict[str, Any]) -> str:
    guess = _did_you_mean(key, known)
    return f"unknown key {key!r}" + (guess or f"; known keys are {', '.join(known)}")


def _did_you_mean(value: str, known: dict[str, Any]) -> str:
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
