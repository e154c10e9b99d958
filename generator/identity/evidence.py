"""Why mentions were taken together or apart, in words that a curator can check on the papers.

What is decided is decided elsewhere: nothing here changes a guess.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from generator.identity.corpus import Corpus
from generator.text import clean_line

_NAMED = 4
"""Co-authors, words or places that are named; more is not read."""


def of_group(corpus: Corpus, group: Sequence[int], others: Sequence[int]) -> tuple[str, ...]:
    """Say what a group of mentions has in common, and what joins or parts it from the other mentions of the name."""
    found = []
    if orcids := sorted({orcid for mention in group if (orcid := corpus.mentions[mention].orcid)}):
        found.append(f"ORCID {', '.join(orcids)}")
    beside = Counter(name for mention in group for name in corpus.beside(mention))
    again = [name for name, count in _rarest(corpus, beside) if count > 1]
    if len(group) == 1:
        found.append(f"one paper only, {_company(corpus, group[0], beside)}: unsure")
    elif again:
        found.append(f"co-authors again and again: {_listed([corpus.spelled[name] for name in again])}")
    else:
        found.append("no co-author twice")
    if places := _places(corpus, group):
        found.append(f"at {_listed(places)}")
    found.append(_years(corpus, group))
    if words := told_by(corpus, group, others):
        found.append(f"about {', '.join(words)}")
    if others:
        found.append(_apart(corpus, set(beside), group, others))
    return tuple(found)


def _company(corpus: Corpus, mention: int, beside: Counter[int]) -> str:
    if beside:
        return f"with {_listed([corpus.spelled[name] for name, _ in _rarest(corpus, beside)])}"
    crowd = len(corpus.of_paper[corpus.mentions[mention].paper]) - 1
    return f"with {crowd} others" if crowd else "without co-authors"


def of_merge(corpus: Corpus, one: Sequence[int], other: Sequence[int]) -> tuple[str, ...]:
    """Say what the mentions of two names have in common."""
    left, right = ({name for mention in each for name in corpus.beside(mention)} for each in (one, other))
    found = []
    if both := _rarest(corpus, Counter(dict.fromkeys(left & right, 1))):
        found.append(f"both wrote with {_listed([corpus.spelled[name] for name, _ in both])}")
    elif middle := _between(corpus, left, right, _names(corpus, [*one, *other])):
        found.append(f"co-authors of both wrote with {_listed(middle)}")
    else:
        found.append("no co-author in common")
    if same := sorted(set(_places(corpus, one)) & set(_places(corpus, other))):
        found.append(f"both at {_listed(same)}")
    found.append(f"{_years(corpus, one)}; {_years(corpus, other)}")
    shared = [word for word in _words(corpus, one) if word in _words(corpus, other)]
    if shared:
        found.append(f"both about {', '.join(shared[:_NAMED])}")
    return tuple(found)


def told_by(corpus: Corpus, group: Sequence[int], others: Sequence[int]) -> list[str]:
    """Return the words that tell a group from the other papers of the name, the most telling first."""
    elsewhere = _words(corpus, others)
    ranked = sorted(
        ((count / (1 + 3 * elsewhere.get(word, 0)), word) for word, count in _words(corpus, group).items()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return [word for weight, word in ranked if weight >= min(len(group), 2)][:_NAMED]


def _words(corpus: Corpus, mentions: Iterable[int]) -> Counter[str]:
    """Count the papers in which each word stands, in the title doubly."""
    counted: Counter[str] = Counter()
    for mention in mentions:
        counted.update(corpus.telling_words(corpus.mentions[mention].paper))
    return counted


def _rarest(corpus: Corpus, names: Counter[int]) -> list[tuple[int, int]]:
    """Order names by how often they were met, then by how rare they are in the corpus."""
    return sorted(names.items(), key=lambda each: (-each[1], float(corpus.ambiguity[each[0]]), corpus.names[each[0]]))


def _apart(corpus: Corpus, beside: set[int], group: Sequence[int], others: Sequence[int]) -> str:
    there = {name for mention in others for name in corpus.beside(mention)}
    if both := beside & there:
        shared = [corpus.spelled[name] for name, _ in _rarest(corpus, Counter(both))]
        return f"shares {_listed(shared)} with the other papers"
    if middle := _between(corpus, beside, there, _names(corpus, [*group, *others])):
        return f"joined to the other papers only by way of {_listed(middle)}"
    return "nobody in common with the other papers, nor among co-authors' co-authors"


def _names(corpus: Corpus, mentions: Iterable[int]) -> set[int]:
    return {corpus.mentions[mention].name for mention in mentions}


def _between(corpus: Corpus, left: set[int], right: set[int], without: set[int]) -> list[str]:
    """Return who wrote with somebody of each side, but for the names that are asked about."""
    first, second = (set().union(*(corpus.neighbours(name) for name in side - without)) for side in (left, right))
    middle = Counter(dict.fromkeys((first & second) - without, 1))
    return [corpus.spelled[name] for name, _ in _rarest(corpus, middle)]


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
