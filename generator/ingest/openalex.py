"""Asks OpenAlex for citations, and reads its answers: papers by DOI, people by their page there or by ORCID.

Which papers and people, and what becomes of the counts, is left to ``metrics``.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct, field

from generator.catalog.profiles import OPENALEX, ORCID
from generator.ingest.answer import UnreadableError
from generator.ingest.asking import Fetch, NotNow, NotThere
from generator.ingest.counting import PaperCounts, PersonCounts, Wanted, decode, sane

BASE = "https://api.openalex.org"
MOST = 25
"""Papers in one request. A filter takes 100 values; a paper has a DOI or two, and a DOI may lead to two works."""
PER_PAGE = 100
DELETED = "A5317838346"
"""The author that stands for all whose profile was deleted; addresses of such profiles lead there."""

_DOI = re.compile(r"10\.[0-9.]+/[!-~]+")
_AUTHOR_ID = re.compile(r"A[0-9]+")


class _Work(Struct):
    doi: str | None = None
    citations: int | None = field(name="cited_by_count", default=None)


class _Meta(Struct):
    count: int


class _Works(Struct):
    meta: _Meta
    results: tuple[_Work, ...]


class _Summary(Struct):
    h_index: int | None = None


class _Author(Struct):
    id: str
    orcid: str | None = None
    papers: int | None = field(name="works_count", default=None)
    citations: int | None = field(name="cited_by_count", default=None)
    summary: _Summary | None = field(name="summary_stats", default=None)


_WORKS = msgspec.json.Decoder(_Works)
_AUTHOR = msgspec.json.Decoder(_Author)


class OpenAlex:
    """The service: see ``counting.Service``. Without a key it answers a little and then says 429."""

    name = OPENALEX
    most = MOST

    def __init__(self, fetch: Fetch, base_url: str | None = None, key: str | None = None) -> None:
        self._fetch = fetch
        self._base = (base_url or BASE).rstrip("/")
        self._key = {"api_key": key} if key else {}

    def papers(self, wanted: Sequence[Wanted]) -> PaperCounts:
        """Ask about papers: the published version's count before the preprint's, never the sum.

        Raises:
            NotNow: it cannot answer now.
            UnreadableError: its answer cannot be used.
        """
        asked = {paper.id: dois for paper in wanted if (dois := _dois(paper))}
        if not asked:
            return PaperCounts({})
        every = dict.fromkeys(doi for dois in asked.values() for doi in dois)
        address = self._address(
            "works",
            {"filter": f"doi:{'|'.join(every)}", "per_page": str(PER_PAGE), "select": "id,doi,cited_by_count"},
        )
        try:
            answer = self._fetch(address, accept="application/json")
        except NotThere as error:
            raise NotNow(error.url, f"HTTP {error.status}", error.status) from None
        found = decode(_WORKS, answer)
        if found.meta.count > len(found.results):
            raise UnreadableError(f"{found.meta.count} works, but only {len(found.results)} of them told: {answer.url}")
        counts: dict[str, list[int | None]] = {}
        for work in found.results:
            counts.setdefault(_doi_of(work), []).append(sane(work.citations))
        citations: dict[str, int] = {}
        problems: list[str] = []
        for paper, dois in asked.items():
            told = next((counts[doi] for doi in dois if doi in counts), [])
            if len(told) > 1:
                problems.append(f"{len(told)} works have a DOI of {paper}; which one is meant would be a guess")
            elif told and told[0] is not None:
                citations[paper] = told[0]
        return PaperCounts(citations, tuple(problems))

    def knows(self, profile: str) -> bool:
        """Tell whether a profile is one of its own, or an ORCID, by which it finds people too."""
        return profile.startswith((f"{OPENALEX}:", f"{ORCID}:"))

    def people(self, profiles: Sequence[str]) -> Iterator[tuple[str, PersonCounts | None]]:
        """Ask about people, one after the other, which costs nothing there; None for a profile that is not there.

        Raises:
            NotNow: it cannot answer now; what came before counts.
            UnreadableError: its answer cannot be used.
        """
        for profile in profiles:
            kind, _, name = profile.partition(":")
            try:
                address = self._address(f"authors/{profile if kind == ORCID else name}", {})
                answer = self._fetch(address, accept="application/json")
            except NotThere:
                yield profile, None
                continue
            author = decode(_AUTHOR, answer)
            if not _AUTHOR_ID.fullmatch(_last(author.id)):
                raise UnreadableError(f"{author.id[:80]!r} is no author; nothing was taken: {answer.url}")
            yield profile, _counts(author, name if kind == ORCID else None)

    def _address(self, path: str, parameters: dict[str, str]) -> str:
        query = urlencode({**parameters, **self._key}, quote_via=quote, safe="/:,")
        return f"{self._base}/{path}" + (f"?{query}" if query else "")


def _dois(paper: Wanted) -> tuple[str, ...]:
    """Give the DOIs to look a paper up by; one with a comma or a bar in it would be two in a filter."""
    own = [f"10.48550/arxiv.{paper.arxiv}"] if paper.arxiv else []
    fit = (doi for doi in (*paper.dois, *own) if _DOI.fullmatch(doi) and not set(doi) & set(",|"))
    return tuple(fit)[: PER_PAGE // MOST]


def _doi_of(work: _Work) -> str:
    return (work.doi or "").lower().removeprefix("https://doi.org/")


def _counts(author: _Author, orcid: str | None) -> PersonCounts | None:
    """Read what is said of an author; None if it is said of a deleted one, or of another than was asked for.

    Another id than the one asked for is the same person: OpenAlex put two profiles together.
    """
    if _last(author.id) == DELETED or (orcid is not None and _last(author.orcid or "") != orcid):
        return None
    h_index = author.summary.h_index if author.summary else None
    return PersonCounts(sane(h_index), sane(author.citations), sane(author.papers))


def _last(address: str) -> str:
    """Give the id at the end of an address of the service or of ORCID."""
    return address.rpartition("/")[2].upper()
