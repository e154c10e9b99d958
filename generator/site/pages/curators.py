"""The pages of those who pick, with what they picked, and of what they set first: the highlights.

Which picks are whose is left to ``catalog.curators``; a list that outgrows its page has one a year, as any list.
"""

from collections.abc import Iterator
from functools import partial

from generator.model import Curator
from generator.site.citations.files import OF_LIST
from generator.site.feeds.subscriptions import alternates
from generator.site.page import Context, Page, most_frequent
from generator.site.pages import head
from generator.site.pages.lists import Paged
from generator.site.prints.papers import PaperPrints
from generator.site.shown.cards import note_markup

HIGHLIGHTS = "highlights/"
"""The address of the page of all highlights."""
TOPICS_SHOWN = 12


class CuratorPages:
    """The highlights, the list of curators, and a page for each."""

    def __init__(self, prints: PaperPrints) -> None:
        self.catalog, self.prints = prints.catalog, prints
        self.paged = Paged(prints)

    def __iter__(self) -> Iterator[Page]:
        """Yield the highlights, then the curators by id."""
        yield self._highlights()
        yield from self.paged.years(HIGHLIGHTS, "Highlights", self.catalog.highlights)
        about = "Who picks the papers here."
        yield Page("curators/", "curators", "Curators", self._list, about, edit=self.catalog.places.curator())
        for curator in self.catalog.curators.values():
            yield self._curator(curator)
            yield from self.paged.years(f"curators/{curator.id}/", curator.name, curator.papers)

    def _highlights(self) -> Page:
        papers = self.catalog.highlights
        return Page(
            HIGHLIGHTS,
            "highlights",
            "Highlights",
            partial(self.paged.newest, papers),
            "The papers to read if there is time for one a day.",
            feeds=alternates(f"{self.catalog.config.title}: highlights"),
            cite=tuple(f"papers{suffix}" for suffix in OF_LIST),
            head=partial(head.of_list, HIGHLIGHTS, "Highlights", self.catalog.config),
            day=self.paged.newest_day(papers),
            made_from=partial(self.paged.made_from, papers),
        )

    def _list(self) -> Context:
        curators = sorted(self.catalog.curators.values(), key=lambda one: (-len(one.papers), one.name.casefold()))
        return {
            "curators": [
                {
                    "id": one.id,
                    "name": one.name,
                    "note_html": note_markup(one.note),
                    "picks": len(one.papers),
                    "newest": one.days[0] if one.days else None,
                    "topics": self._topics(one),
                }
                for one in curators
            ]
        }

    def _curator(self, curator: Curator) -> Page:
        address = f"curators/{curator.id}/"
        count = len(curator.papers)
        return Page(
            address,
            "curator",
            curator.name,
            partial(self._context, curator),
            f"{count} paper{'' if count == 1 else 's'} picked by {curator.name}.",
            feeds=alternates(f"{self.catalog.config.title}: {curator.name}"),
            edit=self.catalog.places.curator(curator.id),
            cite=(*(f"papers{suffix}" for suffix in OF_LIST), f"../../api/curators/{curator.id}.json"),
            head=partial(head.of_curator, curator, self.catalog.config),
            day=self.paged.newest_day(curator.papers),
            made_from=partial(self._made_from, curator),
        )

    def _made_from(self, curator: Curator) -> object:
        return curator, self._topics(curator), self._found(curator), self.paged.made_from(curator.papers)

    def _context(self, curator: Curator) -> Context:
        return {
            "curator": {
                "id": curator.id,
                "name": curator.name,
                "link": curator.link,
                "orcid": curator.orcid,
                "note_html": note_markup(curator.note),
                "days": len(curator.days),
                "since": curator.days[-1] if curator.days else None,
            },
            "looks_after": self._topics(curator),
            "topics": self._found(curator),
            **self.paged.newest(curator.papers),
        }

    def _topics(self, curator: Curator) -> list[tuple[str, str]]:
        """Return (id, name) of the topics that a curator looks after."""
        topics = self.catalog.topics
        return [(topic, topics[topic].name) for topic in curator.topics if topic in topics]

    def _found(self, curator: Curator) -> list[tuple[str, str, int]]:
        """Return (id, name, papers) of the topics that a curator picks most."""
        topics = self.catalog.topics
        counted = most_frequent(self.paged.topics(curator.papers), TOPICS_SHOWN)
        return [(topic, topics[topic].name, count) for topic, count in counted if topic in topics]
