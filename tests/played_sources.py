"""Sources that answer as the real ones do, from invented papers: for tests of whole runs over many requests.

What the real ones answer, byte for byte, is recorded, and tested with the readers.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.replay import Asked, Reply, Route

TODAY = date(2025, 12, 12)
DAYS = tuple(date(2025, 12, day) for day in range(1, 6))
"""Monday to Friday; long enough ago for every source to have said its last word."""
PAGE = 4
"""Papers that the sources give at once, whatever they are asked for, where they may decide that."""


@dataclass(frozen=True)
class Paper:
    """An invented paper."""

    number: str
    """An arXiv id without a version."""
    day: date
    title: str
    authors: tuple[str, ...] = ("Ada Invented", "Bo Imaginary")

    @property
    def doi(self) -> str:
        return f"10.5555/invented.{self.number}"


def papers(days: tuple[date, ...] = DAYS, a_day: int = 2) -> list[Paper]:
    """Invent papers, some a day, oldest first."""
    return [
        Paper(f"{day:%y%m}.{day.day:02}{number:03}", day, f"Invented {number} of {day} & <others>")
        for day in days
        for number in range(1, a_day + 1)
    ]


PAPERS = tuple(papers())


@dataclass(frozen=True)
class Played:
    """A source to ingest from: what to write into the configuration, and what its server answers."""

    settings: Mapping[str, Any]
    """Besides name and address."""
    routes: Mapping[str, Route]
    address_key: str = "base_url"
    address_path: str = ""
    days: tuple[date, ...] = DAYS
    expected: Mapping[date, frozenset[str]] = field(default_factory=dict)
    """By day: the ids that are listed on it when all went well."""
    requests: int = 1
    """That a run takes when all goes well."""

    def source(self, name: str, address: str) -> dict[str, Any]:
        """Write the source as the configuration does."""
        here: Any = address + self.address_path
        if self.address_key == "pages":
            here = [address + path for path in self.routes]
        return {"name": name, **self.settings, self.address_key: here}


def by_day(found: tuple[Paper, ...] = PAPERS, kind: Callable[[Paper], str] | None = None) -> dict[date, frozenset[str]]:
    """Give the ids of papers by day."""
    name = kind or (lambda paper: f"arxiv:{paper.number}")
    return {day: frozenset(name(paper) for paper in found if paper.day == day) for day in {each.day for each in found}}


# Hugging Face ---------------------------------------------------------------------------------------------------------


def huggingface(found: tuple[Paper, ...] = PAPERS, today: date = TODAY) -> dict[str, Route]:
    """Answer for a day, a week, a month, or what is trending."""

    def answer(asked: Asked) -> Reply:
        query = asked.query
        if (day := query.get("date")) and date.fromisoformat(day) > today:
            return Reply(b'{"error":"not yet"}', 400, "application/json")
        listed = [paper for paper in found if _is_listed(paper, query)]
        size, page = int(query.get("limit", "50")), int(query.get("p", "0"))
        items = [_daily_item(paper) for paper in listed[page * size : (page + 1) * size]]
        return Reply(json.dumps(items).encode(), content_type="application/json")

    return {"/api/daily_papers": answer}


def _is_listed(paper: Paper, query: Mapping[str, str]) -> bool:
    year, week, _ = paper.day.isocalendar()
    return (
        query.get("date") == paper.day.isoformat()
        or query.get("week") == f"{year}-W{week:02}"
        or query.get("month") == f"{paper.day:%Y-%m}"
        or query.get("sort") == "trending"
    )


def _daily_item(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "numComments": 1,
        "paper": {
            "id": paper.number,
            "title": paper.title,
            "summary": "Invented.",
            "publishedAt": f"{paper.day - timedelta(days=1)}T10:00:00.000Z",
            "submittedOnDailyAt": f"{paper.day}T08:00:00.000Z",
            "upvotes": 3,
            "authors": [{"name": name, "hidden": False} for name in paper.authors],
        },
    }


# arXiv ----------------------------------------------------------------------------------------------------------------

_WINDOW = re.compile(r"submittedDate:\[(\d{8})\d{4} TO (\d{8})\d{4}\]")


def arxiv(found: tuple[Paper, ...] = PAPERS, page: int = PAGE) -> dict[str, Route]:
    """Answer for days of submission, or ids; never more than a page at once."""

    def answer(asked: Asked) -> Reply:
        query = asked.query
        if named := query.get("id_list"):
            hits = [paper for paper in found if paper.number in named.split(",")]
        else:
            window = _WINDOW.search(query.get("search_query", ""))
            assert window, f"no days: {asked.target}"
            since, until = window.groups()
            hits = [paper for paper in found if since <= f"{paper.day:%Y%m%d}" <= until]
        start, most = int(query.get("start", "0")), min(page, int(query.get("max_results", "10")))
        return Reply(atom(hits[start : start + most], len(hits), start), content_type="application/atom+xml")

    return {"/api/query": answer}


def atom(entries: list[Paper], total: int, start: int = 0) -> bytes:
    """Write an answer of arXiv's API."""
    inside = "".join(
        f"<entry><id>http://arxiv.org/abs/{paper.number}v1</id><title>{escape(paper.title)}</title>"
        f"<updated>{paper.day}T10:00:00Z</updated><published>{paper.day}T10:00:00Z</published>"
        f"<summary>Invented.</summary>{''.join(f'<author><name>{name}</name></author>' for name in paper.authors)}"
        f'<arxiv:primary_category term="cs.DC"/><category term="cs.DC" scheme="http://arxiv.org/schemas/atom"/></entry>'
        for paper in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<id>https://arxiv.org/api/invented</id><title>arXiv Query</title><updated>2025-12-12T00:00:00Z</updated>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults><opensearch:startIndex>{start}"
        f"</opensearch:startIndex><opensearch:itemsPerPage>{len(entries)}</opensearch:itemsPerPage>{inside}</feed>"
    ).encode()


