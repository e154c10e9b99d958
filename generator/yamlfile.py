"""YAML that people write -> structs, every problem with file, line and column.

What the values mean together (unknown papers, cycles, double picks) is left to ``catalog.check``.

Every scalar is a string until the struct says otherwise: an unquoted ``2401.10020`` stays ``2401.10020``, ``NO``
stays ``NO``. Duplicate keys, aliases, tags and unknown keys are problems.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

import yaml
from msgspec import inspect
from yaml import MappingNode, ScalarNode, SequenceNode

from generator.errors import ContentError
from generator.yamltext import compose, file_name, lost_to_comment, read_text, split_lines
from generator.yamlvalue import FormError, Shape, cut, did_you_mean, in_words, read_scalar, shape_of, short

T = TypeVar("T")
Key = tuple[str | int, ...]
"""Where a value stands in its file: ``("picks", 3, "id")``."""

Lines: TypeAlias = "list[int] | dict[str, list[int]]"
"""Where the items of a list begin; of the lists under a file's keys, by key."""

_NULL = "tag:yaml.org,2002:null"
_ODD_SPACE = re.compile(r"[ ]*([^\S ]|\u200b|\ufeff)")
_PLAIN_TAGS = {
    "tag:yaml.org,2002:str",
    _NULL,
    "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:map",
}


@dataclass(frozen=True)
class YamlFile(Generic[T]):
    """A file's value, and where in the file each part of it stands."""

    path: str
    value: T
    kind: Any = None
    """As what it was read."""
    text: str = field(default="", repr=False)
    lines: Lines = field(default_factory=list, repr=False)

    def problem(self, key: Key, message: str) -> ContentError:
        """Place `message` at the value under `key`, or at the nearest place above it that exists."""
        return ContentError(self.path, *self._place(key), message)

    def line_of(self, key: Key) -> int:
        """Return the line of the value under `key`, or of the nearest place above it that exists.

        Of items of the outermost lists it is known, everything else is looked for.
        """
        found: Any = self.lines
        try:
            for step in key:
                found = found[step]
        except (TypeError, LookupError):
            return self._place(key)[0]
        return found if isinstance(found, int) else self._place(key)[0]

    def _place(self, key: Key) -> tuple[int, int]:
        node = self._node
        for step in key:
            below = _child(node, step)
            if below is None:
                break
            node = below
        return (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)

    @cached_property
    def _node(self) -> yaml.Node | None:
        """Compose the text again: nodes take many times the memory, and few files have a problem."""
        node, _ = compose(self.path, self.text) if self.text else (None, None)
        if node is not None:
            _Reader(self.path, node, []).read(node, shape_of(self.kind))  # takes out what is no part of the value
        return node


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
    value = reader.read(node, shape_of(kind))  # type: ignore[arg-type]  # a type is hashable
    problems = sorted(reader.problems)
    return (None if value is _BAD else YamlFile(name, value, kind, text, _lines_of(node))), problems


def _expected(kind: Any) -> str:
    shape = shape_of(kind)
    if shape.fields is None:
        return "write a list, or [] for none, or delete the file"
    keys = ", ".join(shape.fields)
    return f"write its keys ({keys}), or delete the file"


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value  # type: ignore[no-any-return]
    elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    return None


def _lines_of(node: yaml.Node) -> Lines:
    if not isinstance(node, MappingNode):
        return _lines_of_items(node)
    # Of a key that stands there twice, the first counts.
    lists = ((key, value) for key, value in reversed(node.value) if isinstance(value, SequenceNode))
    return {key.value: _lines_of_items(value) for key, value in lists if isinstance(key, ScalarNode)}


def _lines_of_items(node: yaml.Node) -> list[int]:
    return [below.start_mark.line + 1 for below in node.value] if isinstance(node, SequenceNode) else []


# Nodes to values ------------------------------------------------------------------------------------------------------

