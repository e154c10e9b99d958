"""A page for every paper."""

from collections.abc import Iterator, Set
from datetime import date
from functools import partial

from generator.catalog.places import Place
from generator.formulas import formulas_text
from generator.model import Paper
from generator.site.citations import bibtex
from generator.site.citations.citation import cited
from generator.site.citations.files import OF_PAPER
from generator.site.files import path_of
from generator.site.page import Addresses, Context, Page
from generator.site.pages import head
from generator.site.prints.fingerprints import fingerprint
from generator.site.prints.papers import PaperPrints
from generator.site.shown.cards import formula_markup, note_markup, preformatted
from generator.site.shown.categories import has_page
from generator.site.shown.editing import edit_address
from generator.site.shown.links import elsewhere, links_of_paper, versions

_FOLDER = "papers/"


class PaperPages:
    """The papers' pages, newest day first."""

    template = "paper"

    def __init__(self, prints: PaperPrints) -> None:
        self.catalog, self.cards, self.prints = prints.catalog, prints.cards, prints
        self.scores = prints.scores

    def addresses(self) -> Addresses:
        """Return where the pages are."""
        entries = [(_address(paper), _day(paper)) for paper in self.catalog.papers.values()]
        return Addresses(len(entries), entries, lambda: entries)

    def at(self, addresses: Set[str]) -> Iterator[Page]:
        """Yield the pages at some addresses."""
        named = {address.removeprefix(_FOLDER).removesuffix("/") for address in addresses}
        papers = (paper for paper in self.catalog.papers.values() if paper.address in named)
        return (self._page(paper) for paper in papers if _address(paper) in addresses)

    def fingerprints(self, around: bytes) -> dict[str, bytes]:
        """Return, by path, a hash of what every page is made from: `around`, and what is shown of the paper."""
        of_paper, like_of, headings = self.prints.paper, self.scores.like, self.prints.headings
        edits = self._edits if self.catalog.config.repository is not None else lambda _: ()
        found: dict[str, bytes] = {}
        for paper in self.catalog.papers.values():
            like = like_of(paper.id)
            similar = [headings[other] for other, _ in like.similar if other in headings]
            shown = (around, of_paper(paper.id), like.novelty, similar, headings.get(like.nearest or ""), edits(paper))
            found[path_of(_address(paper))] = fingerprint(*shown)
        return found

    def _page(self, paper: Paper) -> Page:
        return Page(
            _address(paper),
            self.template,
            paper.title,
            partial(self._paper_context, paper),
            description=_shortened(formulas_text(paper.abstract)) or _byline(paper),
            edit=self.catalog.places.paper(paper),
            cite=(*(f"paper{suffix}" for suffix in OF_PAPER), f"../../api/papers/{paper.address}.json"),
            head=partial(head.of_paper, paper, self.catalog.config),
            day=_day(paper),
        )

    def _edits(self, paper: Paper) -> list[str | None]:
        """Return every address on the page where what it shows is edited."""
        picks, corrections = self._places(paper)
        places = (self.catalog.places.paper(paper), *picks, corrections)
        return [edit_address(self.catalog.config, place) for place in places]

    def _places(self, paper: Paper) -> tuple[list[Place], Place]:
        """Return where a paper was picked, and where it is corrected."""
        places = self.catalog.places
        return [places.pick(choice.date, paper.id) for choice in paper.choices], places.correction(paper.id)

    def _paper_context(self, paper: Paper) -> Context:
        row, config = self.cards.row(paper.id), self.catalog.config
        picks, corrections = self._places(paper)
        return {
            "id": paper.id,
            "card": row,
            "heading": formula_markup(paper.title_tex or paper.title, inline=True),
            "abstract": formula_markup(paper.abstract),
            "authors": [(mention.name, mention.person, mention.affiliation) for mention in paper.authors],
            "links": links_of_paper(paper),
            "elsewhere": elsewhere(paper),
            "versions": versions(paper),
            "bibtex": preformatted(bibtex.entry(cited(paper))),
            "categories": [(code, has_page(code)) for code in paper.categories],
            "listed": [(listing.source, listing.date) for listing in paper.listed],
            "choices": [
                {
                    "date": choice.date,
                    "note_html": note_markup(choice.pick.note),
                    "curator": choice.curator,
                    "curator_id": choice.curator_id,
                    "edit": edit_address(config, place),
                    "changed": (paper.version or 1) > 1 and paper.updated is not None and paper.updated > choice.date,
                }
                for choice, place in zip(paper.choices, picks, strict=True)
            ],
            "correct": edit_address(config, corrections),
            "passed": paper.passed,
            "corrections": [
                {
                    "field": entry.field.value.replace("_", " "),
                    "why": entry.why,
                    "by": entry.by,
                    "by_id": entry.by_id,
                    "said": entry.said,
                }
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


def _address(paper: Paper) -> str:
    return f"{_FOLDER}{paper.address}/"


def _day(paper: Paper) -> date:
    return paper.choices[-1].date if paper.choices else paper.day


def _shortened(text: str, limit: int = 160) -> str:
    """Cut `text` at a word for a description."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + "…"


def _byline(paper: Paper) -> str:
    names = [mention.name for mention in paper.authors[:3]]
    more = " et al." if len(paper.authors) > len(names) else ""
    return f"By {', '.join(names)}{more}" if names else ""
