"""Programs that people read feeds with, each over loopback: nothing is lost, nothing comes twice, an edit is no news.

A program that is not installed is skipped by name; Debian has all three.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from random import Random

import pytest

from tests.content import catalog_of
from tests.feed_reading import written_feeds
from tests.test_feeds import CONTENT_EDITS, edited
from tests.test_incremental import Digest, add_paper

FEEDS = ("feed.xml", "atom.xml", "days/feed.xml", "days/atom.xml")
TAG = "tag:example.org,2025:digest/"
ROUNDS, EDITS_A_ROUND = 4, 5


def _program(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"no {name}; Debian's package is called {_PACKAGES[name]}")


_PACKAGES = {"newsboat": "newsboat", "sfeed": "sfeed", "r2e": "rss2email"}


class Published:
    """A digest whose feeds are served, and changed while they are."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.digest, self.random = Digest(6), Random(1)
        self.digest.config["feeds"] = {"tag": TAG, "entries": 500, "days": 300}
        self.clock = 1_750_000_000
        self.seen: set[str] = set()
        """Every id that ever was in a feed."""

    def publish(self) -> set[str]:
        """Lay the feeds as the content is now; return the ids of papers and days that are new to a reader."""
        catalog = catalog_of(self.digest.write(self.folder / "root"))
        for address, data in written_feeds(catalog, FEEDS).items():
            path = self.folder / "served" / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            # Readers ask for what changed since a second: no two rounds are of one.
            os.utime(path, (self.clock, self.clock))
        self.clock += 60
        passed = {paper for day in catalog.days.values() for _, paper in day.passed}
        now = {f"{TAG}paper/{paper.origin or paper.id}" for paper in catalog.papers.values() if paper.id not in passed}
        now |= {f"{TAG}day/{date}" for date, day in catalog.days.items() if day.readable}
        new = now - self.seen
        self.seen |= now
        self.papers = catalog.papers
        return new

    def edit(self) -> set[str]:
        """Make some edits of any kind, publish, and return the ids that are new to a reader."""
        for _ in range(EDITS_A_ROUND):
            self.digest = edited(self.digest, self.random, CONTENT_EDITS, self.folder / "root")
        add_paper(self.digest, self.random)  # whatever chance made: there is news
        return self.publish()


@pytest.fixture
def published(tmp_path: Path, serve: Callable[..., str]) -> Published:
    """Six papers of six days."""
    (tmp_path / "served").mkdir()
    return Published(tmp_path, serve(tmp_path / "served"))


def _environment(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "no_proxy": "*"}


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_newsboat_shows_after_twenty_edits_what_is_new_and_nothing_again(
    published: Published, tmp_path: Path, name: str
) -> None:
    newsboat = _program("newsboat")
    urls, cache = tmp_path / "urls", tmp_path / "cache.db"
    # It keeps one entry an id, whatever feeds have it: so one format at a time.
    urls.write_text("".join(f"{published.url}{address}\n" for address in FEEDS if address.endswith(name)), "utf-8")

    def unread() -> list[str]:
        """Return the ids of all that is unread; then it is read."""
        command = [newsboat, "-u", str(urls), "-c", str(cache), "-C", "/dev/null", "-x", "reload"]
        subprocess.run(command, env=_environment(tmp_path), check=True, timeout=60, capture_output=True)
        with sqlite3.connect(cache) as database:
            ids = [guid for (guid,) in database.execute("select guid from rss_item where unread = 1")]
            database.execute("update rss_item set unread = 0")
        database.close()
        return sorted(ids)

    new = published.publish()
    assert unread() == sorted(new)
    for _ in range(ROUNDS):
        new = published.edit()
        assert unread() == sorted(new) != []
    assert unread() == []


def test_sfeed_reads_titles_links_ids_and_authors(published: Published) -> None:
    sfeed = _program("sfeed")
    published.publish()
    papers = {paper.id: paper for paper in published.papers.values()}
    for name in ("feed.xml", "atom.xml"):
        data = (published.folder / "served" / name).read_bytes()
        output = subprocess.run([sfeed, published.url], input=data, check=True, timeout=60, capture_output=True).stdout
        rows = [line.split("\t") for line in output.decode().splitlines()]
        assert len(rows) == len(papers)
        for _, title, link, _, kind, tag, author, *_ in rows:
            paper = papers[tag.partition("paper/")[2]]
            assert (title, kind) == (paper.title, "html")
            assert link.endswith(f"/papers/{paper.address}/")
            assert author == paper.authors[0].name


def test_rss2email_mails_after_twenty_edits_what_is_new_and_nothing_again(published: Published, tmp_path: Path) -> None:
    r2e = _program("r2e")
    config, data, mails = tmp_path / "rss2email.cfg", tmp_path / "rss2email.json", tmp_path / "mails"
    config.write_text(
        f"[DEFAULT]\nemail-protocol = maildir\nmaildir-path = {mails}\nmaildir-mailbox = inbox\nto = a@example.org\n"
        "from = b@example.org\nverbose = warning\n",
        "utf-8",
    )
    for part in ("cur", "new", "tmp"):
        (mails / "inbox" / part).mkdir(parents=True)

    def run(*arguments: str) -> list[str]:
        """Return the ids of the entries that were mailed."""
        known = set(mails.glob("inbox/new/*"))
        command = [r2e, "-c", str(config), "-d", str(data), *arguments]
        subprocess.run(command, env=_environment(tmp_path), check=True, timeout=60, capture_output=True)
        new = set(mails.glob("inbox/new/*")) - known
        return sorted(str(message_from_bytes(path.read_bytes())["X-RSS-ID"]) for path in new)

    new = published.publish()
    run("add", "papers", f"{published.url}feed.xml")
    run("add", "days", f"{published.url}days/atom.xml")
    assert run("run") == sorted(new)
    for _ in range(ROUNDS):
        new = published.edit()
        assert run("run") == sorted(new) != []
    assert run("run") == []
