"""A page for every paper."""

from collections.abc import Callable, Iterator

from generator.catalog.catalog import Catalog
from generator.catalog.curation import CORRECTIONS, DIGESTS
from generator.formulas import formulas_text
from generator.ids import links_of
from generator.model import Paper
from generator.site.cards import Cards, formula_markup, note_markup
from generator.site.categories import has_page
from generator.site.page import Context, Page
from generator.site.scores import Scores


class PaperPages:
    """The papers' pages."""

    def __init__(self, catalog: Catalog, cards: Cards, scores: Scores, paper_print: Callable[[str], bytes]) -> None:
        """`paper_print` gives the fingerprint of a paper by its id."""
        self.catalog = catalog
        self._paper_print = paper_print
        self.cards = cards
        self.scores = scores

    def __iter__(self) -> Iterator[Page]:
        """Yield a page a paper, newest day first."""
        return (self._paper(paper) for paper in self.catalog.papers.values())

    def _paper(self, paper: Paper) -> Page:
        edit = CORRECTIONS
        if paper.choices:
            day = paper.choices[-1].date
            edit = f"{DIGESTS}/{day.year}/{day}.yml"
        return Page(
            f"papers/{paper.address}/",
            "paper",
            paper.title,
            lambda: self._paper_context(paper),
            description=_shortened(formulas_text(paper.abstract)) or _byline(paper),
            edit=edit,
            key=lambda: self._paper_key(paper),
            day=paper.choices[-1].date if paper.choices else paper.day,
        )

    def _paper_key(self, paper: Paper) -> object:
        links = list(paper.links.items())  # a fingerprint knows no order of keys, the page shows one
        return self._paper_print(paper.id), links, self.scores.paper_key(paper)

    def _paper_context(self, paper: Paper) -> Context:
        row = self.cards.row(paper.id)
        return {
            "card": row,
            "heading": formula_markup(paper.title_tex or paper.title, inline=True),
            "abstract": formula_markup(paper.abstract),
            "authors": [(mention.name, mention.person, mention.affiliation) for mention in paper.authors],
            "links": _links(paper),
            "categories": [(code, has_page(code)) for code in paper.categories],
            "listed": [(listing.source, listing.date) for listing in paper.listed],
            "choices": [
                {"date": choice.date, "note_html": note_markup(choice.pick.note), "curator": choice.curator}
                for choice in paper.choices
            ],
            "passed": paper.passed,
            "corrections": [
                {"field": entry.field.value, "value": entry.value, "why": entry.why, "by": entry.by}
                for entry in paper.corrections
            ],
            "published": paper.published,
            "updated": paper.updated,
            "version": paper.version,
            "doi": paper.doi,
            "journal_ref": paper.journal_ref,
            "comment": paper.comment,
            "withdrawn": paper.withdrawn,
            "by_hand": paper.by_hand,
            **self.scores.paper_context(paper),
        }


def _links(paper: Paper) -> list[tuple[str, str]]:
    """Return (label, address) of everywhere a paper is to be had, the paper's own places first."""
    found: dict[str, str] = {}
    for known in (paper.id, *paper.aliases):
        found |= {label: link for label, link in links_of(known).items() if label not in found}
    if paper.doi and "DOI" not in found:
        found |= links_of(f"doi:{paper.doi}")
    labels = {"pdf": "PDF", "code": "Code", "project": "Project", "page": "Page"}
    for kind, link in paper.links.items():
        found.setdefault(labels.get(kind, kind), link)
    return list(found.items())


def _shortened(text: str, limit: int = 160) -> str:
    """Cut `text` at a word for a description."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + "…"


def _byline(paper: Paper) -> str:
    names = [mention.name for mention in paper.authors[:3]]
    more = " et al." if len(paper.authors) > len(names) else ""
    return f"By {', '.join(names)}{more}" if names else ""
