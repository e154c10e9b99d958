"""What the sources were recorded to say comes out of the network path field by field, against readings of its own.

The recordings are answered by a real server to the real client; one that nobody asks for fails its test. They are read
here a second time by other means (plain JSON, another XML parser), so that no mistake of a reader hides itself.
"""

import html
import json
import os
import re
import tarfile
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.dom import minidom

import pytest
from msgspec import structs

from generator.config import SourceSettings
from generator.ingest.answer import Asked
from generator.ingest.asking import Found, Window
from generator.ingest.client import Client
from generator.ingest.sources import SOURCES
from generator.model import DayState, Listing, Record
from tests.replay import Reply, Route, replaying

RECORDED = Path(os.environ.get("DIGEST_RECORDED") or Path(__file__).parents[1] / "../shared/data")
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded data: set DIGEST_RECORDED")
API, RSS = RECORDED / "arxiv_api", RECORDED / "arxiv_rss"
ATOM = "application/atom+xml; charset=utf-8"
TODAY = date(2026, 11, 1)


def asking(
    routes: Mapping[str, Route],
    days: Iterable[date],
    today: date = TODAY,
    said: Mapping[date, str] = {},
    **settings: Any,
) -> list[Found]:
    """Ask a source for days, over the network; every route has to be asked for."""
    wanted = frozenset(days)
    window = Window(since=min(wanted), until=max(wanted), today=today, open=wanted, said=said)
    with replaying(routes) as server, Client("test", own=[server.address]) as client:
        source = SourceSettings(name="recorded", base_url=server.address, **settings)
        ask = SOURCES[source.kind].ask
        assert ask is not None
        found = list(ask(source, window, client.fetch))
        assert len({asked.target for asked in server.log}) == len(server.log), "an address was asked twice"
    assert sorted(each.day for each in found) == sorted(wanted), "a day was told twice, or not at all"
    return found


def plain(text: str | None) -> str:
    """Write a text without what cleaning may change: space, invisible signs, forms of letters, leftover entities."""
    for _ in range(3):
        text = html.unescape(text or "")
    # UTF-8 that was taken for Latin 1 on its way to the source.
    text = re.sub("[\xc2-\xf4][\x80-\xbf]*[\x80-\x9f][\x80-\xbf]*", lambda wrong: repaired(wrong[0]), text or "")
    kept = (sign for sign in unicodedata.normalize("NFC", text or "") if unicodedata.category(sign) not in ("Cc", "Cf"))
    return "".join("".join(kept).split())


