"""Whatever is edited, every address that was ever published answers, every feed stays, and no entry gets a new id.

Everything built here is invented.
"""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import feedparser
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from generator.cli import main
from generator.errors import ContentProblems
from generator.site.build import build
from tests.content import TOPICS, problems_of, put, record, write
from tests.digest_folder import NAMES
from tests.test_incremental import (
    Digest,
    add_paper,
    change_rule,
    differences,
    enter_curator,
    forget_people,
    introduce,
    merge_people,
    move_topic,
    pick,
    remove_pages,
    remove_topic,
    rename_topic,
    retitle,
    split_person,
    unpick,
    write_page,
)

TWIN = "doi:10.1145/3600006.3613165"

Edit = Callable[[Digest, Random], None]


def number(digest: Digest) -> int:
    digest.made += 1
    return digest.made


def rename_person(digest: Digest, random: Random) -> None:
    """Give a person another id; the curator says which it was, or forgets to."""
    if digest.people:
        person = random.choice(digest.people)
        if random.random() < 0.5:
            person["was"] = [*person.get("was", []), person["id"]]
        person["id"] = f"renamed-{number(digest)}"


def join_people(digest: Digest, random: Random) -> None:
    """Two entries turn out to be one person."""
    if len(digest.people) > 1:
        gone = digest.people.pop()
        kept = digest.people[0]
        kept["papers"] = list(dict.fromkeys([*kept.get("papers", []), *gone.get("papers", [])]))
        kept["also"] = list(dict.fromkeys([*kept.get("also", []), gone["name"], *gone.get("also", [])]))
        kept["was"] = [*kept.get("was", []), gone["id"], *gone.get("was", [])]


def correct_names(digest: Digest, random: Random) -> None:
    """Set a list of authors right, or take that back."""
    paper = digest.paper(random)
    kept = [one for one in digest.corrections if one["id"] != paper["id"] or one["field"] != "authors"]
    if len(kept) == len(digest.corrections):
        names = "; ".join(random.sample([*NAMES, "Right Spelling"], random.randrange(1, 4)))
        kept.append({"id": paper["id"], "field": "authors", "value": names, "why": "wrong", "by": "editors"})
    digest.corrections = kept


def correct_doi(digest: Digest, random: Random) -> None:
    """Find that two records are one paper, or that they are not."""
    kept = [one for one in digest.corrections if one["field"] != "doi"]
    if len(kept) == len(digest.corrections):
        paper = random.choice([one["id"] for one in digest.records if one["id"] != TWIN])
        kept.append({"id": paper, "field": "doi", "value": TWIN[4:], "why": "it has one", "by": "editors"})
    digest.corrections = kept


def correct_category(digest: Digest, random: Random) -> None:
    """Set a category right: another may be left without a paper."""
    paper = digest.paper(random)
    digest.corrections = [
        one for one in digest.corrections if (one["id"], one["field"]) != (paper["id"], "primary_category")
    ]
    one = {"id": paper["id"], "field": "primary_category", "value": random.choice(["cs.AR", "cs.GT", "cs.CL"])}
    digest.corrections.append({**one, "why": "wrong", "by": "editors"})


def readdress_topic(digest: Digest, random: Random) -> None:
    """Give a topic another id, and say so; or take one into another."""
    if len(digest.topics) > 1:
        topic = random.choice(digest.topics)
        old, new = topic["id"], f"topic-{number(digest)}"
        topic.update(id=new, was=[*topic.get("was", []), old])
        for other in digest.topics:
            if other.get("parent") == old:
                other["parent"] = new
        for day in digest.days.values():
            for one in day.get("picks", []):
                one["topics"] = [new if topic == old else topic for topic in one.get("topics", [])]


def take_in_topic(digest: Digest, random: Random) -> None:
    """Take one topic into another."""
    if len(digest.topics) > 1:
        gone = digest.topics[-1]
        kept = digest.topics[0]
        digest.topics.remove(gone)
        for other in digest.topics:
            if other.get("parent") == gone["id"]:
                del other["parent"]
        for day in digest.days.values():
            for one in day.get("picks", []):
                one["topics"] = [topic for topic in one.get("topics", []) if topic != gone["id"]]
        kept["was"] = [*kept.get("was", []), gone["id"], *gone.get("was", [])]


def pick_late(digest: Digest, random: Random) -> None:
    """Pick a paper on a day on which no source listed it, or any other."""
    paper = digest.paper(random)
    for day in digest.days.values():
        day["picks"] = [one for one in day.get("picks", []) if one["id"] != paper["id"]]
    late = f"2026-0{random.randrange(1, 9)}-15"
    digest.days[late] = {"curator": random.choice(["a", "b", "C D"]), "picks": [{"id": paper["id"], "highlight": True}]}


