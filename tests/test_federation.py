"""Digests that take from each other: what travels, what does not, and that it comes to rest."""

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.catalog.catalog import assemble
from generator.catalog.content import load
from generator.catalog.elsewhere import newest_picks
from generator.catalog.ranking import facts, score
from generator.cli import main
from generator.config import RankingSettings, SourceSettings, read_config
from generator.ingest import digests, feeds
from generator.ingest.answer import Asked, UnreadableError
from generator.ingest.asking import Found, Window
from generator.ingest.client import Client
from generator.ingest.merging import merge
from generator.model import Author, DayState, Listing, Paper, PickElsewhere, Record
from generator.records import read_records
from generator.site.build import build
from tests.built_site import tree_hash
from tests.digest_folder import record, write_digest, write_yaml
from tests.hostile import PAYLOADS, payload
from tests.loopback import serving
from tests.replay import Reply, Route, replaying

MONDAY, TUESDAY = "2025-12-08", "2025-12-09"
TODAY = "2025-12-10"
A, B, C = (f"https://{name}.example.org/digest/" for name in "abc")
ONE, TWO, THREE, FOUR = (f"arxiv:2512.0000{number}" for number in (1, 2, 3, 4))
NOTE = "Words that belong to whoever wrote them."


class Pair:
    """Two digests of one week that are built, served on loopback, and take from each other."""

    def __init__(self, folder: Path) -> None:
        self.roots = {name: folder / name for name in "ab"}
        self.sites = {name: folder / f"site-{name}" for name in "ab"}
        self.write(folder)

    def write(self, folder: Path) -> None:
        """Both list the first paper; one is only the first digest's, two are only the second's."""
        both = record(ONE, "Sharing $K_8$ caches", MONDAY, abstract="Of the first paper.", authors=[{"name": "Ada"}])
        own = record(TWO, "Pruning caches", MONDAY, abstract="Of the second paper.", keywords=["pruning"], version=2)
        others = [record(THREE, "Moving caches", TUESDAY), record(FOUR, "Mending caches", TUESDAY)]
        picks = {"curator": "editors of a", "picks": [{"id": ONE, "note": NOTE}, {"id": TWO, "highlight": True}]}
        wrong = {"id": ONE, "field": "title", "value": "Another title", "why": "a slip", "by": "editors of b"}
        write_digest(self.roots["a"], [both, own], config={"title": "Digest <A>", "url": A}, digests={MONDAY: picks})
        write_digest(
            self.roots["b"],
            [both, *others],
            config={"title": "Digest B", "url": B},
            digests={MONDAY: {"picks": [{"id": ONE}]}, TUESDAY: {"picks": [{"id": THREE}], "passed": []}},
            corrections=[wrong],
        )

    def federate(self, addresses: Mapping[str, str], **more: Any) -> None:
        """Let each take from the other."""
        for name, other, url in (("a", "b", B), ("b", "a", A)):
            source = {"name": f"digest {other}", "kind": "digest", "url": url, "base_url": addresses[other], **more}
            titles = {"a": "Digest <A>", "b": "Digest B"}
            own = {"title": titles[name], "url": {"a": A, "b": B}[name], "sources": [source]}
            write_yaml(self.roots[name] / "site_config.yml", own)

    def build(self) -> None:
        for name, root in self.roots.items():
            build(root, self.sites[name], jobs=1)

    def ingest(self, today: str = TODAY) -> list[str]:
        """Let each take from the other's site as it stands; return what was said."""
        said = []
        for root in self.roots.values():
            done = CliRunner().invoke(main, ["ingest", "--root", str(root), "--today", today])
            # A run that takes its time tells on stderr how far it is.
            assert (done.exit_code, "fail" in done.stderr, "left out" in done.stderr) == (0, False, False), done.stderr
            said.append(done.stdout)
        return said

    def everything(self) -> dict[str, dict[str, str]]:
        """Return a hash of every file of contents and sites."""
        folders = {name: root / "content" for name, root in self.roots.items()}
        return {str(folder): tree_hash(folder) for folder in (*folders.values(), *self.sites.values())}