def repaired(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text


def web(written: str) -> str:
    """Write an address without space around it, its host in lower case, without the last slash of a bare host."""
    parts = urlsplit(written.strip())
    path = "" if parts.path == "/" and not parts.query else parts.path
    return parts._replace(netloc=parts.netloc.lower(), path=path).geturl()


def shown(record: Record) -> dict[str, Any]:
    """Write a record as the independent readings write theirs: what is empty is left out."""
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    fields |= {
        "title": plain(record.title),
        "abstract": plain(record.abstract),
        "comment": plain(record.comment),
        "journal_ref": plain(record.journal_ref),
        "summary": plain(record.summary),
        "organization": plain(record.organization),
        "keywords": [plain(word) for word in record.keywords],
        "authors": [(plain(each.name), plain(each.affiliation)) for each in record.authors],
        "categories": list(record.categories),
        "links": {kind: web(value) for kind, value in record.links.items()},
        "listed": [(each.source, each.date) for each in record.listed],
    }
    return {name: value for name, value in fields.items() if value}


# Hugging Face ---------------------------------------------------------------------------------------------------------

DAILY = RECORDED / "hf_daily" / "hf_daily_2024-05_2025-12.tar.xz"


def daily_item(item: dict[str, Any], day: date) -> dict[str, Any]:
    paper = item["paper"]
    organization = paper.get("organization") or {}
    links = {"code": paper.get("githubRepo"), "project": paper.get("projectPage")}
    fields = {
        "id": f"arxiv:{paper['id']}",
        "title": plain(paper["title"]),
        "abstract": plain(paper["summary"]),
        "authors": [(plain(each["name"]), "") for each in paper["authors"] if plain(each["name"])],
        "published": date.fromisoformat(paper["publishedAt"][:10]),
        "withdrawn": bool(paper.get("withdrawnAt")),
        "summary": plain(paper.get("ai_summary")),
        "keywords": list(dict.fromkeys(filter(None, map(plain, paper.get("ai_keywords") or ())))),
        "organization": plain(organization.get("fullname") or organization.get("name")),
        "links": {kind: web(value) for kind, value in links.items() if value and "\n" not in value.strip()},
        "listed": [("recorded", day)],
    }
    return {name: value for name, value in fields.items() if value}


def test_all_recorded_days_of_hugging_face_come_out_field_by_field() -> None:
    bodies: dict[date, bytes] = {}
    with tarfile.open(DAILY) as archive:
        for member in archive:
            if (file := archive.extractfile(member)) is not None:
                bodies[date.fromisoformat(Path(member.name).stem)] = file.read()
    routes = {
        f"/api/daily_papers?date={day}&limit=100": Reply(body, content_type="application/json")
        for day, body in bodies.items()
    }
    found = asking(routes, bodies, kind="huggingface")
    assert len(found) == 415
    damaged = 0
    for each in found:
        items = json.loads(bodies[each.day])
        if not isinstance(items, list) or any(isinstance(item, str) for item in items):
            damaged += 1
            assert (each.state, each.records) == (DayState.FAILED, ())
            assert f"/api/daily_papers?date={each.day}" in each.why
            continue
        assert each.state is DayState.SETTLED
        assert [shown(record) for record in each.records] == [daily_item(item, each.day) for item in items]
        counts = {
            f"arxiv:{item['paper']['id']}": (
                item["paper"].get("upvotes"),
                item.get("numComments"),
                item["paper"].get("githubStars"),
            )
            for item in items
        }
        assert {one.id: (one.upvotes, one.comments, one.stars) for one in each.measured} == counts
        assert {one.as_of for one in each.measured} <= {TODAY}
    assert damaged == 22, "one object with the day in it, 21 lists of texts"


# arXiv's API ----------------------------------------------------------------------------------------------------------

ANSWERS = sorted(path for path in API.glob("*/*.xml") if "Error</title>" not in path.read_text("utf-8"))
WITH_ENTRIES = [path for path in ANSWERS if "<entry>" in path.read_text("utf-8")]


def child(element: minidom.Element, name: str) -> minidom.Element | None:
    elements = (each for each in element.childNodes if isinstance(each, minidom.Element))
    return next((each for each in elements if each.tagName == name), None)


def words(element: minidom.Element | None) -> str:
    return "" if element is None else "".join(each.data for each in element.childNodes if each.nodeType in (3, 4))


def entry(element: minidom.Element) -> dict[str, Any]:
    """Read an entry of arXiv's Atom."""
    address = words(child(element, "id"))
    found = re.search(r"/abs/(?P<id>.+?)v(?P<version>[0-9]+)$", address)
    assert found is not None
    published, updated = (date.fromisoformat(words(child(element, tag))[:10]) for tag in ("published", "updated"))
    authors = []
    for author in element.getElementsByTagName("author"):
        places = [words(place).strip() for place in author.getElementsByTagName("arxiv:affiliation")]
        authors.append((plain(words(child(author, "name"))), plain(", ".join(places))))
    primary = child(element, "arxiv:primary_category")
    pdf = [
        each.getAttribute("href")
        for each in element.getElementsByTagName("link")
        if each.getAttribute("title") == "pdf"
    ]
    fields = {
        "id": f"arxiv:{found['id']}",
        "version": int(found["version"]),
        "title": plain(words(child(element, "title"))),
        "abstract": plain(words(child(element, "summary"))),
        "authors": authors,
        "published": published,
        "updated": updated,
        "comment": plain(words(child(element, "arxiv:comment"))),
        "journal_ref": plain(words(child(element, "arxiv:journal_ref"))),
        "doi": words(child(element, "arxiv:doi")).strip(),
        "primary_category": primary.getAttribute("term") if primary is not None else "",
        "categories": list(
            dict.fromkeys(each.getAttribute("term") for each in element.getElementsByTagName("category"))
        ),
        "links": {"pdf": pdf[0]} if pdf else {},
        "listed": [("recorded", published)],
    }
    return {name: value for name, value in fields.items() if value}


@pytest.mark.parametrize("path", WITH_ENTRIES, ids=lambda path: path.stem[:40])
def test_recorded_answers_of_arxiv_come_out_field_by_field(path: Path) -> None:
    # The answers were given to questions with other sizes of pages: here each is the only page there is.
    body = re.sub(rb"(totalResults[^>]*>)\d+", rb"\g<1>%d" % path.read_bytes().count(b"<entry>"), path.read_bytes())
    entries = [entry(each) for each in minidom.parseString(body).getElementsByTagName("entry")]
    days = {each["published"] for each in entries}
    found = asking({"/api/query": Reply(body, content_type=ATOM)}, [max(days)], kind="arxiv", query="all:testing")
    (one,) = found
    assert one.state is DayState.SETTLED
    assert sorted(map(repr, map(shown, one.records))) == sorted(map(repr, map(ordered, entries)))
    assert SOURCES["arxiv"].read(path.read_bytes(), Asked("recorded")).records == one.records


def ordered(fields: dict[str, Any]) -> dict[str, Any]:
    """Put fields in the order of a record's."""
    return {name: fields[name] for name in Record.__struct_fields__ if name in fields}


def test_pages_of_a_recorded_question_follow_each_other() -> None:
    folder = API / "2026_arxiv.py"
    pages = {start: (folder / f"q_testing_s{start}_m10_{rest}.xml").read_bytes() for start, rest in PAGES.items()}
    bodies = {start: body.replace(b">214881<", b">30<") for start, body in pages.items()}
    asked: list[str] = []

    def answer(request: Any) -> Reply:
        asked.append(request.query["start"])
        return Reply(bodies[int(request.query["start"])], content_type=ATOM)

    entries = [
        entry(each) for body in bodies.values() for each in minidom.parseString(body).getElementsByTagName("entry")
    ]
    days = {each["published"] for each in entries}
    (one,) = asking({"/api/query": answer}, [max(days)], kind="arxiv", query="all:testing")
    assert asked == ["0", "10", "20"]
    assert [shown(record) for record in one.records] == [ordered(each) for each in entries]


PAGES = {0: "bc5a6c384fe9", 10: "34e56e15aaac", 20: "348a237fecab"}


def test_recorded_papers_are_asked_for_by_id() -> None:
    folder = API / "2026_arxiv.py"
    recorded = {
        parse_qs(urlsplit(each["url"]).query)["id_list"][0]: folder / each["file"]
        for each in json.loads((folder / "index.json").read_text("utf-8"))
        if each["file"].startswith("id_")
        and each["status_code"] == 200
        and "," in each["url"] + ","
        and each["entries"]
    }
    for wanted, path in recorded.items():
        papers = tuple(f"arxiv:{number}" for number in wanted.split(",") if number != "0808.05394")
        route = {f"/api/query?id_list={','.join(each[6:] for each in papers)}&max_results={len(papers)}": path}
        replies = {key: Reply(file.read_bytes(), content_type=ATOM) for key, file in route.items()}
        (one,) = asking(replies, [TODAY], kind="arxiv", papers=papers)
        assert one.state is DayState.EMPTY or one.records
        expected = [entry(each) for each in minidom.parseString(path.read_bytes()).getElementsByTagName("entry")]
        assert [shown(record) for record in one.records] == [ordered(each) for each in expected]


def test_recorded_error_of_arxiv_fails_the_day_with_its_reason() -> None:
    body = (API / "2026_arxiv.py" / "id_abc_s0_m100_b79c8dcf6bc3.xml").read_bytes()
    (one,) = asking({"/api/query": Reply(body, 400, ATOM)}, [TODAY], kind="arxiv", query="id:abc")
    assert one.state is DayState.FAILED
    assert "incorrect id format for abc" in one.why
    assert "/api/query?search_query=" in one.why


def test_recorded_answer_without_papers_is_not_believed() -> None:
    body = (API / "2026_arxiv.py" / "id_0000.0000_s0_m100_8b51d9633a68.xml").read_bytes()
    (one,) = asking(
        {"/api/query": Reply(body, content_type=ATOM)}, [date(2026, 1, 5)], kind="arxiv", query="all:testing"
    )
    assert one.state is DayState.FAILED
    assert "0 papers" in one.why


# arXiv's announcements ------------------------------------------------------------------------------------------------


def item(element: minidom.Element, day: date) -> dict[str, Any]:
    """Read an item of arXiv's RSS."""
    announced = words(child(element, "arxiv:announce_type"))
    found = re.fullmatch(r"oai:arXiv\.org:(?P<id>.+)v(?P<version>\d+)", words(child(element, "guid")))
    assert found is not None
    names = re.sub(r" \([^()]*(\([^()]*\)[^()]*)*\)", "", words(child(element, "dc:creator"))).split(", ")
    fields = {
        "id": f"arxiv:{found['id']}",
        "version": int(found["version"]),
        "title": plain(words(child(element, "title"))),
        "abstract": plain(words(child(element, "description")).partition("Abstract: ")[2]),
        "authors": [plain(name) for name in names],
        "categories": [words(each) for each in element.getElementsByTagName("category")],
        "doi": words(child(element, "arxiv:DOI")),
        "journal_ref": plain(words(child(element, "arxiv:journal_reference"))),
        "listed": [] if announced.startswith("replace") else [("recorded", day)],
    }
    return {name: value for name, value in fields.items() if value}


@pytest.mark.parametrize(
    ("name", "day", "count"),
    [
        ("rss_cs.LG+cs.AI+cs.CL+stat.ML_2026-09-24_trimmed4.xml", date(2026, 9, 24), 4),
        ("reconstructed/rss_cs_2026-06-02_full_715.xml", date(2026, 6, 2), 715),
    ],
)
def test_recorded_announcements_come_out_field_by_field(name: str, day: date, count: int) -> None:
    body = (RSS / name).read_bytes()
    route = {"/rss/cs.LG+cs.AI": Reply(body, content_type="application/rss+xml")}
    before, one, after = asking(
        route, [day - timedelta(1), day, day + timedelta(1)], day, kind="arxiv-rss", categories=("cs.LG", "cs.AI")
    )
    items = minidom.parseString(body).getElementsByTagName("item")
    assert one.state is DayState.SETTLED
    assert len(items) == len(one.records) == count
    for record, element in zip(one.records, items, strict=True):
        fields = shown(record)
        fields["authors"] = [name for name, _ in fields["authors"]]
        assert fields == ordered(item(element, day))
    assert SOURCES["arxiv-rss"].read(body, Asked("recorded")).records == one.records
    assert (before.state, after.state) == (DayState.FAILED, DayState.NOT_YET)
    assert "holds only the announcement of" in before.why


@pytest.mark.parametrize("name", ["rss_cs.CL_weekend_empty.xml", "atom_cs.CL_weekend_empty.xml"])
def test_recorded_weekend_is_no_failure(name: str) -> None:
    saturday = date(2026, 9, 26)
    route = {"/rss/cs.CL": Reply((RSS / "reconstructed" / name).read_bytes(), content_type="application/xml")}
    (one,) = asking(route, [saturday], saturday, kind="arxiv-rss", categories=("cs.CL",))
    assert (one.state, one.records) == (DayState.EMPTY, ())


def test_empty_announcement_on_a_working_day_is_asked_for_again() -> None:
    thursday = date(2026, 9, 24)
    body = (RSS / "reconstructed" / "rss_cs.CL_weekend_empty.xml").read_bytes()
    moved = body.replace(b"Sat, 26 Sep", b"Thu, 24 Sep")
    route = {"/rss/cs.CL": Reply(moved, content_type="application/rss+xml")}
    (one,) = asking(route, [thursday], thursday, kind="arxiv-rss", categories=("cs.CL",))
    assert one.state is DayState.NOT_YET
    # The next announcement shows that it was a holiday.
    friday = thursday + timedelta(days=1)
    route = {"/rss/cs.CL": Reply(body.replace(b"Sat, 26 Sep", b"Fri, 25 Sep"), content_type="application/rss+xml")}
    before, after = asking(
        route, [thursday, friday], friday, said={thursday: one.why}, kind="arxiv-rss", categories=("cs.CL",)
    )
    assert (before.state, after.state) == (DayState.EMPTY, DayState.NOT_YET)


def test_recorded_announcement_that_breaks_off_is_no_day() -> None:
    day = date(2025, 8, 20)
    route = {"/rss/cs.AI": Reply((RSS / "atom_cs.AI_2025-08-20_trimmed.xml").read_bytes(), content_type=ATOM)}
    (one,) = asking(route, [day], day, kind="arxiv-rss", categories=("cs.AI",))
    assert (one.state, one.records) == (DayState.FAILED, ())
    assert "damaged XML at line" in one.why


def test_import_and_the_network_give_the_same_records_of_a_recorded_day() -> None:
    folder = RECORDED / "hf_daily" / "sample_days"
    bodies = {date.fromisoformat(path.stem): path.read_bytes() for path in sorted(folder.glob("*.json"))}
    routes = {
        f"/api/daily_papers?date={day}&limit=100": Reply(body, content_type="application/json")
        for day, body in bodies.items()
    }
    for each in asking(routes, bodies, kind="huggingface"):
        if each.state is DayState.FAILED:
            continue
        read = SOURCES["huggingface"].read(bodies[each.day], Asked("recorded", f"{each.day}.json"))
        assert read.records == tuple(structs.replace(record) for record in each.records)
        assert {Listing(date=each.day, source="recorded")} == {on for record in each.records for on in record.listed}
