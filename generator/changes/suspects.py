"""What is suspicious about the names on the papers that a change adds: they may be several people, or one.

Guessing is left to ``identity``, which needs packages that building a site does without.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from generator.catalog.content import Content
from generator.catalog.declined import Memory
from generator.catalog.people import name_slug
from generator.text import clean_name

if TYPE_CHECKING:
    from generator.identity.suggest import Suggestions

LEAST = 0.97
"""Least confidence of what is told: as ``digest authors suggest`` tells it unasked."""
MOST = 10
"""Splits, and merges, that are told at most."""


def find_suspects(before: Content, after: Content) -> str | None:
    """Return YAML for ``authors.yml`` with what is suggested for names on new papers, was not before, and not declined.

    Empty where there is nothing to suggest, None where the packages that compare mentions are not installed.
    """
    if any(find_spec(package) is None for package in ("numpy", "scipy")):
        return None
    names = new_names(before, after)
    if not names:
        return ""
    from generator.identity.report import as_yaml
    from generator.identity.suggest import suggest

    declined = Memory(after.curation.declined.value, after.canonical)
    found = suggest(after, least=LEAST, lone=False, among=names).undeclined(declined)
    if found.splits or found.merges:
        # What was known or declined must not take the place of what nobody has looked at.
        found = _unknown_before(found, suggest(before, least=LEAST, lone=False, among=names)).surest(MOST)
    return as_yaml(found, {entry.id for entry in after.curation.authors.value}) if found.splits or found.merges else ""


def new_names(before: Content, after: Content) -> set[str]:
    """Return the slugs of the names on papers that only `after` has."""
    new = (paper for paper in after.records.keys() - before.records.keys())
    written = {author.name for paper in new for author in after.records[paper].authors}
    return {name_slug(name) for name in map(clean_name, written) if name}


def _unknown_before(found: "Suggestions", before: "Suggestions") -> "Suggestions":
    from generator.identity.suggest import Suggestions

    split = {name_slug(clean_name(each.name)) for each in before.splits}
    merged = {frozenset(each.names) for each in before.merges}
    return Suggestions(
        tuple(each for each in found.splits if name_slug(clean_name(each.name)) not in split),
        tuple(each for each in found.merges if frozenset(each.names) not in merged),
    )