def enter_by_hand(digest: Digest, random: Random) -> None:
    """Add a paper that no source knows, or take it back."""
    if digest.by_hand and random.random() < 0.7:
        digest.by_hand.pop()
    else:
        entry = {"id": f"https://example.org/hand/{number(digest)}", "title": "By hand", "date": str(digest.newest())}
        digest.by_hand.append({**entry, "authors": [{"name": f"Only {number(digest)}"}]})


def raise_threshold(digest: Digest, random: Random) -> None:
    """Give feeds to more people, or to fewer."""
    digest.config["feeds"] = {"entries": 60, "days": 60, "author_papers": random.choice([1, 2, 3])}


EDITS: list[Edit] = [
    split_person, split_person, merge_people, rename_person, rename_person, join_people, forget_people, correct_names,
    correct_names, correct_doi, correct_doi, correct_category, readdress_topic, take_in_topic, remove_topic,
    rename_topic, change_rule, move_topic, introduce, enter_curator, enter_curator, pick, pick_late, pick_late, unpick,
    write_page, remove_pages, enter_by_hand, enter_by_hand, raise_threshold, add_paper, retitle,
]  # fmt: skip


class History:
    """A digest that is published after every edit, and everything that was ever there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.site = folder / "root", folder / "site"
        self.digest = Digest(5)
        self.digest.records.append(record(TWIN, "Known by its DOI", "2024-11-18", authors=[{"name": "Twin Only"}]))
        self.digest.config["feeds"] = {"entries": 60, "days": 60, "author_papers": 1}
        self.pages: set[str] = set()
        self.feeds: set[str] = set()
        self.ids: dict[str, str] = {}
        """Of entries: the page of each when it was seen first."""

    def publish(self) -> None:
        """Build, and note what is there, as the workflow does."""
        list_of_addresses = self.root / "content/addresses.jsonl"
        kept = list_of_addresses.read_bytes() if list_of_addresses.is_file() else None
        self.digest.write(self.root)
        if kept is not None:
            list_of_addresses.write_bytes(kept)
        build(self.root, self.site, 1)
        done = CliRunner().invoke(main, ["addresses", "--root", str(self.root)])
        assert done.exit_code == 0, done.output

    def told_wrong(self) -> list[str]:
        """Return what was published before and is not right any more; then note what is there now."""
        wrong = [f"{address}: {lost}" for address in sorted(self.pages) if (lost := self.lost(address))]
        feeds = {path.relative_to(self.site).as_posix() for name in ("feed.xml", "atom.xml", "feed.json")
                 for path in self.site.rglob(name)}  # fmt: skip
        wrong += [f"no feed: {feed}" for feed in sorted(self.feeds - feeds)]
        for feed in sorted(feeds):
            wrong += [f"{feed}: {what}" for what in self.odd_entries(feed)]
        self.feeds |= feeds
        self.pages |= {
            "" if (at := path.parent.relative_to(self.site).as_posix()) == "." else f"{at}/"
            for path in self.site.rglob("index.html")
        }
        return wrong

    def lost(self, address: str) -> str | None:
        """Say why an address does not answer; None if it is a page, or leads to one."""
        file = self.site / address / "index.html"
        if not file.is_file():
            return "nothing there"
        target = self.onward(address)
        if target == address:
            return None
        there = self.site / target / "index.html"
        return None if there.is_file() and self.onward(target) == target else f"leads to {target}, which is no page"

    def onward(self, address: str) -> str:
        """Return the page that an address leads to: itself, if it is one."""
        text = (self.site / address / "index.html").read_text("utf-8")
        if 'http-equiv="refresh"' not in text:
            return address
        link = BeautifulSoup(text, "html.parser").find("a")
        assert link is not None
        target = (self.site / address / str(link["href"])).resolve().relative_to(self.site.resolve()).as_posix()
        return "" if target == "." else f"{target}/"

    def odd_entries(self, feed: str) -> list[str]:
        """Say which entries have an id that is not theirs; note the ids of new ones."""
        wrong = []
        for tag, link in entries(self.site / feed):
            page = self.onward(link.removeprefix("https://example.org/digest/"))
            if tag in self.ids:
                if self.onward(self.ids[tag]) != page:
                    wrong.append(f"{tag} was {self.ids[tag]}, is {page}")
                continue
            if page in self.pages and page in self.ids.values():
                wrong.append(f"{page} has the new id {tag}")
            self.ids[tag] = page
        return wrong


def entries(feed: Path) -> list[tuple[str, str]]:
    """Read a feed's entries as (id, address)."""
    if feed.suffix == ".json":
        return [(item["id"], item["url"]) for item in json.loads(feed.read_bytes())["items"]]
    found: Any = feedparser.parse(feed.read_bytes())
    assert not found.bozo, (feed, found.bozo_exception)
    return [(entry.id, entry.link) for entry in found.entries]


