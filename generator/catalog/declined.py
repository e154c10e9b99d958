"""What was suggested and declined: what makes two suggestions the same, and which was declined before.

How a suggestion is made is left to ``forms``, what an entry must hold to ``needed`` here and ``check``.
"""

from collections.abc import Iterable, Iterator, Mapping

from generator.catalog.people import name_slug
from generator.model import Declined, Suggested
from generator.text import clean_line, clean_name, fold, slug

Key = tuple[str, ...]
"""Equal for suggestions of the same thing."""

NEEDED: Mapping[Suggested, tuple[str, ...]] = {
    Suggested.PAPER: ("id",),
    Suggested.CORRECTION: ("id", "field", "value"),
    Suggested.SPLIT: ("names",),
    Suggested.MERGE: ("names",),
    Suggested.CLAIM: ("names", "value"),
    Suggested.TOPIC: ("names",),
}
"""What says which suggestion it was; no entry takes another of these keys."""
FEWEST_NAMES = {Suggested.MERGE: 2}
"""Of others one name."""


def key_of(entry: Declined, canonical: Mapping[str, str]) -> Key:
    """Give what is equal for suggestions of the same thing; `canonical` gives papers of several ids one."""
    paper = canonical.get(entry.id, entry.id) if entry.id else ""
    named = (slug(clean_line(name), "topic") for name in entry.names)
    if entry.what is not Suggested.TOPIC:
        named = (name_slug(clean_name(name)) for name in entry.names)
    value = fold(clean_line(entry.value)) if entry.value else ""
    return (entry.what, paper, entry.field or "", value, *sorted(named))


class Memory:
    """All that was declined, to be asked whether a suggestion was there before."""

    def __init__(self, entries: Iterable[Declined], canonical: Mapping[str, str]) -> None:
        """`canonical` gives the id in the catalog of papers that have several."""
        self._canonical = canonical
        self._known = {key_of(entry, canonical): entry for entry in entries}

    def before(self, suggestion: Declined) -> Declined | None:
        """Give the entry by which the same suggestion was declined."""
        return self._known.get(key_of(suggestion, self._canonical))

    def has_paper(self, paper: str) -> bool:
        """Tell whether a paper was suggested and declined."""
        return (Suggested.PAPER, self._canonical.get(paper, paper), "", "") in self._known

    def has_split(self, name: str) -> bool:
        """Tell whether it was declined that a name is several people."""
        return (Suggested.SPLIT, "", "", "", name_slug(clean_name(name))) in self._known

    def has_merge(self, names: Iterable[str]) -> bool:
        """Tell whether it was declined that all of these names, or more than these, are one person."""
        asked = {name_slug(clean_name(name)) for name in names}
        return any(asked <= set(key[4:]) for key in self._known if key[0] == Suggested.MERGE)


def problems_of(entry: Declined) -> Iterator[tuple[str, str]]:
    """Say what is wrong with an entry: the key that has to do with it, and the message."""
    needed = NEEDED[entry.what]
    for key in ("id", "field", "value", "names"):
        given = bool(getattr(entry, key))
        if given and key not in needed:
            yield key, f"a declined {entry.what} takes no {key!r}; remove it"
        elif not given and key in needed:
            yield "what", f"a declined {entry.what} needs {key!r}; add it"
    if "names" in needed and entry.names:
        fewest = FEWEST_NAMES.get(entry.what, 1)
        if len(entry.names) < fewest or (fewest == 1 and len(entry.names) > 1):
            expected = "two names or more" if fewest > 1 else "one name"
            yield "names", f"expected {expected} of a declined {entry.what}, got {len(entry.names)}"
