"""Puts a pick into a day's digest file as a person would: one more entry, every comment and line of theirs untouched.

Which paper it is, and where its record comes from, is left to ``adding``.
"""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from msgspec.structs import replace

from generator.catalog.curation import DIGESTS
from generator.errors import ContentProblems
from generator.model import Digest, Pick
from generator.schemas import schema_line
from generator.yamledit import comment, last_line, line_end, lines_of, put, put_in_brackets, quoted, scalar
from generator.yamlfile import YamlFile, read_yaml
from generator.yamltext import compose, decode


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
    end = line_end(text)
    node, _ = compose(name, text)
    lines = lines_of(text, end)
    if node is None or node.value == "":
        return "".join([*lines, f"picks:{end}", entry(pick, title, "  ", end)])
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return None
    key, picks = next(((key, value) for key, value in node.value if key.value == "picks"), (None, None))
    if key is None or picks is None:
        after = last_line(node, lines)
        return put(lines, after, f"picks:{end}" + entry(pick, title, "  ", end))
    if isinstance(picks, yaml.SequenceNode) and picks.value and not picks.flow_style:
        indent = " " * picks.start_mark.column
        return put(lines, last_line(picks.value[-1], lines), entry(pick, title, indent, end))
    if isinstance(picks, yaml.SequenceNode) and picks.value:
        note = f", note: {quoted(pick.note)}" if pick.note else ""
        return put_in_brackets(lines, picks, f"{{id: {quoted(pick.id)}{note}}}")
    # Nothing, or [] without anything in it: the entry takes its place.
    first, last = key.end_mark.line, picks.end_mark.line
    if first != last:
        return None
    line = lines[first]
    comment = line[picks.end_mark.column :].strip()
    lines[first] = line[: key.end_mark.column] + ":" + (f"  {comment}" if comment.startswith("#") else "") + end
    return put(lines, first, entry(pick, title, "  ", end))


def entry(pick: Pick, title: str, indent: str, end: str) -> str:
    """Write a pick as an entry of a list, with the title as a comment."""
    shown = comment(title)
    lines = [f"{indent}- id: {scalar(pick.id)}" + (f"  {shown}" if shown else "")]
    if pick.note:
        lines.append(f"{indent}  note: {scalar(pick.note)}")
    return "".join(line + end for line in lines)