def live_through(folder: Path, seed: int, least: int) -> None:
    """Publish after each of the edits in a random order; look at all that was ever published after each."""
    random = Random(seed)
    history = History(folder)
    history.publish()
    assert history.told_wrong() == []
    done: list[str] = []
    for edit in random.sample(EDITS, len(EDITS)):
        before = json.dumps(vars(history.digest), default=str)
        kept = {name: json.loads(json.dumps(value)) for name, value in vars(history.digest).items() if name != "ledger"}
        edit(history.digest, random)
        if json.dumps(vars(history.digest), default=str) == before:
            continue
        try:
            history.publish()
        except ContentProblems:  # a curator would be told
            vars(history.digest).update(kept)
            continue
        done.append(edit.__name__)
        assert history.told_wrong() == [], done
    assert len(done) >= least, done
    twin = folder / "twin"
    build(history.root, twin, 1, clean=True)
    build(history.root, history.site, 1)
    assert not differences(history.site, twin)


def test_every_address_and_feed_and_id_outlives_twenty_random_edits(tmp_path: Path) -> None:
    live_through(tmp_path, seed=7, least=20)


@pytest.mark.corpus
@pytest.mark.parametrize("seed", range(6))
def test_every_address_and_feed_and_id_outlives_edits_in_other_orders(tmp_path: Path, seed: int) -> None:
    live_through(tmp_path, seed=seed, least=18)


# The list of addresses

LIST = "content/addresses.jsonl"


def run(root: Path) -> str:
    done = CliRunner().invoke(main, ["addresses", "--root", str(root)])
    assert done.exit_code == 0, done.output
    return done.output


def test_list_grows_and_never_loses_a_line(tmp_path: Path) -> None:
    root = write(tmp_path, record("arxiv:2501.00001", "Jo Two"), topics="- {id: a, name: A}\n- {id: b, name: B}\n")
    assert run(root).startswith(f"wrote {LIST} with ")
    before = (root / LIST).read_bytes()
    assert run(root) == f"{LIST} has every address\n"
    assert (root / LIST).read_bytes() == before
    put(root, {TOPICS: "- {id: b, name: B, parent: c}\n- {id: c, name: C}\n"})
    assert run(root) == f"wrote {LIST} with 1 new address\n"
    lines = {line["address"]: line for line in map(json.loads, (root / LIST).read_bytes().splitlines())}
    assert {"topics/a/", "topics/b/", "topics/c/"} <= lines.keys()
    assert (lines["topics/b/"]["leads"], lines["topics/b/"]["title"]) == ("topics/c/", "B")
    assert "papers/2501.00001/" not in lines  # the record says so by itself
    assert "authors/jo-two/" not in lines


def test_content_with_a_mistake_adds_nothing(tmp_path: Path) -> None:
    root = write(tmp_path, topics="- {id: a, name: A, parent: b}\n")
    done = CliRunner().invoke(main, ["addresses", "--root", str(root)])
    assert (done.exit_code, (root / LIST).exists()) == (1, False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"address":"../x/"}', "'../x/' is no address below the site's root"),
        ('{"address":"a/.git/"}', "'a/.git/' is no address below the site's root"),
        ('{"address":"/a/"}', "'/a/' is no address below the site's root"),
        ('{"address":"a/","leads":"https://example.org/"}', "'https://example.org/' is no address below"),
        ('{"address":"a/","feeds":["../feed.xml"]}', "'../feed.xml' is no feed's name; remove it"),
        ('{"address":"z/"}\n{"address":"z/"}', "address 'z/' again; keep one line"),
        ('{"adress":"a/"}', "unknown key 'adress'; did you mean 'address'?"),
    ],
)
def test_line_that_could_lead_out_of_the_site_is_told(tmp_path: Path, line: str, message: str) -> None:
    [problem] = problems_of(put(write(tmp_path), {LIST: f"{line}\n"}))
    assert problem.path == LIST
    assert problem.message.startswith(message)
    done = CliRunner().invoke(main, ["addresses", "--root", str(tmp_path)])
    assert done.exit_code == 1


def test_feed_of_a_topic_that_was_taken_in_goes_on_and_that_of_one_that_is_gone_is_empty(tmp_path: Path) -> None:
    topics = "- {{id: {0}, name: A, match: {{any: [paper]}}{1}}}\n"
    root = write(tmp_path / "root", record("arxiv:2501.00001"), topics=topics.format("a", "") + "- {id: b, name: B}\n")
    run(root)
    put(root, {TOPICS: topics.format("c", ", was: [a]")})
    build(root, tmp_path / "site", 1)
    site = tmp_path / "site"
    for name in ("feed.xml", "atom.xml", "feed.json"):
        assert (site / "topics/a" / name).read_bytes() == (site / "topics/c" / name).read_bytes()
        assert entries(site / "topics/b" / name) == []
    assert 'url=../c/"' in (site / "topics/a/index.html").read_text("utf-8")
    assert 'url=../"' in (site / "topics/b/index.html").read_text("utf-8")
    assert "<title>Invented: B</title>" in (site / "topics/b/feed.xml").read_text("utf-8")
