"""What was published once and has to stay alive: addresses of names that left all pages, feeds of people."""

from collections.abc import Mapping

from generator.catalog.content import Content
from generator.catalog.memory import Memory
from generator.catalog.people import Everyone
from generator.model import CorrectedField, Paper, Published


def moved_names(content: Content, papers: Mapping[str, Paper], everyone: Everyone, memory: Memory) -> dict[str, str]:
    """Tell where names lead that a correction or a paper's other record took from all pages.

    To whoever stands in the same place of the list now; where the list is another, to the paper.
    """
    found: dict[str, str] = {}
    for paper in papers.values():
        if not paper.aliases and all(one.field is not CorrectedField.AUTHORS for one in paper.corrections):
            continue
        for known in (paper.id, *paper.aliases):
            names = content.records[known].authors if known in content.records else ()
            for place, author in enumerate(names):
                name, key = memory.name(author.name)
                if name and key not in everyone:
                    same = len(names) == len(paper.authors)
                    onward = f"authors/{paper.authors[place].person}/" if same else f"papers/{paper.address}/"
                    found.setdefault(f"authors/{key}/", onward)
    return found


def fed_people(published: Mapping[str, Published], everyone: Everyone, moved: Mapping[str, str]) -> frozenset[str]:
    """Return who has a feed because one was published, for them or for whom they took in."""
    found: set[str] = set()
    for line in published.values():
        if line.feeds and line.address.startswith("authors/"):
            asked = [address.split("/")[1] for address in (line.address, line.leads or "") if "/" in address]
            onward = [moved.get(person, person) for person in asked]
            found.update([person for person in onward if person in everyone][:1])
    return frozenset(found)
