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
from generator.yamltext import compose, file_name, lost_to_comment, read_text, split_lines

T = TypeVar("T")
Key = tuple[str | int, ...]
"""Where a value stands in its file: ``("picks", 3, "id")``."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ODD_SPACE = re.compile(r"[ ]*([^\S ]|\u200b|\ufeff)")
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


def read_yaml(
    root: Path, path: Path, kind: type[T], *, blank: T | None = None
) -> tuple[YamlFile[T] | None, list[ContentError]]:
    """Read the file at `path` as a `kind` (a struct, or ``tuple[struct, ...]``).

    A file with nothing but comments gives `blank` where that is given. Returns the value, or None where there is a
    problem that leaves none, and all problems of the file in order of place.
    """
    name = file_name(root, path)
    text, problem = read_text(name, path)
    if problem is not None:
        return None, [problem]
    node, problem = compose(name, text)
    if problem is not None:
        return None, [problem]
    if node is None or node.value == "":
        if blank is not None and text.strip():
            return YamlFile(name, blank), []
        empty = "nothing but comments in it" if text.strip() else "the file is empty"
        return None, [ContentError(name, 1, 1, f"{empty}; {_expected(kind)}")]
    reader = _Reader(name, node, split_lines(text) if " #" in text else [])
    value = reader.read(node, _shape(kind))  # type: ignore[arg-type]  # a type is hashable
    problems = sorted(reader.problems)
    return (None if value is _BAD else YamlFile(name, value, node)), problems


def _expected(kind: Any) -> str:
    shape = _shape(kind)
    if shape.fields is None:
        return "write a list, or [] for none, or delete the file"
    keys = ", ".join(shape.fields)
    return f"write its keys ({keys}), or delete the file"


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
    """Turns nodes into values and notes every problem on the way.

    What is wrong in an optional place leaves its default, so that the rest of a file can still be checked.
    """

    def __init__(self, name: str, root: yaml.Node, lines: list[str]) -> None:
        self.name = name
        self.root = root
        self.lines = lines
        """Of the file's text, where it may hold comments behind a value; else none."""
        self.problems: list[ContentError] = []

    def read(self, node: yaml.Node, shape: _Shape) -> Any:
        if node.tag not in _PLAIN_TAGS:
            tag = _short(node.tag.replace("tag:yaml.org,2002:", "!!"))
            return self._bad(node, f"tag {tag}; a text that begins with '!' must stand in quotes")
        if shape.fields is not None:
            return self._struct(node, shape.kind, shape.fields)
        if node.tag.endswith(":null"):
            return None if shape.optional else self._blank(node, shape)
        if isinstance(shape.kind, inspect.VarTupleType):
            return self._list(node, shape)
        if isinstance(shape.kind, inspect.DictType):
            return self._dict(node, shape)
        return self._scalar(node, shape)

    def _bad(self, node: yaml.Node, message: str) -> Any:
        mark = node.start_mark
        self.problems.append(ContentError(self.name, mark.line + 1, mark.column + 1, message))
        return _BAD

    def _blank(self, node: yaml.Node, shape: _Shape, required: bool = False) -> Any:
        return self._bad(node, f"no value; write {_words(shape)}" + ("" if required else ", or leave it out"))

    def _struct(self, node: yaml.Node, kind: Any, fields: dict[str, tuple[inspect.Field, _Shape]]) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._bad(node, _no_mapping(node, fields))
        values: dict[str, Any] = {}
        bad: list[inspect.Field] = []
        for key, key_node, value_node in self._pairs(node):
            if key not in fields:
                self._bad(key_node, _unknown_key(key, fields))
                continue
            field, shape = fields[key]
            if value_node.tag.endswith(":null") and not field.required:
                continue
            if value_node.tag.endswith(":null") and shape.fields is None:
                value = self._blank(value_node, shape, required=True)
            else:
                value = self.read(value_node, shape)
            if value is _BAD:
                bad.append(field)
            else:
                values[field.name] = value
        required = [name for name, (field, _) in fields.items() if field.required]
        missing = [name for name in required if _child(node, name) is None]
        for name in missing:
            self._bad(node, f"key {name!r} is missing; add it")
        if missing or any(field.required for field in bad):
            return _BAD
        # A part without required keys, such as a rule, would say something else without one of its keys.
        return _BAD if bad and not required and node is not self.root else kind.cls(**values)

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self._bad(key_node, f"expected a key, got {_got(key_node)}")
            elif key in first:
                self._bad(key_node, f"key {_short(key)} again; it stands in line {first[key]} already: delete one")
            else:
                first[key] = key_node.start_mark.line + 1
                yield key, key_node, value_node

    def _list(self, node: yaml.Node, shape: _Shape) -> Any:
        item: Any = shape.inside
        if not isinstance(node, yaml.SequenceNode):
            if not isinstance(node, yaml.ScalarNode):
                return self._bad(node, f"expected a list, got {_got(node)}; put '- ' before each item")
            hint = f"[{_cut(node.value)}]" if item.fields is None else "'- ' before each item"
            self._bad(node, f"expected a list, got {_got(node)}; write {hint}")
            # What was meant is clear enough for the checks that follow.
            return _BAD if item.fields is not None else (node.value,)
        good = [(below, value) for below in node.value if (value := self.read(below, item)) is not _BAD]
        if node.value and not good:
            return _BAD
        # A bad item is left out, of the nodes as well: places are found by counting.
        node.value[:] = [below for below, _ in good]
        return tuple(value for _, value in good)

    def _dict(self, node: yaml.Node, shape: _Shape) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._bad(node, f"expected keys and values, got {_got(node)}")
        inside: Any = shape.inside
        pairs = ((key, self.read(value, inside)) for key, _, value in self._pairs(node))
        return {key: value for key, value in pairs if value is not _BAD}

    def _scalar(self, node: yaml.Node, shape: _Shape) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self._bad(node, f"expected {_words(shape)}, got {_got(node)}")
        if self.lines and isinstance(shape.kind, inspect.StrType) and lost_to_comment(node, self.lines):
            self._bad(node, "a '#' after a space begins a comment; put the text in quotes, or write '# ' for a comment")
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
    pattern = getattr(shape.kind, "pattern", None)
    if pattern is not None and not re.search(pattern, value):
        raise _FormError(f"{_short(value)} has characters that cannot stand here; it must match {pattern}")
    return value


