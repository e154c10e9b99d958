"""Which pages there are, and where each is edited.

What each kind shows is in a module of its own beside this; how it looks is left to ``theme/pages/<template>.md.j2``,
turning Markdown into HTML to ``rendering``.
Cost: a page's context is made when it is rendered, so that memory does not grow with the number of pages.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from generator.catalog.catalog import Catalog
from generator.catalog.similar import Likeness
from generator.site.feeds.subscriptions import Subscriptions
from generator.site.page import Context, ManyPages, Page
from generator.site.pages.authors import AuthorPages
from generator.site.pages.curators import CuratorPages
from generator.site.pages.data import data_page
from generator.site.pages.days import DayPages
from generator.site.pages.lists import ListPages
from generator.site.pages.overview import OverviewPages
from generator.site.pages.papers import PaperPages
from generator.site.pages.subscribe import subscribe_page
from generator.site.prints.papers import PaperPrints
from generator.site.prints.people import PeoplePrints
from generator.site.shown.cards import Cards
from generator.site.shown.editing import edit_address
from generator.site.shown.scores import Scores


class Pages:
    """All pages of a catalog."""

    def __init__(
        self, catalog: Catalog, likenesses: Callable[[], Mapping[str, Likeness]] = dict, kept: Path | None = None
    ) -> None:
        """`likenesses` finds which papers are alike, when that is wanted; without it none is.

        `kept` is the folder where the hashes of what pages show of papers and people are kept.
        """
        self.catalog = catalog
        scores = Scores(catalog, likenesses)
        self.prints = PaperPrints(catalog, Cards(catalog), scores, kept / "papers" if kept else None)
        self.days = DayPages(self.prints)
        self.papers = PaperPages(self.prints)
        self.people_prints = PeoplePrints(self.prints, kept / "people" if kept else None)
        self.authors = AuthorPages(self.prints, self.people_prints)
        self.lists = ListPages(self.prints)
        self.curators = CuratorPages(self.prints)
        self.overview = OverviewPages(self.prints)
        self.subscriptions = Subscriptions(catalog, scores, self.lists.categories, self.authors.with_feed)

    def __iter__(self) -> Iterator[Page]:
        """Yield every page, front page first, in an order that depends on the content alone."""
        yield from self.few()
        for many in self.many:
            yield from many.at(dict(many.addresses().entries()).keys())

    @property
    def many(self) -> tuple[ManyPages, ...]:
        """The papers' pages and the people's."""
        return self.papers, self.authors

    def few(self) -> Iterator[Page]:
        """Yield every other page."""
        yield from self.days
        yield from self.authors.lists()
        yield from self.lists
        yield from self.curators
        yield from self.overview
        yield self._search()
        yield subscribe_page(self.subscriptions)
        yield data_page(self.catalog)
        yield Page("reading-list/", "reading-list", "Reading list", dict, "The papers you saved, kept in your browser.")

    def save_prints(self) -> None:
        """Keep for the next build what pages show of papers and people, as hashes."""
        self.prints.save()
        self.people_prints.save()

    def site(self) -> Context:
        """Return what every template may know of the site."""
        config = self.catalog.config
        return {
            "title": config.title,
            "url": config.url,
            "description": config.description,
            "language": config.language,
            "repository": config.repository,
            "branch": config.branch,
            "subscribe": config.subscribe,
        }

    def edit_link(self, page: Page) -> str | None:
        """Return the address of the web editor for the page, if the repository is known."""
        return edit_address(self.catalog.config, page.edit)

    def _search(self) -> Page:
        about = "Search all papers by word, author, topic, category and year."
        return Page("search/", "search", "Search", lambda: {"papers": len(self.catalog.papers)}, about)
