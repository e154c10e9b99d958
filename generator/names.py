"""Personal names compared: across accents, order, initials, hyphens, scripts and left-out parts.

That two names can be one person's is all that is said here; whether they are is left to ``identity`` and to people.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from generator.text import clean_name, fold, sort_key

_APART = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
SUFFIXES = frozenset("jr sr ii iii iv phd md".split())
# How one language writes another's letters: Müller is Muller and Mueller, Göteborg Gothenburg no more.
_DIGRAPHS = re.compile(r"(?<=[b-df-hj-np-tv-z])(ae|oe|ue)(?=[^aeiou]|$)")


class Likeness(StrEnum):
    """In what two names differ that can be one person's; the words stand in the evidence that people read."""

    SAME = "the same letters"
    """Accents, capitals, hyphens and spaces aside."""
    ORDER = "the same parts in another order"
    SPELLING = "one letter written with two, as ü and ue"
    SHORTER = "a part of the name left out"
    INITIALS = "initials in place of given names"


CLOSE = (Likeness.SAME, Likeness.ORDER, Likeness.SPELLING)
"""Ways to write the whole of one name."""


@dataclass(frozen=True)
class Name:
    """A name taken apart, folded to ASCII."""

    given: tuple[str, ...]
    family: tuple[str, ...]

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Given names, then family names."""
        return self.given + self.family

    @cached_property
    def letters(self) -> str:
        """All letters, in the usual order."""
        return "".join(self.parts)

    @cached_property
    def plain(self) -> str:
        """All letters, those that one language writes with two brought to one."""
        return without_digraphs(self.letters)

    @cached_property
    def turned(self) -> frozenset[str]:
        """All letters with the name's first or last parts moved to the other end."""
        parts = self.parts
        return frozenset("".join(parts[i:] + parts[:i]) for i in range(1, len(parts)))

    @property
    def has_initials(self) -> bool:
        """Whether a given name is only a letter."""
        return any(len(part) == 1 for part in self.given)


def parse_name(written: str) -> Name:
    """Take a name apart: "Moreno-Sandoval, Antonio" as "Antonio Moreno Sandoval" and as "安东尼奥" would be."""
    name = clean_name(written)
    # Scripts without spaces between names come out as LiuJiaWen: each capital begins a part.
    latin = name if name.isascii() else _CAMEL.sub(" ", _ascii(name))
    family, given = sort_key(latin)
    parts = tuple(filter(None, _APART.split(family)))
    first = tuple(part for part in _APART.split(given) if part and part not in SUFFIXES)
    return Name(first, parts)


def _ascii(name: str) -> str:
    """Fold to ASCII, with the capitals kept."""
    words = []
    for word in name.split():
        folded = fold(word)
        if any("\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" for letter in word):
            folded = "".join(fold(letter).capitalize() for letter in word)
        words.append(folded)
    return " ".join(words)


def likeness(one: Name, other: Name) -> Likeness | None:
    """Say in what two names differ if they can be one person's; None if they cannot.

    Symmetric. Two different initials or two different given names are never one.
    """
    if not one.letters or not other.letters:
        return None
    if one.letters == other.letters:
        return Likeness.SAME
    if one.letters in other.turned or other.letters in one.turned:
        return Likeness.ORDER
    if one.plain == other.plain:
        return Likeness.SPELLING
    if len(one.parts) < 2 or len(other.parts) < 2:
        return None
    return _by_parts(one, other)


def without_digraphs(letters: str) -> str:
    """Write what one language writes with two letters with one."""
    return _DIGRAPHS.sub(lambda found: found[0][0], letters)


def _by_parts(one: Name, other: Name) -> Likeness | None:
    if one.family == other.family and one.given and other.given:
        shorter, longer = sorted((one.given, other.given), key=lambda given: (len(given), given))
        return _given(shorter, longer)
    # The second of two family names left out, or what was taken for a middle name.
    few, more = sorted((one.parts, other.parts), key=lambda parts: (len(parts), parts))
    if len(few) >= 2 and len(few[0]) > 1 and more[: len(few)] == few:
        return Likeness.SHORTER
    return None


def _given(shorter: tuple[str, ...], longer: tuple[str, ...]) -> Likeness | None:
    initials = False
    if "".join(part[0] for part in longer) == "".join(shorter) and len(shorter) == 1 and len(longer) > 1:
        return Likeness.INITIALS  # "YJ Park" and "Yong Jin Park"
    for a, b in zip(shorter, longer, strict=False):
        if a == b:
            continue
        if min(len(a), len(b)) > 1 or a[0] != b[0]:
            return None
        initials = True
    return Likeness.INITIALS if initials else Likeness.SHORTER


def alike(names: Iterable[str], touched: Set[int] | None = None) -> list[tuple[int, int, Likeness]]:
    """Return the pairs of names that can be one person's, as places in `names`, the smaller first, sorted.

    With `touched`, a set of places, only the pairs that hold one of them.

    Cost: only names that share their letters, their family name and first initial, or their first two parts are
    compared.
    """
    parsed = [parse_name(name) for name in names]
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, name in enumerate(parsed):
        for key in _keys(name):
            blocks[key].append(place)
    found: dict[tuple[int, int], Likeness] = {}
    for block in blocks.values():
        if touched is not None and touched.isdisjoint(block):
            continue
        for number, i in enumerate(block):
            for j in block[number + 1 :]:
                if (touched is None or i in touched or j in touched) and (i, j) not in found:
                    how = likeness(parsed[i], parsed[j])
                    if how is not None:
                        found[i, j] = how
    return sorted((i, j, how) for (i, j), how in found.items())


def _keys(name: Name) -> set[tuple[str, ...]]:
    keys: set[tuple[str, ...]] = set()
    if name.letters:
        keys.add(("letters", "".join(sorted(name.letters))))
        keys.add(("plain", name.plain))
    if name.given and name.family:
        keys.add(("family", *name.family, name.given[0][0]))
    if len(name.parts) >= 2:
        keys.add(("start", *name.parts[:2]))
    return keys