@pytest.fixture(scope="module", params=["picks", "all"])
def rounds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Pair, Any]]:
    """What is taken, the pair after three rounds of building and taking, and all files after each round."""
    pair = Pair(tmp_path_factory.mktemp(request.param))
    pair.build()
    with serving(pair.sites["a"]) as a, serving(pair.sites["b"]) as b:
        pair.federate({"a": a, "b": b}, take=request.param)
        after = []
        for _ in range(3):
            pair.ingest()
            pair.build()
            after.append(pair.everything())
        yield request.param, pair, after


def _records(pair: Pair, name: str) -> Mapping[str, Record]:
    return read_records(pair.roots[name]).records


def test_two_digests_that_take_from_each_other_come_to_rest(rounds: tuple[str, Pair, Any]) -> None:
    _, pair, after = rounds
    assert after[2] == after[1]
    # Settled days, another day: still the same pages.
    pair.ingest("2026-01-31")
    pair.build()
    rested = {folder: files for folder, files in pair.everything().items() if "/content" not in folder}
    pair.ingest("2026-01-31")
    pair.build()
    assert {folder: files for folder, files in pair.everything().items() if "/content" not in folder} == rested


def test_what_is_picked_travels_and_what_is_only_listed_does_where_it_is_wanted(
    rounds: tuple[str, Pair, Any],
) -> None:
    taken, pair, _ = rounds
    a, b = _records(pair, "a"), _records(pair, "b")
    assert set(a) == {ONE, TWO, THREE} | ({FOUR} if taken == "all" else set())
    assert set(b) == {ONE, TWO, THREE, FOUR}
    assert a[THREE].listed == (Listing(date=date(2025, 12, 9), source="digest b", digest=B),)
    assert a[THREE].picked == (
        PickElsewhere(date=date(2025, 12, 9), digest=B, title="Digest B", page=f"{B}papers/2512.00003/"),
    )
    assert b[TWO].keywords == ("pruning",)
    assert b[TWO].version == 2
    # What one has from the other alone does not come back to it.
    assert {listing.source for listing in a[TWO].listed} == {"huggingface"}
    assert a[TWO].picked == b[THREE].picked == b[FOUR].picked == ()
    assert {pick.digest for pick in b[TWO].picked} == {A}


def test_another_digest_corrects_and_says_nothing_of_ours(rounds: tuple[str, Pair, Any]) -> None:
    _, pair, _ = rounds
    a, b = _records(pair, "a"), _records(pair, "b")
    assert a[ONE].title == b[ONE].title == "Sharing $K_8$ caches"
    assert NOTE not in "".join(path.read_text("utf-8") for path in (pair.roots["b"] / "content").rglob("*.jsonl"))
    assert not (pair.roots["b"] / "content/metrics").exists()
    whole = [path for path in pair.sites["b"].rglob("*") if path.suffix in (".html", ".json", ".xml")]
    assert whole
    assert not [path for path in whole if NOTE in path.read_text("utf-8")]


def test_page_card_and_data_name_the_other_digest_and_never_the_own(rounds: tuple[str, Pair, Any]) -> None:
    _, pair, _ = rounds

    def shown(name: str, page: str) -> list[tuple[str, str]]:
        soup = BeautifulSoup((pair.sites[name] / page).read_text("utf-8"), "html.parser")
        found = [one for one in soup.find_all("a") if "example.org/digest/papers" in str(one.get("href"))]
        return [(one.text, str(one["href"])) for one in found]

    there = f"{A}papers/2512.00001/"
    assert shown("b", "papers/2512.00001/index.html") == [("Digest <A>", there)]
    assert ("also picked by Digest <A>", there) in shown("b", f"days/{MONDAY}/index.html")
    # A paper that it did not pick itself.
    assert ("picked by Digest <A>", f"{A}papers/2512.00002/") in shown("b", f"days/{MONDAY}/index.html")
    assert shown("a", "papers/2512.00001/index.html") == [("Digest B", f"{B}papers/2512.00001/")]
    assert shown("a", "papers/2512.00002/index.html") == []
    paper = json.loads((pair.sites["b"] / "api/papers/2512.00002.json").read_text("utf-8"))
    assert paper["picked_elsewhere"] == [
        {"date": MONDAY, "digest": A, "title": "Digest <A>", "page": f"{A}papers/2512.00002/"}
    ]
    assert paper["listed"] == [{"date": MONDAY, "source": "digest a", "digest": A}]
    assert "picks" not in paper


