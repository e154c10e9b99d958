"""Changes YAML that people wrote as they would: an entry, an item or a key more; every other line stays to the letter.

What is to be written is left to the callers, and so is reading the result back: what is laid out so that nothing can
be added safely gives None.
"""

import json
import re
from collections.abc import Mapping, Sequence

import yaml

from generator.yamltext import compose

Step = str | int
Value = str | Sequence[str] | Mapping[str, str]
"""A text, a list of texts, or texts by key."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.;()/'_-]*[A-Za-z0-9.)]")
"""Texts that YAML needs no quotes for, whatever stands around them outside of brackets."""
_WORDS_OF_YAML = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
_PAPER = re.compile(r"(arxiv|doi|url):[A-Za-z0-9][A-Za-z0-9./:()_-]*[A-Za-z0-9]")


# Texts ----------------------------------------------------------------------------------------------------------------


def scalar(value: str) -> str:
    """Write a text of one line bare if nothing in it means anything to YAML, else in quotes."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
        return value
    if _PAPER.fullmatch(value):
        return value
    return quoted(value)


def quoted(value: str) -> str:
    """Write a text in double quotes: of JSON's escapes YAML knows all, and what it must not see bare has one."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in text)


def in_brackets(value: str) -> str:
    """Write a text for a list in brackets, where commas mean something."""
    return quoted(value) if "," in value else scalar(value)


def comment(text: str) -> str:
    """Write a text as a comment that YAML reads no further than it should; '' where nothing is left."""
    shown = "".join(sign for sign in text if sign.isprintable())
    return f"# {shown}" if shown else ""


def entry(values: Mapping[str, Value | Mapping[str, Sequence[str]]], indent: str = "") -> str:
    """Write keys and values as one entry of a list, a line for each key, and one for each item of a list of papers."""
    lines: list[str] = []
    for key, value in values.items():
        lines += _pair(key, value)
    return "".join(f"{indent}{'- ' if n == 0 else '  '}{line}\n" for n, line in enumerate(lines))


def _pair(key: str, value: Value | Mapping[str, Sequence[str]]) -> list[str]:
    if isinstance(value, str):
        return [f"{key}: {scalar(value)}"]
    if isinstance(value, Mapping):
        return [f"{key}:", *(f"  {line}" for name, inner in value.items() for line in _pair(name, inner))]
    if key == "papers":
        return [f"{key}:", *(f"  - {scalar(item)}" for item in value)]
    return [f"{key}: [{', '.join(map(in_brackets, value))}]"]


# Places ---------------------------------------------------------------------------------------------------------------


def append(name: str, text: str, added: str) -> str | None:
    """Add entries to the list that a file is: `added` is lines that begin with ``- `` at the margin."""
    end = line_end(text)
    node, problem = compose(name, text)
    lines = lines_of(text, end)
    added = added.replace("\n", end)
    if problem is not None:
        return None
    if node is None or node.value == "":
        return "".join(lines) + added
    if not isinstance(node, yaml.SequenceNode):
        return None
    if not node.value:  # [] and nothing in it: the entries take its place
        first, last = node.start_mark.line, node.end_mark.line
        if first != last or lines[first].strip() != "[]":
            return None
        return "".join([*lines[:first], added, *lines[first + 1 :]])
    if node.flow_style:
        return None
    indent = " " * node.start_mark.column
    added = "".join(indent + line for line in added.splitlines(keepends=True))
    gap = end if _apart(node, lines) else ""
    return put(lines, last_line(node.value[-1], lines), gap + added)


def add_items(name: str, text: str, place: Sequence[Step], key: str, items: Sequence[str]) -> str | None:
    """Add texts to the list under `key` of the mapping at `place`; the key is made where it is missing."""
    node, lines, end = _at(name, text, place)
    if node is None:
        return None
    listed = _value(node, key)
    if listed is None:
        return _add_pair(node, lines, end, key, items)
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        return None
    if listed.flow_style:
        return put_in_brackets(lines, listed, ", ".join(map(in_brackets, items)))
    indent = " " * listed.start_mark.column
    added = "".join(f"{indent}- {scalar(item)}{end}" for item in items)
    return put(lines, last_line(listed.value[-1], lines), added)


def add_value(name: str, text: str, place: Sequence[Step], key: str, value: Value) -> str | None:
    """Add a key and its value to the mapping at `place`, which must not have it yet."""
    node, lines, end = _at(name, text, place)
    if node is None or _value(node, key) is not None:
        return None
    return _add_pair(node, lines, end, key, value)


def _at(name: str, text: str, place: Sequence[Step]) -> tuple[yaml.MappingNode | None, list[str], str]:
    """Find the mapping at `place`; give it with the text's lines and their end."""
    end = line_end(text)
    found, _ = compose(name, text)
    for step in place:
        if isinstance(step, int) and isinstance(found, yaml.SequenceNode) and step < len(found.value):
            found = found.value[step]
        else:
            found = _value(found, step) if isinstance(found, yaml.MappingNode) else None
    return (found if isinstance(found, yaml.MappingNode) else None), lines_of(text, end), end


def _value(node: yaml.MappingNode, key: Step) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def _add_pair(
    node: yaml.MappingNode, lines: list[str], end: str, key: str, value: Value | Mapping[str, Sequence[str]]
) -> str | None:
    if not node.value:
        return None
    if node.flow_style:
        return put_in_brackets(lines, node, f"{key}: {_flow(value)}")
    indent = " " * node.value[0][0].start_mark.column
    added = "".join(f"{indent}{line}{end}" for line in _pair(key, value))
    return put(lines, last_line(node, lines), added)


def _flow(value: Value | Mapping[str, Sequence[str]]) -> str:
    if isinstance(value, str):
        return in_brackets(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    return f"[{', '.join(map(in_brackets, value))}]"


def line_end(text: str) -> str:
    """Tell how the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"


def lines_of(text: str, end: str) -> list[str]:
    """Split a text into its lines with their ends, the last one's added where it is missing."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
    if lines and not lines[-1].endswith(("\r", "\n")):
        lines[-1] += end
    return lines


def put(lines: list[str], after: int, added: str) -> str:
    """Put text behind a line."""
    return "".join([*lines[: after + 1], added, *lines[after + 1 :]])


def put_in_brackets(lines: list[str], node: yaml.CollectionNode, added: str) -> str:
    """Add to ``[a, b]`` or ``{a: b}``: before the bracket, after a comma that may be there already."""
    line, column = node.end_mark.line, node.end_mark.column - 1
    last = node.value[-1]
    mark = (last[1] if isinstance(last, tuple) else last).end_mark
    between = lines[mark.line : line + 1]
    between[-1] = between[-1][:column]
    between[0] = between[0][mark.column :]
    comma = "" if any("," in part.partition("#")[0] for part in between) else ","
    before, after = lines[line][:column], lines[line][column:]
    changed = [*lines]
    changed[line] = f"{before.rstrip() or before}{comma} {added}{after}"
    return "".join(changed)


def last_line(node: yaml.Node, lines: list[str]) -> int:
    """Find the line on which a node's last word stands; its end as YAML counts it lies behind blanks and comments."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    line: int = node.end_mark.line
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        line -= 1 if node.end_mark.column == 0 else 0
        while line > node.start_mark.line and not lines[line].strip():
            line -= 1
    return min(line, len(lines) - 1)


def _apart(node: yaml.SequenceNode, lines: list[str]) -> bool:
    """Tell whether a blank line stands before the last entry, as before a next one then."""
    start: int = node.value[-1].start_mark.line
    while start > 0 and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start > 0 and len(node.value) > 1 and not lines[start - 1].strip()
