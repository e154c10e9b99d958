"""Changes to ``authors.yml``, gathered: entries more, and items, links or an ORCID more of an entry that is there.

Who is who is left to ``people``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from generator.catalog.curation import AUTHORS
from generator.forms.ground import Change, Ground, name_slugs, redrafted
from generator.forms.refusal import RefusedError, shown
from generator.model import AuthorEntry
from generator.yamledit import Value, add_items, add_value, append, entry

_KEYS = ("id", "name", "also", "papers", "orcid", "links", "note")


class AuthorsFile:
    """The entries as they are, and what is to become of them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._entries = list(ground.authors)
        self._old = len(self._entries)
        self._edits: list[tuple[int, str, Any]] = []

    def claimed(self, place: int) -> set[str]:
        """Give the papers that an entry lists, by their ids in the catalog."""
        canonical = self._ground.content.canonical
        return {canonical.get(paper, paper) for paper in self._entries[place].papers}

    def ids(self) -> set[str]:
        """Give the addresses of all entries, new ones too."""
        return {entry.id for entry in self._entries}

    def add(self, new: AuthorEntry) -> None:
        """Add an entry at the end."""
        self._entries.append(new)

    def add_rest(self, key: str, name: str) -> None:
        """Add an entry for the rest of a name, where it has only one: alone it would get all papers of the name."""
        if sum(key in name_slugs(entry) for entry in self._entries) == 1:
            address = key if key not in self.ids() else self._ground.new_address(key, self.ids())
            self.add(AuthorEntry(id=address, name=name))

    def extend(self, place: int, key: str, items: Sequence[str]) -> None:
        """Add to a list of an entry."""
        if items:
            known = self._entries[place]
            self._entries[place] = replace(known, **{key: (*getattr(known, key), *items)})
            self._edits.append((place, key, list(items)))

    def set(self, place: int, key: str, value: str | Mapping[str, str]) -> None:
        """Give an entry an ORCID, or links more."""
        known = self._entries[place]
        new: Any = value if isinstance(value, str) else {**getattr(known, key), **value}
        self._entries[place] = replace(known, **{key: new})
        self._edits.append((place, key, value))

    def change(self, title: str, *told: str) -> Change:
        """Make the change of it.

        Raises: RefusedError if there is none, or the file cannot take it.
        """
        if not self._edits and len(self._entries) == self._old:
            raise RefusedError(f"{shown(AUTHORS)} says so already")
        file, text = redrafted(self._ground, AUTHORS, self._entries, self._edit)
        return Change(title, told, {AUTHORS: file}, {AUTHORS: text})

    def _edit(self, text: str) -> str | None:
        changed: str | None = text
        for place, key, value in self._edits:
            changed = self._edit_entry(changed, place, key, value) if changed is not None else None
        new = "".join(self._written(one, n > 0) for n, one in enumerate(self._entries[self._old :]))
        return append(AUTHORS, changed, new) if changed is not None and new else changed

    def _edit_entry(self, text: str, place: int, key: str, value: Any) -> str | None:
        if isinstance(value, list):
            return add_items(AUTHORS, text, (place,), key, value)
        if isinstance(value, str) or not self._ground.authors[place].links:
            return add_value(AUTHORS, text, (place,), key, value)
        changed: str | None = text
        for name, address in value.items():
            changed = add_value(AUTHORS, changed, (place, key), name, address) if changed is not None else None
        return changed

    def _written(self, new: AuthorEntry, apart: bool) -> str:
        values: dict[str, Value] = {key: value for key in _KEYS if (value := getattr(new, key))}
        return ("\n" if apart else "") + entry(values)