_BAD: Any = object()
"""What a node gives that had a problem; the problem has been noted."""


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

    def read(self, node: yaml.Node, shape: Shape) -> Any:
        if node.tag not in _PLAIN_TAGS:
            tag = short(node.tag.replace("tag:yaml.org,2002:", "!!"))
            return self._bad(node, f"tag {tag}; a text that begins with '!' must stand in quotes")
        if shape.fields is not None:
            return self._struct(node, shape, shape.kind, shape.fields)
        if node.tag == _NULL:
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

    def _blank(self, node: yaml.Node, shape: Shape, required: bool = False) -> Any:
        return self._bad(node, f"no value; write {in_words(shape)}" + ("" if required else ", or leave it out"))

    def _struct(self, node: yaml.Node, of: Shape, kind: Any, fields: dict[str, tuple[inspect.Field, Shape]]) -> Any:
        if not isinstance(node, MappingNode):
            return self._bad(node, _no_mapping(node, fields))
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for key, key_node, value_node in self._pairs(node):
            if key not in fields:
                self._bad(key_node, _unknown_key(key, fields))
                continue
            field, shape = fields[key]
            blank = value_node.tag == _NULL
            if blank and not field.required:
                continue
            if blank and shape.fields is None:
                value = self._blank(value_node, shape, required=True)
            else:
                value = self.read(value_node, shape)
            if value is _BAD:
                bad.add(key)
            else:
                values[field.name] = value
        lacking = [key for key, name in of.required if name not in values]
        for key in lacking:
            if key not in bad:
                self._bad(node, f"key {key!r} is missing; add it")
        if lacking:
            return _BAD
        # A part without required keys, such as a rule, would say something else without one of its keys.
        return _BAD if bad and not of.required and node is not self.root else kind.cls(**values)

    def _pairs(self, node: MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        first: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            if key is None:
                self._bad(key_node, f"expected a key, got {_got(key_node)}")
            elif key in first:
                line = first[key].start_mark.line + 1
                self._bad(key_node, f"key {short(key)} again; it stands in line {line} already: delete one")
            else:
                first[key] = key_node
                yield key, key_node, value_node

    def _list(self, node: yaml.Node, shape: Shape) -> Any:
        item: Any = shape.inside
        if not isinstance(node, SequenceNode):
            if not isinstance(node, ScalarNode):
                return self._bad(node, f"expected a list, got {_got(node)}; put '- ' before each item")
            hint = f"[{cut(node.value)}]" if item.fields is None else "'- ' before each item"
            self._bad(node, f"expected a list, got {_got(node)}; write {hint}")
            # What was meant is clear enough for the checks that follow.
            return _BAD if item.fields is not None else (node.value,)
        good = [(below, value) for below in node.value if (value := self.read(below, item)) is not _BAD]
        if node.value and not good:
            return _BAD
        # A bad item is left out, of the nodes as well: places are found by counting.
        node.value[:] = [below for below, _ in good]
        return tuple(value for _, value in good)

    def _dict(self, node: yaml.Node, shape: Shape) -> Any:
        if not isinstance(node, MappingNode):
            return self._bad(node, f"expected keys and values, got {_got(node)}")
        inside: Any = shape.inside
        pairs = ((key, self.read(value, inside)) for key, _, value in self._pairs(node))
        return {key: value for key, value in pairs if value is not _BAD}

    def _scalar(self, node: yaml.Node, shape: Shape) -> Any:
        if not isinstance(node, ScalarNode):
            return self._bad(node, f"expected {in_words(shape)}, got {_got(node)}")
        if self.lines and isinstance(shape.kind, inspect.StrType) and lost_to_comment(node, self.lines):
            self._bad(node, "a '#' after a space begins a comment; put the text in quotes, or write '# ' for a comment")
        try:
            return read_scalar(node.value, shape)
        except FormError as error:
            return self._bad(node, str(error))


def _no_mapping(node: yaml.Node, fields: dict[str, tuple[inspect.Field, Shape]]) -> str:
    expected = f"expected keys and values ({', '.join(fields)})"
    if not isinstance(node, ScalarNode) or not node.value:
        return f"{expected}, got {_got(node)}"
    key, colon, value = node.value.partition(":")
    if colon and key in fields:
        return f"a space is missing after '{key}:'; write '{key}: {cut(value)}'"
    required = [name for name, (field, _) in fields.items() if field.required]
    hint = f"; write '{required[0]}: {cut(node.value)}'" if len(required) == 1 else ""
    return f"{expected}, got {_got(node)}{hint}"


def _got(node: yaml.Node) -> str:
    if isinstance(node, SequenceNode):
        return "a list"
    if isinstance(node, MappingNode):
        return "keys and values"
    return "nothing" if node.tag.endswith(":null") else f"the text {short(node.value)}"


def _unknown_key(key: str, known: dict[str, Any]) -> str:
    if odd := _ODD_SPACE.match(key):
        return f"unknown key {short(key)}; it begins with an odd space (U+{ord(odd[1]):04X}): use plain spaces"
    if key.startswith("-") and key[1:] in known:
        return f"unknown key {key!r}; a space is missing after '-'"
    guess = did_you_mean(key.strip(" \u201c\u201d"), known)
    return f"unknown key {short(key)}" + (guess or f"; known keys are {', '.join(known)}")
