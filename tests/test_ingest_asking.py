"""What is asked for which days, and what a source's silence means: against a real server, with invented papers."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from generator.config import SourceSettings
from generator.ingest.arxiv_search import search_query
from generator.ingest.asking import Found, Window
from generator.ingest.client import Client
from generator.ingest.sources import SOURCES
from generator.model import DayState
from tests.played_sources import Paper, arxiv, huggingface, oai
from tests.replay import Asked, Reply, Route, Server, replaying

MONDAY = date(2025, 12, 8)
TODAY = date(2025, 12, 31)
WEEK = [MONDAY + timedelta(days=after) for after in range(7)]


def ask(server: Server, days: Iterable[date], today: date = TODAY, **settings: Any) -> list[Found]:
    wanted = frozenset(days)
    window = Window(since=min(wanted), until=max(wanted), today=today, open=wanted)
    with Client("test", own=[server.address]) as client:
        settings = {"base_url": server.address, **settings}
        source = SourceSettings(name="a", **settings)
        function = SOURCES[source.kind].ask
        assert function is not None
        found = list(function(source, window, client.fetch))
    assert sorted(each.day for each in found) == sorted(wanted)
    return found


def asked_of(
    routes: Mapping[str, Route], days: Iterable[date], today: date = TODAY, **settings: Any
) -> tuple[list[Found], list[dict[str, str]]]:
    """Ask, and give what was found with the questions that it took."""
    with replaying(routes) as server:
        return ask(server, days, today, **settings), [asked.query for asked in server.log]


def states(found: list[Found]) -> dict[str, str]:
    return {f"{each.day:%a}": each.state.value for each in sorted(found, key=lambda each: each.day)}


def invented(day: date, count: int) -> tuple[Paper, ...]:
    return tuple(
        Paper(f"{day:%y%m}.{day.day:02}{number:03}", day, f"Invented {number}") for number in range(1, count + 1)
    )


# Hugging Face ---------------------------------------------------------------------------------------------------------


def test_huggingface_weekend_is_empty_and_a_working_day_without_papers_is_asked_for_again() -> None:
    papers = tuple(paper for day in WEEK[:4] for paper in invented(day, 1))
    found, _ = asked_of(huggingface(papers, TODAY), WEEK, WEEK[6] + timedelta(days=1), kind="huggingface")
    assert states(found) == {
        **dict.fromkeys(["Mon", "Tue", "Wed", "Thu"], "settled"), "Fri": "not yet", "Sat": "empty", "Sun": "empty"
    }  # fmt: skip
    found, _ = asked_of(huggingface(papers, TODAY), [WEEK[4]], kind="huggingface")
    assert states(found) == {"Fri": "empty"}


def test_huggingface_day_that_is_not_over_or_not_begun_stays_open() -> None:
    papers = (*invented(MONDAY, 2), *invented(WEEK[1], 2))
    found, _ = asked_of(huggingface(papers, today=MONDAY), WEEK[:2], MONDAY, kind="huggingface")
    assert states(found) == {"Mon": "not yet", "Tue": "not yet"}
    assert [len(each.records) for each in found] == [2, 0]
    assert "HTTP 400" in found[1].why


def test_huggingface_list_of_more_than_a_page_is_asked_for_whole() -> None:
    papers = invented(MONDAY, 230)
    found, asked = asked_of(huggingface(papers), [MONDAY], kind="huggingface")
    assert [query.get("p") for query in asked] == [None, "1", "2"]
    assert [record.title for record in found[0].records] == [paper.title for paper in papers]
    assert len(found[0].measured) == 230


def test_huggingface_page_that_repeats_ends_the_list() -> None:
    first = huggingface(invented(MONDAY, 100))["/api/daily_papers"]

    def answer(request: Asked) -> Reply:
        assert callable(first)
        return first(Asked("GET", "/api/daily_papers?date=2025-12-08&limit=100", {}, b"", 0.0))

    found, asked = asked_of({"/api/daily_papers": answer}, [MONDAY], kind="huggingface")
    assert (len(found[0].records), len(asked)) == (100, 2)


@pytest.mark.parametrize(("period", "lists"), [("week", ["2025-W50", "2025-W51"]), ("month", ["2025-12"])])
def test_huggingface_longer_lists_are_asked_for_once_and_dealt_out(period: str, lists: list[str]) -> None:
    days = [MONDAY, WEEK[1], MONDAY + timedelta(days=7)]
    papers = tuple(paper for day in days for paper in invented(day, 2))
    found, asked = asked_of(huggingface(papers), [MONDAY, days[2]], kind="huggingface", period=period)
    assert [query[period] for query in asked] == lists
    assert [{on.date for on in record.listed} for each in found for record in each.records] == [
        {MONDAY}, {MONDAY}, {days[2]}, {days[2]}
    ]  # fmt: skip


def test_huggingface_trending_is_asked_for_today_only() -> None:
    papers = (*invented(MONDAY, 1), *invented(WEEK[2], 1))
    found, asked = asked_of(huggingface(papers), WEEK[1:3], WEEK[2], kind="huggingface", period="trending")
    assert [query["sort"] for query in asked] == ["trending"]
    assert states(found) == {"Tue": "empty", "Wed": "settled"}
    assert len(found[1].records) == 2


def test_huggingface_that_is_busy_is_not_asked_for_the_other_days() -> None:
    with replaying(huggingface(), strict=False) as server:
        server.fail(lambda wire, good: wire.reply(Reply(b"no", 403)), at=2)
        found = ask(server, WEEK[:5], kind="huggingface")
        assert len(server.log) == 2
    assert [each.state for each in found] == [DayState.EMPTY, *[DayState.FAILED] * 4]
    assert all("HTTP 403" in each.why and "date=2025-12-09" in each.why for each in found[1:])


# arXiv ----------------------------------------------------------------------------------------------------------------

SYSTEMS: dict[str, Any] = {"kind": "arxiv", "categories": ("cs.DC", "cs.OS"), "keywords": ('the "KV" cache',)}


def test_arxiv_is_asked_for_phrases_in_quotes_within_categories() -> None:
    settings = SourceSettings(name="a", **SYSTEMS, query="au:esimerkki ANDNOT ti:bees")
    assert search_query(settings, MONDAY, WEEK[1]) == (
        '(cat:cs.DC OR cat:cs.OS) AND (ti:"the KV cache" OR abs:"the KV cache") AND (au:esimerkki ANDNOT ti:bees)'
        " AND submittedDate:[202512080000 TO 202512092359]"
    )


def test_arxiv_days_are_asked_for_together_and_given_apart() -> None:
    papers = tuple(paper for day in WEEK[:3] for paper in invented(day, 3))
    found, asked = asked_of(arxiv(papers, page=4), [*WEEK[:3], WEEK[5]], **SYSTEMS)
    assert [query["start"] for query in asked] == ["0", "4", "8"]
    assert states(found) == {"Mon": "settled", "Tue": "settled", "Wed": "settled", "Sat": "empty"}
    assert [[on.date for on in record.listed] for each in found for record in each.records] == [
        [day] for day in WEEK[:3] for _ in range(3)
    ]


def test_arxiv_day_is_settled_when_its_last_papers_are_announced() -> None:
    found, _ = asked_of(arxiv(tuple(paper for day in WEEK for paper in invented(day, 1))), WEEK, WEEK[6], **SYSTEMS)
    assert list(states(found).values()) == ["settled"] * 2 + ["not yet"] * 5
    assert [len(each.records) for each in found] == [1] * 7


def test_arxiv_days_that_lie_far_apart_are_asked_for_apart() -> None:
    days = [date(2025, 6, 2), date(2025, 6, 3), date(2025, 9, 1)]
    papers = tuple(paper for day in days for paper in invented(day, 1))
    _, asked = asked_of(arxiv(papers), days, **SYSTEMS)
    assert [query["search_query"].partition("Date:[")[2][:8] for query in asked] == ["20250602", "20250901"]


def test_arxiv_question_with_too_many_papers_is_cut_in_halves() -> None:
    papers = tuple(paper for day in WEEK[:4] for paper in invented(day, 2))
    small = arxiv(papers, page=10)["/api/query"]

    def answer(asked: Asked) -> Reply:
        assert callable(small)
        reply = small(asked)
        whole = "202512080000 TO 202512112359" in asked.query["search_query"]
        return Reply(reply.body.replace(b">8<", b">30001<") if whole else reply.body, content_type=reply.content_type)

    found, asked = asked_of({"/api/query": answer}, WEEK[:4], **SYSTEMS)
    assert [query["search_query"].rpartition("[")[2] for query in asked] == [
        "202512080000 TO 202512112359]", "202512080000 TO 202512092359]", "202512100000 TO 202512112359]"
    ]  # fmt: skip
    assert [len(each.records) for each in found] == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda body: body[: body.index(b"<entry>")] + b"</feed>", "an empty page, 4 of 9 papers in"),
        (lambda body: body.replace(b">9<", b">0<"), "it counts 0 papers"),
        (lambda body: body.replace(b"totalResults", b"other"), "it does not say how many papers there are"),
        (lambda body: b"Rate exceeded.", "Rate exceeded"),
        (lambda body: body[:-20], "damaged XML"),
    ],
)
def test_arxiv_page_that_is_none_leaves_its_days_open_and_the_ones_before_settled(
    spoil: Callable[[bytes], bytes], why: str
) -> None:
    good = arxiv(tuple(paper for day in WEEK[:3] for paper in invented(day, 3)), page=4)["/api/query"]

    def answer(asked: Asked) -> Reply:
        assert callable(good)
        reply = good(asked)
        spoilt = asked.query["start"] == "4"
        return Reply(spoil(reply.body) if spoilt else reply.body, content_type=reply.content_type)

    with replaying({"/api/query": answer}) as server:
        found = ask(server, WEEK[:3], **SYSTEMS)
    assert states(found) == {"Mon": "settled", "Tue": "failed", "Wed": "failed"}
    assert all(why in each.why and f"{server.address}/api/query?" in each.why for each in found[1:])
    assert [len(each.records) for each in found] == [3, 0, 0]


def test_arxiv_page_that_repeats_is_no_answer() -> None:
    good = arxiv(invented(MONDAY, 9), page=4)["/api/query"]

    def answer(asked: Asked) -> Reply:
        assert callable(good)
        return good(Asked("GET", asked.target.replace("start=4", "start=0"), {}, b"", 0.0))

    found, asked = asked_of({"/api/query": answer}, [MONDAY], **SYSTEMS)
    assert (states(found), len(asked)) == ({"Mon": "failed"}, 2)
    assert "the same page again, 4 of 9 papers in" in found[0].why


def test_arxiv_papers_are_asked_for_by_id_a_hundred_at_a_time() -> None:
    papers = (*invented(MONDAY, 120), *invented(WEEK[1], 3))
    wanted = tuple(f"arxiv:{paper.number}" for paper in papers)
    found, asked = asked_of(
        arxiv(papers, page=200), [MONDAY, WEEK[2]], kind="arxiv", papers=(*wanted, "arxiv:2512.09999")
    )
    assert [query["id_list"].count(",") + 1 for query in asked] == [100, 24]
    assert [len(each.records) for each in found] == [120, 3]
    assert found[1].problems == ("arXiv knows no arxiv:2512.09999",)


# The others -----------------------------------------------------------------------------------------------------------


def test_oai_gives_the_papers_of_the_open_days_whenever_they_changed_last() -> None:
    papers = tuple(paper for day in [*WEEK[:3], date(2025, 12, 20)] for paper in invented(day, 3))
    found, asked = asked_of(oai(papers, page=5), [MONDAY, WEEK[2], WEEK[5]], kind="oai", categories=("cs.CL",))
    assert [query.get("from") for query in asked] == ["2025-12-08", None, None]
    assert states(found) == {"Mon": "settled", "Wed": "settled", "Sat": "empty"}
    assert [len(each.records) for each in found] == [3, 3, 0]


def test_oai_without_matching_records_is_an_answer() -> None:
    body = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noRecordsMatch">none</error></OAI-PMH>'
    found, _ = asked_of({"/oai": Reply(body, content_type="text/xml")}, WEEK[5:], kind="oai", categories=("cs.CL",))
    assert states(found) == {"Sat": "empty", "Sun": "empty"}


def test_oai_token_that_died_leaves_every_day_open() -> None:
    first = oai(invented(MONDAY, 9), page=5)["/oai"]
    dead = (
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badResumptionToken">old</error></OAI-PMH>'
    )

    def answer(asked: Asked) -> Reply:
        assert callable(first)
        return Reply(dead, content_type="text/xml") if "resumptionToken" in asked.query else first(asked)

    found, _ = asked_of({"/oai": answer}, [MONDAY], kind="oai", categories=("cs.CL",))
    assert found[0].state is DayState.FAILED
    assert "badResumptionToken: old" in found[0].why


def test_a_works_absence_is_told_and_the_others_are_taken() -> None:
    work = {"DOI": "10.5555/a", "title": ["A"], "issued": {"date-parts": [[2025, 12, 8]]}}
    routes = {
        "/works/10.5555%2Fa": Reply(json.dumps({"message": work}).encode(), content_type="application/json"),
        "/works/10.5555%2Fb": Reply(b"Resource not found.", 404, "text/plain"),
    }
    found, _ = asked_of(routes, [MONDAY], kind="crossref", papers=("doi:10.5555/b", "doi:10.5555/a"))
    assert [record.id for record in found[0].records] == ["doi:10.5555/a"]
    assert "HTTP 404" in found[0].problems[0]


def test_feed_keeps_a_day_open_for_a_week() -> None:
    inside = "<title>T</title><link>https://journal.example/1</link><pubDate>Mon, 08 Dec 2025 10:00:00 GMT</pubDate>"
    body = f'<rss version="2.0"><channel><title>t</title><item>{inside}</item></channel></rss>'.encode()
    routes = {"/toc.xml": Reply(body, content_type="application/rss+xml")}
    with replaying(routes) as server:
        url = f"{server.address}/toc.xml"
        found = ask(server, WEEK, WEEK[6] + timedelta(days=2), kind="feed", url=url)
    assert list(states(found).values()) == ["settled", "empty", *["not yet"] * 5]
    assert [len(each.records) for each in found] == [1, 0, 0, 0, 0, 0, 0]


def test_feed_without_any_entry_settles_nothing() -> None:
    body = b'<rss version="2.0"><channel><title>t</title></channel></rss>'
    with replaying({"/toc.xml": Reply(body, content_type="application/rss+xml")}) as server:
        found = ask(server, [MONDAY], kind="feed", url=f"{server.address}/toc.xml")
    assert (found[0].state, found[0].why) == (DayState.NOT_YET, "it shows no papers at all")