def announcement(day: date = DAYS[-1], found: tuple[Paper, ...] = PAPERS) -> dict[str, Route]:
    """Answer with what arXiv announced on a day."""
    written = f"{day:%a, %d %b %Y} 00:00:00 -0500"
    items = "".join(
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.number}</link>"
        f"<description>arXiv:{paper.number}v1 Announce Type: new \nAbstract: Invented.</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.number}v1</guid><category>cs.CL</category>'
        f"<pubDate>{written}</pubDate><arxiv:announce_type>new</arxiv:announce_type>"
        f"<dc:creator>{', '.join(paper.authors)}</dc:creator></item>"
        for paper in found
        if paper.day == day
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.CL updates on arXiv.org</title>'
        "<link>http://rss.arxiv.org/rss/cs.CL</link><description>Invented.</description>"
        f"<lastBuildDate>{written}</lastBuildDate><pubDate>{written}</pubDate>"
        f"<skipDays><day>Sunday</day><day>Saturday</day></skipDays>{items}</channel></rss>"
    )
    return {"/rss/cs.CL": Reply(body.encode(), content_type="application/rss+xml")}


def oai(found: tuple[Paper, ...] = PAPERS, page: int = PAGE) -> dict[str, Route]:
    """Answer by OAI-PMH, page by page."""

    def answer(asked: Asked) -> Reply:
        query = asked.query
        assert query["verb"] == "ListRecords"
        token = query.get("resumptionToken", "")
        if not token:
            assert (query["metadataPrefix"], query["set"]) == ("arXiv", "cs:cs:CL")
        since, _, start = (token or f"{query['from']}|0").partition("|")
        hits = [paper for paper in found if paper.day.isoformat() >= since]
        more = f"{since}|{int(start) + page}" if int(start) + page < len(hits) else ""
        return Reply(_oai_page(hits[int(start) : int(start) + page], more), content_type="text/xml")

    return {"/oai": answer}