# A digest's feeds -----------------------------------------------------------------------------------------------------

HARD = "Predicting <mask> when a<b & <b>c</b> is &amp;lt;"
SHOWN = "Predicting <mask> when a<b & c is <"
SICI = "doi:10.1234/(sici)1097(19980815)17:15<1661::aid%3c>3.0.co;2-2#x"
QUOTED = f"> One quote\n>\n> > {NOTE}\n\nAnd *more* of [the note](https://example.org/note)."


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built digest whose feeds are hard to read."""
    folder = tmp_path_factory.mktemp("told")
    hard = record(ONE, HARD, MONDAY, authors=[{"name": "Lee, Ada"}, {"name": "Bo"}], abstract="First.\n\nIf a<b.")
    plain = record(SICI, "No abstract", TUESDAY, authors=[{"name": "Ada, Bo; Cai"}], withdrawn=True)
    page = record("url:example.org/a/b?c=d", "By its page", TUESDAY, abstract="Links: none.")
    root = write_digest(
        folder / "root",
        [{**hard, "categories": ["cs.DC", "math-ph"], "links": {"code": "https://example.org/code"}}, plain, page],
        config={"title": "Digest B", "url": B},
        digests={MONDAY: {"curator": "editors", "picks": [{"id": ONE, "note": QUOTED, "topics": ["caching"]}]}},
        topics=[{"id": "caching", "name": "Caching of-things"}],
    )
    build(root, folder / "site", jobs=1)
    return folder / "site"


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml", "feed.json"])
def test_feed_of_a_digest_gives_its_papers_and_no_word_of_its_curators(told: Path, name: str) -> None:
    answer = feeds.read((told / name).read_bytes(), Asked("b", name))
    assert answer.problems == ()
    found = {record.id: record for record in answer.records}
    assert found.keys() == {ONE, SICI, "url:example.org/a/b?c=d"}
    hard = found[ONE]
    assert (hard.title, hard.abstract) == (SHOWN, "First. If a<b.")
    assert hard.authors == (Author(name="Lee, Ada"), Author(name="Bo"))
    assert hard.categories == ("cs.DC", "math-ph")
    assert hard.listed == (Listing(date=DAY, source="b", digest=B),)
    assert (hard.published, hard.links, hard.picked) == (None, {}, ())
    plain = found[SICI]
    assert (plain.abstract, plain.withdrawn, plain.authors) == (None, True, (Author(name="Ada, Bo; Cai"),))
    assert found["url:example.org/a/b?c=d"].abstract == "Links: none."


@pytest.mark.parametrize("name", ["days/feed.xml", "days/atom.xml", "days/feed.json"])
def test_feed_of_days_says_which_feed_to_take(told: Path, name: str) -> None:
    answer = feeds.read((told / name).read_bytes(), Asked("b", name))
    assert answer.records == ()
    assert "a day or a week of a digest; give the address of its feed of papers" in answer.problems[0]


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml", "feed.json"])
def test_feed_of_a_digest_is_a_source_like_any_feed(told: Path, tmp_path: Path, name: str) -> None:
    with serving(told) as address:
        source = {"name": "b", "kind": "feed", "url": f"{address}{name}"}
        root = write_digest(tmp_path, [record(ONE, "As our source says", MONDAY)], config={"sources": [source]})
        for files in ("3 files written", "nothing written"):
            done = CliRunner().invoke(main, ["ingest", "--root", str(root), "--today", TODAY])
            assert (done.exit_code, "left out" in done.stderr) == (0, False), done.stderr
            assert files in done.stdout
    records = read_records(root).records
    assert len(records) == 3
    assert records[ONE].title == "As our source says"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": 7}', "no JSON Feed"),
        (b'{"version": "2", "items": []}', "no JSON Feed, but '2'"),
        (b'{"version": ' + b"[" * 100_000, "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [' + b" " * 10_000_000, "more than 10,000,000 bytes"),
    ],
)
def test_what_is_no_json_feed_is_taken_as_none(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        feeds.read(data, Asked("b", "feed.json"))


def test_json_feed_of_anybody_gives_papers_by_what_they_are_about() -> None:
    item = {
        "id": "https://blog.example/7",
        "url": "https://blog.example/7",
        "external_url": "https://arxiv.org/abs/2512.00001v2",
        "title": "About it",
        "content_html": "<p>A <b>short</b> word.</p>",
        "date_published": "2025-12-08T10:00:00+01:00",
        "authors": [{"name": "Ada"}, {"url": "https://example.org/"}],
        "tags": ["cs.DC", 7],
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item, {"id": 7, "title": "Nothing"}]}
    answer = feeds.read(json.dumps(feed).encode(), Asked("blog", "feed.json"))
    (found,) = answer.records
    assert (found.id, found.title, found.version) == (ONE, "About it", 2)
    assert found.authors == (Author(name="Ada"),)
    assert found.listed == (Listing(date=DAY, source="blog"),)
    assert answer.problems == ("entry 2: no address, DOI or arXiv id; the entry was left out",)


# Asking ---------------------------------------------------------------------------------------------------------------

DAY = date(2025, 12, 8)


def _json(value: Any) -> Reply:
    return Reply(json.dumps(value).encode(), content_type="application/json")


def _paper(paper: str = ONE, **more: Any) -> dict[str, Any]:
    return {"version": 1, "id": paper, "title": "T", "picks": [{"date": "2025-12-08"}], **more}


def _site(papers: Mapping[str, Any], url: str = B, **day: Any) -> dict[str, Route]:
    """Play a digest of one day on which it picked these papers: address -> what the API says of it."""
    entries = [{"id": paper.get("id", ONE), "address": address} for address, paper in papers.items()]
    routes: dict[str, Route] = {
        "/api/index.json": _json({"version": 1, "title": "B", "url": url, "days": [{"id": "2025-12-08", "papers": 1}]}),
        "/api/days/2025-12-08.json": _json({"version": 1, "picks": entries, **day}),
    }
    return routes | {f"/api/papers/{address}.json": _json(paper) for address, paper in papers.items()}


def _ask(
    routes: Mapping[str, Route], today: date = date(2025, 12, 31), days: tuple[date, ...] = (DAY,), **more: Any
) -> list[Found]:
    window = Window(since=min(days), until=max(days), today=today, open=frozenset(days))
    with replaying(routes, strict=False) as server, Client("test", own=[server.address]) as client:
        settings = SourceSettings(name="b", kind="digest", url=B, base_url=server.address, **more)
        return list(digests.ask(settings, window, client.fetch))


def test_day_is_settled_after_a_week_and_one_without_a_pick_is_empty() -> None:
    late = date(2025, 12, 20)
    found = _ask(_site({"2512.00001": _paper()}), days=(DAY, late), today=date(2025, 12, 31))
    assert [(one.day, one.state) for one in found] == [(DAY, DayState.SETTLED), (late, DayState.EMPTY)]
    (early,) = _ask(_site({"2512.00001": _paper()}), today=date(2025, 12, 9))
    assert (early.state, early.why, len(early.records)) == (DayState.NOT_YET, "it may still add to this day", 1)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (A, f"the digest there says that it is '{A}'; give that as its 'url'"),
        (B.rstrip("/"), ""),
        (B.replace("https://b", "HTTPS://B"), ""),
    ],
)
def test_digest_is_who_the_configuration_says_or_nothing_is_taken(url: str, said: str) -> None:
    (found,) = _ask(_site({"2512.00001": _paper()}, url=url))
    assert (found.state is DayState.FAILED) == bool(said)
    assert found.why.startswith(said)


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        ({"/api/index.json": Reply(b"<html>", content_type="text/html")}, "where 'application/json' was asked for"),
        ({"/api/index.json": Reply(b"{", content_type="application/json")}, "no document of a digest's API"),
        ({"/api/index.json": _json({"version": 9, "title": "B", "url": B})}, "version 9 of the API"),
        ({}, "HTTP 404"),
        (_site({"2512.00001": _paper()}, picks=[{"id": ONE, "address": "1"}] * 1001), "1,001 papers on a day"),
        (_site({"2512.00001": _paper()}, version=2), "version 2 of the API"),
        (_site({"2512.00001": _paper()}, picks=[{"id": ONE, "address": "gone"}]), "HTTP 404"),
    ],
)
def test_digest_that_cannot_be_understood_leaves_the_day_open(routes: Mapping[str, Route], why: str) -> None:
    (found,) = _ask(routes)
    assert found.state is DayState.FAILED
    assert why in found.why
    assert found.records == ()


@pytest.mark.parametrize(
    ("address", "paper", "why"),
    [
        ("2512.00001", {"title": ""}, "title: empty"),
        ("2512.00001", {"published": "0001-01-01"}, "published: 0001-01-01 is outside"),
        ("2512.00001", {"title": 7}, "no document of a digest's API"),
        ("..%2f..%2fsecret", {}, "is no paper's address"),
        ("../../../etc/passwd", {}, "is no paper's address"),
        ("a" * 300, {}, "is no paper's address"),
    ],
)
def test_paper_that_cannot_be_used_is_left_out_and_the_others_come(
    address: str, paper: dict[str, Any], why: str
) -> None:
    (found,) = _ask(_site({address: _paper(**paper), "2512.00002": _paper(TWO)}))
    assert [record.id for record in found.records] == [TWO]
    assert why in found.problems[0]
    assert found.state is DayState.SETTLED


def test_paper_of_another_id_than_promised_is_left_out() -> None:
    routes = _site({"2512.00001": _paper(TWO)})
    entry = {"id": ONE, "address": "2512.00001"}
    (found,) = _ask({**routes, "/api/days/2025-12-08.json": _json({"version": 1, "picks": [entry]})})
    assert found.records == ()
    assert "'arxiv:2512.00002' where 'arxiv:2512.00001' should be" in found.problems[0]


@settings(deadline=None)
@given(st.integers(0, len(PAYLOADS) - 1))
def test_no_word_of_another_digest_is_more_than_text(number: int) -> None:
    hostile = payload(number, "q")[:500] or "x"
    data = json.dumps(_paper(title=hostile, comment=hostile, authors=[{"name": hostile}], links={"code": hostile}))
    try:
        (found,) = digests.read(data.encode(), Asked("b", "2025-12.jsonl")).records
    except UnreadableError:
        return
    assert "\n" not in found.title + (found.comment or "")
    assert all(link.startswith(("http://", "https://")) for link in found.links.values())


def test_files_of_the_api_can_be_imported_packed_or_not() -> None:
    lines = json.dumps(_paper()).encode() + b"\n" + json.dumps(_paper(TWO)).encode() + b"\n"
    for data in (lines, gzip.compress(lines)):
        first, second = digests.read(data, Asked("b", "2025-12.jsonl")).records
        assert (first.id, second.id, first.picked) == (ONE, TWO, ())
        assert first.listed == (Listing(date=DAY, source="b"),)
    for broken in (gzip.compress(lines)[:-9], b"\x1f\x8bnothing", b"[]"):
        with pytest.raises(UnreadableError):
            digests.read(broken, Asked("b", ""))


# What is known of a paper ---------------------------------------------------------------------------------------------


def _said(digest: str, day: int, title: str = "T") -> PickElsewhere:
    return PickElsewhere(date=date(2025, 12, day), digest=digest, title=title, page=f"{digest}papers/1/")


PICKS = st.builds(_said, st.sampled_from([A, B, C]), st.integers(1, 28), st.sampled_from(["T", "U"]))


@settings(deadline=None)
@given(st.lists(PICKS), st.lists(PICKS))
def test_picks_unite_the_same_in_any_order_and_once_a_digest(
    some: list[PickElsewhere], more: list[PickElsewhere]
) -> None:
    united = newest_picks(some, more)
    assert united == newest_picks(reversed(more), reversed(some)) == newest_picks(united, some)
    assert [pick.digest for pick in united] == sorted({pick.digest for pick in [*some, *more]})


def test_another_digest_only_adds_what_no_other_source_knew() -> None:
    of_source = Record(id=ONE, title="As it is", authors=(Author(name="Ada"),), listed=(Listing(date=DAY, source="x"),))
    told = Record(
        id=ONE,
        title="As they have it",
        authors=(Author(name="A."),),
        abstract="Known there.",
        version=7,
        listed=(Listing(date=DAY, source="b", digest=B),),
        picked=(_said(B, 8),),
    )
    for merged in (merge(of_source, told), merge(told, of_source)):
        assert (merged.title, merged.authors, merged.abstract) == ("As it is", (Author(name="Ada"),), "Known there.")
        assert merged.picked == told.picked
        assert len(merged.listed) == 2
    # Of what only digests tell, the newest answer counts.
    again = merge(told, Record(id=ONE, title="Set right", version=7, listed=told.listed))
    assert (again.title, again.picked) == ("Set right", told.picked)


def test_paper_lists_all_digests_under_their_newest_names_and_never_this_one(tmp_path: Path) -> None:
    def picked(digest: str, day: str, title: str) -> dict[str, str]:
        return {"date": day, "digest": digest, "title": title, "page": f"{digest}papers/1/"}

    own = picked("https://EXAMPLE.org/digest", MONDAY, "Ourselves")
    root = write_digest(
        tmp_path,
        [
            record(ONE, "First", MONDAY, picked=[picked(A, TUESDAY, "A"), picked(B, MONDAY, "B, once"), own]),
            record(TWO, "Second", MONDAY, picked=[picked(B, TUESDAY, "B, now")]),
        ],
    )
    catalog = assemble(load(root))
    found = catalog.papers[ONE].picked_elsewhere
    assert [(pick.digest, pick.title) for pick in found] == [(B, "B, now"), (A, "A")]


def test_picks_elsewhere_change_a_score_only_where_they_are_given_weight() -> None:
    plain = Paper(id=ONE, address="2512.00001", title="T", day=DAY)
    picked = replace(plain, picked_elsewhere=(_said(A, 8), _said(B, 9)))

    def points(paper: Paper, **weights: int) -> int:
        found = score(facts(paper, None), RankingSettings(**weights))
        assert found
        return found.points

    assert points(picked) == points(plain) == 0
    assert points(plain, elsewhere=100) == 0
    assert points(picked, elsewhere=100) == 500


def test_digest_cannot_take_from_itself_and_only_digests_take_picks(tmp_path: Path) -> None:
    sources = [
        {"name": "me", "kind": "digest", "url": "https://EXAMPLE.org/digest"},
        {"name": "hf", "kind": "huggingface", "take": "all"},
        {"name": "nobody", "kind": "digest"},
    ]
    root = write_digest(tmp_path, [], config={"sources": sources})
    _, problems = read_config(root)
    assert [problem.message for problem in problems] == [
        "source 'hf' is of kind huggingface, which takes no 'take'; remove it",
        "source 'nobody' asks for nothing; give 'url'",
        "source 'me' is this digest itself; remove it",
    ]