def _boolean(value: str, _: _Shape) -> bool:
    if value in ("true", "false"):
        return value == "true"
    meant = {"yes": "; write true", "no": "; write false"}.get(value.lower(), "")
    raise _FormError(f"expected true or false, got {_short(value)}{meant}")


def parse_day(value: str) -> date:
    """Read ``2025-12-11``, and no other form of a date.

    Raises: ValueError, which says what is wrong.
    """
    if not _DATE.fullmatch(value):
        raise ValueError(f"expected a date like 2025-12-11, got {_short(value)}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"there is no day {_short(value)}; check month and day") from None


def _day(value: str, _: _Shape) -> date:
    try:
        return parse_day(value)
    except ValueError as error:
        raise _FormError(str(error)) from None


def _number(value: str, shape: _Shape) -> int | float:
    try:
        number: int | float = msgspec.convert(value, _number_kind(shape.kind), strict=False)
    except msgspec.ValidationError as error:
        raise _FormError(f"expected {_words(shape)}, got {_short(value)}{_bounds(str(error))}") from None
    return number


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
    if not re.fullmatch(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]", value):
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
    return repr(_cut(value))


def _cut(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "..."


def _no_mapping(node: yaml.Node, fields: dict[str, tuple[inspect.Field, _Shape]]) -> str:
    expected = f"expected keys and values ({', '.join(fields)})"
    if not isinstance(node, yaml.ScalarNode) or not node.value:
        return f"{expected}, got {_got(node)}"
    key, colon, value = node.value.partition(":")
    if colon and key in fields:
        return f"a space is missing after '{key}:'; write '{key}: {_cut(value)}'"
    required = [name for name, (field, _) in fields.items() if field.required]
    hint = f"; write '{required[0]}: {_cut(node.value)}'" if len(required) == 1 else ""
    return f"{expected}, got {_got(node)}{hint}"


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
    if odd := _ODD_SPACE.match(key):
        return f"unknown key {_short(key)}; it begins with an odd space (U+{ord(odd[1]):04X}): use plain spaces"
    if key.startswith("-") and key[1:] in known:
        return f"unknown key {key!r}; a space is missing after '-'"
    guess = _did_you_mean(key.strip(" \u201c\u201d"), known)
    return f"unknown key {_short(key)}" + (guess or f"; known keys are {', '.join(known)}")


def _did_you_mean(value: str, known: dict[str, Any]) -> str:
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
