"""Asks Semantic Scholar for citations, in batches, and reads its answers.

Which papers and people, and what becomes of the counts, is left to ``metrics``. Its terms ask that it be named.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct, field

from generator.catalog.profiles import SEMANTIC_SCHOLAR
from generator.ingest.answer import UnreadableError
from generator.ingest.asking import Fetch, Fetched, NotNow, NotThere
from generator.ingest.counting import PaperCounts, PersonCounts, Wanted, decode, sane

BASE = "https://api.semanticscholar.org"
MOST = 500
"""Ids in one request: https://api.semanticscholar.org/api-docs/graph, paper/batch; author/batch takes twice that."""
MAX_BYTES = 10_000_000
"""Of one answer, by the same document."""

_NONE_KNOWN = b"No valid paper ids given"
"""With status 400: what it says when it knows none of the papers, instead of a list of nulls."""


class _Paper(Struct):
    external: dict[str, str | int | list[str] | None] | None = field(name="externalIds", default=None)
    citations: int | None = field(name="citationCount", default=None)


class _Author(Struct):
    id: str | None = field(name="authorId", default=None)
    h_index: int | None = field(name="hIndex", default=None)
    citations: int | None = field(name="citationCount", default=None)
    papers: int | None = field(name="paperCount", default=None)


_PAPERS = msgspec.json.Decoder(tuple[_Paper | None, ...])
_AUTHORS = msgspec.json.Decoder(tuple[_Author | None, ...])


class SemanticScholar:
    """The service: see ``counting.Service``. Without a key its answers come from a pool that all the world shares."""

    name = SEMANTIC_SCHOLAR
    most = MOST

    def __init__(self, fetch: Fetch, base_url: str | None = None, key: str | None = None) -> None:
        self._fetch = fetch
        self._base = (base_url or BASE).rstrip("/")
        self._headers: Mapping[str, str] = {"x-api-key": key} if key else {}

    def papers(self, wanted: Sequence[Wanted]) -> PaperCounts:
        """Ask about papers: those it has an id for, by arXiv id before DOI.

        Raises:
            NotNow: it cannot answer now.
            UnreadableError: its answer cannot be used.
        """
        asked = [(paper, name) for paper in wanted if (name := _name(paper))]
        if not asked:
            return PaperCounts({})
        try:
            answers = self._post("paper", "citationCount,externalIds", [name for _, name in asked])
        except NotThere as error:
            if _NONE_KNOWN in error.body:
                return PaperCounts({})
            raise NotNow(error.url, f"HTTP {error.status}", error.status) from None
        found = decode(_PAPERS, answers)
        _one_each(len(asked), len(found), answers)
        citations: dict[str, int] = {}
        problems: list[str] = []
        for (paper, name), answer in zip(asked, found, strict=True):
            if answer is None or (count := sane(answer.citations)) is None:
                continue
            if other := _other(paper, name, answer):
                problems.append(f"asked for {name}, answered for {other}; its count was not taken")
            else:
                citations[paper.id] = count
        return PaperCounts(citations, tuple(problems))

    def knows(self, profile: str) -> bool:
        """Tell whether a profile is one of its own."""
        return profile.startswith(f"{self.name}:")

    def people(self, profiles: Sequence[str]) -> Iterator[tuple[str, PersonCounts | None]]:
        """Ask about people; None for a profile that is not there.

        Raises:
            NotNow: it cannot answer now; what came before counts.
            UnreadableError: its answer cannot be used.
        """
        for start in range(0, len(profiles), MOST):
            asked = profiles[start : start + MOST]
            numbers = [profile.partition(":")[2] for profile in asked]
            try:
                answers = self._post("author", "hIndex,citationCount,paperCount", numbers)
            except NotThere as error:
                raise NotNow(error.url, f"HTTP {error.status}", error.status) from None
            found = decode(_AUTHORS, answers)
            _one_each(len(asked), len(found), answers)
            for profile, number, answer in zip(asked, numbers, found, strict=True):
                # Another id: the service has put two profiles together, or apart; whose it is now, a person has to say.
                same = answer is not None and answer.id == number
                yield profile, _counts(answer) if answer is not None and same else None

    def _post(self, what: str, fields: str, ids: list[str]) -> Fetched:
        address = f"{self._base}/graph/v1/{what}/batch?fields={fields}"
        return self._fetch(
            address, accept="application/json", max_bytes=MAX_BYTES, json={"ids": ids}, headers=self._headers
        )


def _name(paper: Wanted) -> str | None:
    """Write a paper's id as the service does."""
    if paper.arxiv:
        return f"ARXIV:{paper.arxiv}"
    return f"DOI:{paper.dois[0]}" if paper.dois else None


def _one_each(asked: int, answered: int, answers: Fetched) -> None:
    """Refuse a list that does not hold one entry for each that was asked: which is whose would be a guess."""
    if asked != answered:
        raise UnreadableError(f"{answered} entries for {asked} that were asked; none was taken: {answers.url}")


def _other(paper: Wanted, name: str, answer: _Paper) -> str | None:
    """Give the arXiv id of the paper that was answered for, if it is another than was asked for."""
    said = (answer.external or {}).get("ArXiv")
    if not name.startswith("ARXIV:") or not isinstance(said, str):
        return None
    return f"ARXIV:{said[:40]}" if said.lower() != str(paper.arxiv).lower() else None


def _counts(answer: _Author) -> PersonCounts:
    return PersonCounts(sane(answer.h_index), sane(answer.citations), sane(answer.papers))