def _oai_page(found: list[Paper], more: str) -> bytes:
    def author(name: str) -> str:
        given, _, family = name.partition(" ")
        return f"<author><keyname>{family}</keyname><forenames>{given}</forenames></author>"

    inside = "".join(
        f"<record><header><identifier>oai:arXiv.org:{paper.number}</identifier><datestamp>{paper.day}</datestamp>"
        f'<setSpec>cs:cs:CL</setSpec></header><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{paper.number}'
        f"</id><created>{paper.day}</created><authors>{''.join(map(author, paper.authors))}</authors>"
        f"<title>{escape(paper.title)}</title><categories>cs.CL</categories><abstract>Invented.</abstract></arXiv>"
        "</metadata></record>"
        for paper in found
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>'
        f"2025-12-12T00:00:00Z</responseDate><ListRecords>{inside}<resumptionToken>{more}</resumptionToken>"
        "</ListRecords></OAI-PMH>"
    ).encode()


# Journals -------------------------------------------------------------------------------------------------------------


def table_of_contents(found: tuple[Paper, ...] = PAPERS) -> dict[str, Route]:
    """Answer with a journal's feed."""
    items = "".join(
        f"<item><title>{escape(paper.title)}</title><link>https://journal.example/{paper.number}</link>"
        f"<pubDate>{paper.day:%a, %d %b %Y} 00:00:00 GMT</pubDate>"
        f"<prism:doi>{paper.doi}</prism:doi><dc:creator>{paper.authors[0]}</dc:creator></item>"
        for paper in found
    )
    body = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>Journal of Invention</title>'
        f"<link>https://journal.example/</link><description>Invented.</description>{items}</channel></rss>"
    )
    return {"/toc.xml": Reply(body.encode(), content_type="application/rss+xml")}


def bibliography(found: tuple[Paper, ...] = PAPERS) -> dict[str, Route]:
    """Answer with a file of BibTeX."""
    entries = "\n".join(
        f"@article{{invented{paper.number},\n  title = {{{paper.title.replace('&', chr(92) + '&')}}},\n"
        f"  author = {{{' and '.join(paper.authors)}}},\n  doi = {{{paper.doi}}},\n"
        f"  date = {{{paper.day}}},\n  journal = {{Journal of Invention}}\n}}"
        for paper in found
    )
    return {"/papers.bib": Reply(entries.encode(), content_type="application/x-bibtex")}


def pages(found: tuple[Paper, ...]) -> dict[str, Route]:
    """Answer with papers' own pages."""

    def page(paper: Paper) -> Reply:
        tags = {
            "citation_title": paper.title,
            "citation_doi": paper.doi,
            "citation_publication_date": f"{paper.day:%Y/%m/%d}",
        }
        written = [*tags.items(), *(("citation_author", name) for name in paper.authors)]
        head = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in written)
        body = f"<!doctype html><html><head><title>Invented</title>{head}</head><body>Invented.</body></html>"
        return Reply(body.encode(), content_type="text/html; charset=utf-8")

    return {f"/papers/{paper.number}": page(paper) for paper in found}


def works(found: tuple[Paper, ...]) -> dict[str, Route]:
    """Answer as Crossref does."""
    return {f"/works/{quote(paper.doi, safe='')}": _json({"message": _work(paper)}) for paper in found}


def _work(paper: Paper) -> dict[str, Any]:
    return {
        "DOI": paper.doi,
        "title": [paper.title],
        "author": [dict(zip(("given", "family"), name.split(), strict=True)) for name in paper.authors],
        "published": {"date-parts": [[paper.day.year, paper.day.month, paper.day.day]]},
    }


def data_sets(found: tuple[Paper, ...]) -> dict[str, Route]:
    """Answer as DataCite does."""
    return {f"/dois/{quote(paper.doi, safe='')}": _json({"data": {"attributes": _set(paper)}}) for paper in found}


