"""Why mentions were taken together or apart, in words that a curator can check on the papers.

What is decided is decided elsewhere: nothing here changes a guess.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from generator.identity.corpus import Corpus
from generator.text import clean_line

_NAMED = 4
"""Co-authors, words or places that are named; more is not read."""


@dataclass
class _Side:
    """Mentions that are taken together, and what each side's evidence is made of: read once, used on every side."""

    corpus: Corpus
    mentions: Sequence[int]
    without: frozenset[int]
    """The names that are asked about."""

    @cached_property
    def beside(self) -> Counter[int]:
        """The co-authors, with the number of papers of each."""
        return Counter(name for mention in self.mentions for name in self.corpus.beside(mention))

    @cached_property
    def around(self) -> set[int]:
        """Who wrote with a co-author."""
        return set().union(*(self.corpus.neighbours(name) for name in self.beside.keys() - self.without)) - self.without

    @cached_property
    def words(self) -> Counter[str]:
        """The papers in which each word stands, in the title doubly."""
        counted: Counter[str] = Counter()
        for mention in self.mentions:
            counted.update(self.corpus.telling_words(self.corpus.mentions[mention].paper))
        return counted


def _sides(corpus: Corpus, groups: Sequence[Sequence[int]]) -> list[_Side]:
    names = frozenset(corpus.mentions[mention].name for group in groups for mention in group)
    return [_Side(corpus, group, names) for group in groups]


def of_groups(corpus: Corpus, groups: Sequence[Sequence[int]]) -> list[tuple[str, ...]]:
    """Say what each group of a name's mentions has in common, and what joins or parts it from the other groups."""
    sides = _sides(corpus, groups)
    everywhere: Counter[str] = Counter()
    for side in sides:
        everywhere.update(side.words)
    return [_of_group(side, [other for other in sides if other is not side], everywhere) for side in sides]


def _of_group(side: _Side, others: Sequence[_Side], everywhere: Counter[str]) -> tuple[str, ...]:
    corpus, group = side.corpus, side.mentions
    found = []
    if orcids := sorted({orcid for mention in group if (orcid := corpus.mentions[mention].orcid)}):
        found.append(f"ORCID {', '.join(orcids)}")
    again = [name for name, count in _rarest(corpus, side.beside) if count > 1]
    if len(group) == 1:
        found.append(f"one paper only, {_company(side)}: unsure")
    elif again:
        found.append(f"co-authors again and again: {_listed([corpus.spelled[name] for name in again])}")
    else:
        found.append("no co-author twice")
    if places := _places(corpus, group):
        found.append(f"at {_listed(places)}")
    found.append(_years(corpus, group))
    if words := _telling(side.words, everywhere, min(len(group), 2)):
        found.append(f"about {', '.join(words)}")
    if others:
        found.append(_apart(side, others))
    return tuple(found)


def _company(side: _Side) -> str:
    corpus = side.corpus
    if side.beside:
        return f"with {_listed([corpus.spelled[name] for name, _ in _rarest(corpus, side.beside)])}"
    crowd = len(corpus.of_paper[corpus.mentions[side.mentions[0]].paper]) - 1
    return f"with {crowd} others" if crowd else "without co-authors"


def of_merge(corpus: Corpus, one: Sequence[int], other: Sequence[int]) -> tuple[str, ...]:
    """Say what the mentions of two names have in common."""
    left, right = _sides(corpus, (one, other))
    found = []
    if both := _spelled(corpus, left.beside.keys() & right.beside.keys()):
        found.append(f"both wrote with {_listed(both)}")
    elif middle := _spelled(corpus, left.around & right.around):
        found.append(f"co-authors of both wrote with {_listed(middle)}")
    else:
        found.append("no co-author in common")
    if same := sorted(set(_places(corpus, one)) & set(_places(corpus, other))):
        found.append(f"both at {_listed(same)}")
    found.append(f"{_years(corpus, one)}; {_years(corpus, other)}")
    if shared := [word for word in left.words if word in right.words]:
        found.append(f"both about {', '.join(shared[:_NAMED])}")
    return tuple(found)


def _telling(counted: Counter[str], everywhere: Counter[str], least: int) -> list[str]:
    """Return the words that tell a group from the other papers of the name, the most telling first."""
    weights = (
        (count / (1 + 3 * (everywhere[word] - count)), word) for word, count in counted.items() if count >= least
    )
    ranked = sorted((-weight, word) for weight, word in weights if weight >= least)
    return [word for _, word in ranked[:_NAMED]]


def _rarest(corpus: Corpus, names: Counter[int]) -> list[tuple[int, int]]:
    """Order names by how often they were met, then by how rare they are in the corpus."""
    return sorted(names.items(), key=lambda each: (-each[1], float(corpus.ambiguity[each[0]]), corpus.names[each[0]]))


def _spelled(corpus: Corpus, names: Iterable[int]) -> list[str]:
    return [corpus.spelled[name] for name, _ in _rarest(corpus, Counter(dict.fromkeys(names, 1)))]


def _apart(side: _Side, others: Sequence[_Side]) -> str:
    corpus = side.corpus
    if shared := _spelled(corpus, side.beside.keys() & set().union(*(other.beside for other in others))):
        return f"shares {_listed(shared)} with the other papers"
    if middle := _spelled(corpus, side.around & set().union(*(other.around for other in others))):
        return f"joined to the other papers only by way of {_listed(middle)}"
    return "nobody in common with the other papers, nor among co-authors' co-authors"


def _places(corpus: Corpus, group: Sequence[int]) -> list[str]:
    found: Counter[str] = Counter()
    for mention in group:
        each = corpus.mentions[mention]
        if place := each.affiliation or corpus.records[each.paper].organization:
            found[clean_line(place)] += 1
    return [place for place, _ in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


def _years(corpus: Corpus, group: Sequence[int]) -> str:
    years = sorted(int(corpus.years[corpus.mentions[mention].paper]) for mention in group)
    return str(years[0]) if years[0] == years[-1] else f"{years[0]} to {years[-1]}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(clean_line(name) for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"
