"""Puts a pick into a day's digest file as a person would: one more entry, every comment and line of theirs untouched.

Which paper it is, and where its record comes from, is left to ``adding``.
"""

import json
import re
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from msgspec.structs import replace

from generator.catalog.curation import DIGESTS
from generator.errors import ContentProblems
from generator.model import Digest, Pick
from generator.schemas import schema_line
from generator.yamlfile import YamlFile, read_yaml
from generator.yamltext import compose, decode

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.;()/'_-]*[A-Za-z0-9.)]")
"""Texts that YAML needs no quotes for, whatever stands around them."""
_WORDS_OF_YAML = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])


def digest_path(day: date) -> str:
    """Name a day's digest file, relative to the root: ``content/digests/2025/2025-12-11.yml``."""
    return f"{DIGESTS}/{day.year:04}/{day.isoformat()}.yml"


def draft_pick(root: Path, day: date, pick: Pick, title: str) -> tuple[str, bytes]:
    """Draft a day's digest file, new or there already, with one more pick and its title as a comment; write nothing.

    Gives the file's name, relative to the root, and what it is to hold.

    Raises: ContentProblems if the file has mistakes, has the paper already, or is written in a way that one cannot
            add to.
    """
    name = digest_path(day)
    path = root / name
    if not path.is_file():
        return name, (schema_line(root, name) + "picks:\n" + entry(pick, title, "  ", "\n")).encode()
    data = path.read_bytes()
    file, problems = read_yaml(root, path, Digest, blank=Digest())
    if problems and data.strip():
        raise ContentProblems(problems)
    file = file or YamlFile(name, Digest())
    _refuse_twice(file, pick)
    changed = _insert(name, decode(name, data)[0], pick, title)
    if changed is None or _read(name, changed) != replace(file.value, picks=(*file.value.picks, pick)):
        message = f"no pick can be added to the way 'picks' is written here; add it by hand: - id: {pick.id}"
        raise ContentProblems([file.problem(("picks",), message)])
    return name, changed.encode()


def _refuse_twice(file: YamlFile[Digest], pick: Pick) -> None:
    entries: dict[str, tuple[str, list[str]]] = {
        "picks": ("is picked already", [entry.id for entry in file.value.picks]),
        "passed": ("is among 'passed'; take it out there first", [entry.id for entry in file.value.passed]),
    }
    for key, (what, papers) in entries.items():
        if pick.id in papers:
            raise ContentProblems([file.problem((key, papers.index(pick.id), "id"), f"{pick.id!r} {what}")])


def _read(name: str, text: str) -> Digest | None:
    """Read what would be written, by the same rules as what was."""
    with TemporaryDirectory() as folder:
        path = Path(folder, Path(name).name)
        path.write_bytes(text.encode())
        file, problems = read_yaml(Path(folder), path, Digest)
    return file.value if file and not problems else None


def _insert(name: str, text: str, pick: Pick, title: str) -> str | None:
    """Write the file with one more pick; None if there is no place for it."""
    end = "\r\n" if "\r\n" in text else "\n"
    node, _ = compose(name, text)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\r", "\n")):
        lines[-1] += end
    if node is None or node.value == "":
        return "".join([*lines, f"picks:{end}", entry(pick, title, "  ", end)])
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return None
    key, picks = next(((key, value) for key, value in node.value if key.value == "picks"), (None, None))
    if key is None or picks is None:
        after = _last_line(node, lines)
        return _put(lines, after, f"picks:{end}" + entry(pick, title, "  ", end))
    if isinstance(picks, yaml.SequenceNode) and picks.value and not picks.flow_style:
        indent = " " * picks.start_mark.column
        return _put(lines, _last_line(picks.value[-1], lines), entry(pick, title, indent, end))
    if isinstance(picks, yaml.SequenceNode) and picks.value:
        return _put_in_brackets(lines, picks, pick)
    # Nothing, or [] without anything in it: the entry takes its place.
    first, last = key.end_mark.line, picks.end_mark.line
    if first != last:
        return None
    line = lines[first]
    comment = line[picks.end_mark.column :].strip()
    lines[first] = line[: key.end_mark.column] + ":" + (f"  {comment}" if comment.startswith("#") else "") + end
    return _put(lines, first, entry(pick, title, "  ", end))


def _put(lines: list[str], after: int, entry: str) -> str:
    return "".join([*lines[: after + 1], entry, *lines[after + 1 :]])


def _put_in_brackets(lines: list[str], picks: yaml.SequenceNode, pick: Pick) -> str:
    """Add to ``[a, b]``: before the bracket, after a comma that may be there already."""
    line, column = picks.end_mark.line, picks.end_mark.column - 1
    last = picks.value[-1].end_mark
    between = lines[last.line : line + 1]
    between[-1] = between[-1][:column]
    between[0] = between[0][last.column :]
    comma = "" if any("," in part.partition("#")[0] for part in between) else ","
    note = f", note: {_quoted(pick.note)}" if pick.note else ""
    before, after = lines[line][:column], lines[line][column:]
    lines[line] = f"{before.rstrip() or before}{comma} {{id: {_quoted(pick.id)}{note}}}{after}"
    return "".join(lines)


def _last_line(node: yaml.Node, lines: list[str]) -> int:
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


def entry(pick: Pick, title: str, indent: str, end: str) -> str:
    """Write a pick as an entry of a list, with the title as a comment."""
    shown = comment(title)
    lines = [f"{indent}- id: {_scalar(pick.id)}" + (f"  {shown}" if shown else "")]
    if pick.note:
        lines.append(f"{indent}  note: {_scalar(pick.note)}")
    return "".join(line + end for line in lines)


def comment(text: str) -> str:
    """Write a text as a comment that YAML reads no further than it should; '' where nothing is left."""
    shown = "".join(sign for sign in text if sign.isprintable())
    return f"# {shown}" if shown else ""


def _scalar(value: str) -> str:
    """Write a text of one line bare if nothing in it means anything to YAML, else in quotes."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
        return value
    if re.fullmatch(r"(arxiv|doi|url):[A-Za-z0-9][A-Za-z0-9./:()_-]*[A-Za-z0-9]", value):
        return value
    return _quoted(value)


def _quoted(value: str) -> str:
    """Write a text in double quotes: of JSON's escapes YAML knows all, and what it must not see bare has one."""
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)