def _set(paper: Paper) -> dict[str, Any]:
    return {
        "doi": paper.doi,
        "titles": [{"title": paper.title}],
        "creators": [{"name": name} for name in paper.authors],
        "dates": [{"date": paper.day.isoformat(), "dateType": "Issued"}],
    }


OTHER_DIGEST = "https://other.example.org/"


def digest(found: tuple[Paper, ...]) -> dict[str, Route]:
    """Answer as another digest does that picked these papers."""
    days = {str(paper.day): paper for paper in found}
    counts = [{"id": day, "papers": 1} for day in days]
    routes: dict[str, Route] = {
        "/api/index.json": _json({"version": 1, "title": "Another digest", "url": OTHER_DIGEST, "days": counts})
    }
    for day, paper in days.items():
        known = {"id": f"arxiv:{paper.number}", "address": paper.number, "title": paper.title}
        authors = [{"name": name, "author": name.lower().replace(" ", "-")} for name in paper.authors]
        picks = [{"date": day, "curator": "somebody", "note": "Their words."}]
        routes[f"/api/days/{day}.json"] = _json({"version": 1, "date": day, "picks": [known]})
        routes[f"/api/papers/{paper.number}.json"] = _json(
            {"version": 1, **known, "day": day, "authors": authors, "picks": picks}
        )
    return routes


def _json(value: object) -> Reply:
    return Reply(json.dumps(value).encode(), content_type="application/json")


def doi_of(paper: Paper) -> str:
    """Give the id of a paper that is known by its DOI."""
    return f"doi:{paper.doi}"


FEW = tuple(papers(DAYS[:3], a_day=1))
"""For sources that take a request for each paper."""

PLAYED: Mapping[str, Played] = {
    "huggingface": Played({"kind": "huggingface"}, huggingface(), days=DAYS[:3], expected=by_day(), requests=3),
    "huggingface by month": Played({"kind": "huggingface", "period": "month"}, huggingface(), expected=by_day()),
    "arxiv": Played({"kind": "arxiv", "categories": ["cs.DC"]}, arxiv(), expected=by_day(), requests=3),
    "arxiv by id": Played(
        {"kind": "arxiv", "papers": [paper.number for paper in PAPERS]}, arxiv(page=100), expected=by_day()
    ),
    "arxiv-rss": Played(
        {"kind": "arxiv-rss", "categories": ["cs.CL"]},
        announcement(),
        days=DAYS[-1:],
        expected={DAYS[-1]: by_day()[DAYS[-1]]},
    ),
    "feed": Played(
        {"kind": "feed"},
        table_of_contents(),
        address_key="url",
        address_path="/toc.xml",
        expected=by_day(kind=doi_of),
    ),
    "oai": Played({"kind": "oai", "categories": ["cs.CL"]}, oai(), expected=by_day(), requests=3),
    "bibtex": Played(
        {"kind": "bibtex"},
        bibliography(),
        address_key="url",
        address_path="/papers.bib",
        expected=by_day(kind=doi_of),
    ),
    "landing": Played(
        {"kind": "landing"},
        pages(FEW),
        address_key="pages",
        days=DAYS[:3],
        expected=by_day(FEW, doi_of),
        requests=3,
    ),
    "crossref": Played(
        {"kind": "crossref", "papers": [paper.doi for paper in FEW]},
        works(FEW),
        days=DAYS[:3],
        expected=by_day(FEW, doi_of),
        requests=3,
    ),
    "datacite": Played(
        {"kind": "datacite", "papers": [paper.doi for paper in FEW]},
        data_sets(FEW),
        days=DAYS[:3],
        expected=by_day(FEW, doi_of),
        requests=3,
    ),
    "digest": Played(
        {"kind": "digest", "url": OTHER_DIGEST},
        digest(FEW[:1]),
        days=DAYS[:1],
        expected=by_day(FEW[:1]),
        requests=3,
    ),
}
"""By a name that a test's id can be."""
