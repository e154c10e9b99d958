"""Suggestions as text: JSON for programs, YAML to paste into ``authors.yml`` for people.

What is suggested comes from ``suggest``; nothing is written to ``content/`` here or elsewhere.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import yaml

from generator.catalog.people import name_slug
from generator.identity.suggest import Group, MergeSuggestion, SplitSuggestion, Suggestions
from generator.text import clean_line, clean_name, slug

_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(found: Suggestions) -> str:
    """Write suggestions as JSON: ``{"splits": [{"name", "confidence", "groups"}], "merges": […]}``."""
    shown = {
        "splits": [
            {
                "name": each.name,
                "confidence": round(each.confidence, 4),
                "groups": [{"papers": group.papers, "evidence": group.evidence} for group in each.groups],
            }
            for each in found.splits
        ],
        "merges": [
            {"names": each.names, "confidence": round(each.confidence, 4), "evidence": each.evidence}
            for each in found.merges
        ],
    }
    return msgspec.json.format(msgspec.json.encode(shown)).decode() + "\n"


def as_yaml(found: Suggestions, taken: Iterable[str]) -> str:
    """Write suggestions as entries of ``authors.yml``, their evidence as comments; ids in `taken` are not given again.

    A lone paper is not enough to claim it for somebody: such entries are comments, too.
    """
    used = set(taken)
    parts = [part for each in found.splits for part in _split(each, used)]
    parts += [part for each in found.merges for part in _merge(each, used)]
    if not parts:
        return "# nothing to suggest\n"
    head = (
        "# Suggestions for content/authors.yml: guesses from public metadata. Look at the papers, keep what is true.\n"
    )
    return head + "\n" + "\n".join(parts)


def _split(found: SplitSuggestion, used: set[str]) -> list[str]:
    people = "one person" if len(found.groups) == 1 else f"{len(found.groups)} people"
    parts = [_comment(f"{found.name}: {people} likely; confidence {found.confidence:.2f} that there are several")]
    if not found.groups:
        return [_comment(f"{found.name}: no paper carries this name")]
    for group in found.groups:
        lines = "".join(_comment(line) for line in group.evidence)
        if group.claimed:
            papers = "".join(f"#   - {paper}\n" for paper in group.papers)
            parts.append(f"{lines}# papers of this group, for that entry:\n{papers}")
            continue
        entry = {"id": _id(found.name, group, used), "name": clean_name(found.name), "papers": list(group.papers)}
        text = _entry(entry)
        parts.append(lines + (_commented(text) if len(group.papers) == 1 or len(found.groups) == 1 else text))
    return parts


def _merge(found: MergeSuggestion, used: set[str]) -> list[str]:
    main, *others = found.names
    person = name_slug(clean_name(main))
    lines = _comment(f"{' and '.join(found.names)}: one person likely; confidence {found.confidence:.2f}")
    lines += "".join(_comment(line) for line in found.evidence)
    text = _entry({"id": person, "name": clean_name(main), "also": [clean_name(other) for other in others]})
    if person in used:
        return [f"{lines}# authors.yml has {person} already; add to it:\n{_commented(text)}"]
    used.add(person)
    return [lines + text]


def _id(name: str, group: Group, used: set[str]) -> str:
    """Choose an address that is not taken: the name and what the group is about, else the name and a number."""
    base = name_slug(clean_name(name))
    about = next((line.removeprefix("about ") for line in group.evidence if line.startswith("about ")), "")
    words = [slug(word, "x") for word in about.split(", ") if word]
    choices = [f"{base}-{word}" for word in words] + [f"{base}-{number}" for number in range(1, len(used) + 2)]
    chosen = next(choice for choice in choices if choice not in used)
    used.add(chosen)
    return chosen


def _entry(entry: Mapping[str, object]) -> str:
    return yaml.safe_dump([dict(entry)], allow_unicode=True, sort_keys=False, width=10_000)


def _commented(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _comment(line: str) -> str:
    return f"# {_UNPRINTABLE.sub('', clean_line(line))}\n"


def summary(found: Suggestions) -> str:
    """Say in a line what was found."""
    return f"{_count(found.splits, 'name')} to split, {_count(found.merges, 'pair')} of names to merge"


def _count(found: Sequence[object], noun: str) -> str:
    return f"{len(found):,} {noun}{'' if len(found) == 1 else 's'}"
