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
from tests.test_incremental import Digest, add_paper, pick, retitle, rewrite_abstract

FEEDS = ("feed.xml", "atom.xml", "days/feed.xml", "days/atom.xml")


def _program(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"no {name}; Debian's package is called {_PACKAGES[name]}")


_PACKAGES = {"newsboat": "newsboat", "sfeed": "sfeed", "r2e": "rss2email"}


class Published:
    """A digest whose feeds are served, and changed while they are."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.digest = Digest(6)
        self.random = Random(1)
        self.publish()

    def publish(self) -> None:
        """Lay the feeds as the content is now."""
        self.papers = catalog_of(self.digest.write(self.folder / "root"))
        for address, data in written_feeds(self.papers, FEEDS).items():
            path = self.folder / "served" / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def edit(self) -> None:
        """Change words of papers, and a note; add one paper."""
        for edit in (retitle, rewrite_abstract, pick, retitle, add_paper):
            edit(self.digest, self.random)
        self.publish()

    def counts(self, name: str) -> dict[str, int]:
        """Return how many entries each feed of one format has, by address."""
        papers, days = len(self.papers.papers), len(self.papers.days)
        return {
            f"{self.url}{address}": days if "days" in address else papers for address in FEEDS if address.endswith(name)
        }


@pytest.fixture
def published(tmp_path: Path, serve: Callable[..., str]) -> Published:
    """Six papers of six days."""
    (tmp_path / "served").mkdir()
    return Published(tmp_path, serve(tmp_path / "served"))


def _environment(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "no_proxy": "*"}


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_newsboat_has_every_entry_once_whatever_is_edited(published: Published, tmp_path: Path, name: str) -> None:
    newsboat = _program("newsboat")
    urls, cache = tmp_path / "urls", tmp_path / "cache.db"
    # It keeps one entry an id, whatever feeds have it: so one format at a time.
    urls.write_text("".join(f"{url}\n" for url in published.counts(name)), "utf-8")

    def reload() -> tuple[dict[str, int], set[str]]:
        """Return how many entries each feed has, and the titles of those that are unread; then all are read."""
        command = [newsboat, "-u", str(urls), "-c", str(cache), "-C", "/dev/null", "-x", "reload"]
        subprocess.run(command, env=_environment(tmp_path), check=True, timeout=60, capture_output=True)
        with sqlite3.connect(cache) as database:
            rows = database.execute("select feedurl, count(*) from rss_item group by feedurl").fetchall()
            titles = {title for (title,) in database.execute("select title from rss_item where unread = 1")}
            database.execute("update rss_item set unread = 0")
        database.close()
        return dict(rows), titles

    assert reload()[0] == published.counts(name)
    published.edit()
    counts, unread = reload()
    assert counts == published.counts(name)
    newest = max(published.papers.days)
    assert {title for title in unread if not title.startswith(f"{newest.day} ")} == {"Adding caches to number 7"}


def test_sfeed_reads_titles_links_ids_and_authors(published: Published) -> None:
    sfeed = _program("sfeed")
    papers = {paper.id: paper for paper in published.papers.papers.values()}
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


def test_rss2email_mails_every_entry_once_whatever_is_edited(published: Published, tmp_path: Path) -> None:
    r2e = _program("r2e")
    config, data, mails = tmp_path / "rss2email.cfg", tmp_path / "rss2email.json", tmp_path / "mails"
    config.write_text(
        f"[DEFAULT]\nemail-protocol = maildir\nmaildir-path = {mails}\nmaildir-mailbox = inbox\nto = a@example.org\n"
        "from = b@example.org\nverbose = warning\n",
        "utf-8",
    )
    for part in ("cur", "new", "tmp"):
        (mails / "inbox" / part).mkdir(parents=True)

    def run(*arguments: str) -> set[str]:
        known = set(mails.glob("inbox/new/*"))
        command = [r2e, "-c", str(config), "-d", str(data), *arguments]
        subprocess.run(command, env=_environment(tmp_path), check=True, timeout=60, capture_output=True)
        new = set(mails.glob("inbox/new/*")) - known
        return {str(message_from_bytes(path.read_bytes())["Subject"]) for path in new}

    run("add", "papers", f"{published.url}feed.xml")
    run("add", "days", f"{published.url}days/atom.xml")
    first = run("run")
    assert {paper.title for paper in published.papers.papers.values()} <= first
    assert len(first) == len(published.papers.papers) + len(published.papers.days)
    assert run("run") == set()
    published.edit()
    newest = max(published.papers.days)
    second = {subject for subject in run("run") if not subject.startswith(f"{newest.day} ")}
    assert second == {"Adding caches to number 7"}
