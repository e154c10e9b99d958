"""A paper as it stands in a list: the card that every page shows the same.

How a card looks is left to ``theme/pages``.
"""

from collections.abc import Iterable
from datetime import date
from zlib import crc32

from markupsafe import Markup

from generator.catalog.catalog import Catalog
from generator.formulas import formulas_html
from generator.markup import escape_html, render_note
from generator.model import Frozen, Paper
from generator.site.shown.categories import has_page

SHOWN_AUTHORS = 8
"""Names that a card unfolds to; a paper of 3,303 has the rest on its own page."""
HUES = 12


COUNTS_SHOWN = ("upvotes", "comments")
"""The counts of a paper that a card shows, and with it any page."""


class Card(Frozen, frozen=True):
    """What a list shows of a paper. Strings are plain text; ``*_html`` is safe HTML on one line."""

    address: str
    title: str
    day: date
    authors: tuple[tuple[str, str], ...] = ()
    """(name, person id), at most ``SHOWN_AUTHORS``."""
    author_count: int = 0
    organization: str | None = None
    published: date | None = None
    category: str | None = None
    category_page: bool = False
    """Whether the category has a page: words that are no arXiv code have none."""
    hue: int = 0
    """Degrees, fixed by the category."""
    code: str | None = None
    project: str | None = None
    topics: tuple[tuple[str, str], ...] = ()
    """(id, name)."""
    note_html: str | None = None
    curator: str | None = None
    curator_id: str | None = None
    """Of a curator with a page."""
    highlight: bool = False
    picked: bool = False
    elsewhere: tuple[tuple[str, str], ...] = ()
    """(title, the paper's page there) of other digests that picked it."""
    withdrawn: bool = False
    abstract: str = ""
    """Marked as safe HTML where it has formulas."""
    upvotes: int | None = None
    comments: int | None = None
    as_of: date | None = None
    score: str | None = None
    """Where a list shows it: ``63.3``."""
    why: str | None = None
    """Why it was passed over, on the page of that day."""


def note_markup(markdown: str | None) -> str | None:
    """Render a curator's Markdown for a template; None stays None."""
    return Markup(render_note(markdown)) if markdown else None


def formula_markup(text: str, *, inline: bool = False) -> str:
    """Return a text for a template, its formulas as MathML; plain where it has none."""
    found = formulas_html(text, inline=inline)
    return text if found is None else Markup(found)


def preformatted(text: str) -> Markup:
    """Return a text of several lines for a ``pre``; in a block of raw HTML a line's end has to be written."""
    return Markup("&#10;".join(map(escape_html, text.splitlines())))


def hue_of(category: str | None) -> int:
    """Choose one of twelve hues by the category's name, the same on every site."""
    return 360 // HUES * (crc32((category or "").encode()) % HUES)


class Cards:
    """Makes cards of a catalog's papers, each once.

    Cost: tens of microseconds a paper; a card without its abstract is kept for every list that shows it.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._rows: dict[str, Card] = {}

    def rows(self, papers: Iterable[str]) -> list[Card]:
        """Return cards without abstracts, for lists to scan."""
        return [self.row(paper) for paper in papers]

    def row(self, paper: str) -> Card:
        """Return the card of `paper` without its abstract."""
        known = self._rows.get(paper)
        if known is None:
            known = self._rows[paper] = self._card(self.catalog.papers[paper])
        return known

    def full(self, paper: str, *, why: str | None = None) -> Card:
        """Return the card of `paper` with its abstract, and why it was passed over where it was."""
        row = self.row(paper)
        abstract = formula_markup(self.catalog.papers[paper].abstract)
        fields = {name: getattr(row, name) for name in row.__struct_fields__}
        return Card(**{**fields, "abstract": abstract, "why": why})

    def made_from(self, paper: Paper) -> object:
        """Return all that the card of `paper` without its abstract is made from, at a tenth of its cost."""
        names, measured = self.catalog.topics, paper.measured
        facts = (paper.address, paper.title, paper.day, paper.published, paper.withdrawn, paper.highlight, paper.note)
        return (
            facts,
            [(mention.name, mention.person) for mention in paper.authors[:SHOWN_AUTHORS]],
            len(paper.authors),
            (paper.organization, paper.primary_category, paper.links.get("code"), paper.links.get("project")),
            [(topic, names[topic].name) for topic in paper.topics if topic in names],
            (paper.choices[-1].curator, paper.choices[-1].curator_id) if paper.choices else None,
            bool(paper.choices),
            [(pick.title, pick.page) for pick in paper.picked_elsewhere],
            [(getattr(measured, name, None), paper.measured_on.get(name)) for name in COUNTS_SHOWN],
        )

    def _card(self, paper: Paper) -> Card:
        choice = paper.choices[-1] if paper.choices else None
        names = self.catalog.topics
        measured = paper.measured
        return Card(
            address=paper.address,
            title=paper.title,
            day=paper.day,
            authors=tuple((mention.name, mention.person) for mention in paper.authors[:SHOWN_AUTHORS]),
            author_count=len(paper.authors),
            organization=paper.organization,
            published=paper.published,
            category=paper.primary_category,
            category_page=has_page(paper.primary_category or ""),
            hue=hue_of(paper.primary_category),
            code=paper.links.get("code"),
            project=paper.links.get("project"),
            topics=tuple((topic, names[topic].name) for topic in paper.topics if topic in names),
            note_html=note_markup(paper.note),
            curator=choice.curator if choice else None,
            curator_id=choice.curator_id if choice else None,
            highlight=paper.highlight,
            picked=choice is not None,
            elsewhere=tuple((pick.title, pick.page) for pick in paper.picked_elsewhere),
            withdrawn=paper.withdrawn,
            upvotes=measured.upvotes if measured else None,
            comments=measured.comments if measured else None,
            as_of=next((paper.measured_on[name] for name in COUNTS_SHOWN if name in paper.measured_on), None),
        )
