"""``digest diff`` names exactly what differs between two clean builds, and says what it means. All is invented."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import yaml
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from generator.catalog.check import check
from generator.catalog.content import load
from generator.changes import report
from generator.changes.base import base_of
from generator.changes.compare import compare
from generator.changes.model import Changes, EntryChange, FeedChange, How, Kind, PageChange
from generator.changes.pages import address_of
from generator.changes.suspects import find_suspects
from generator.site.build import build
from tests import test_check
from tests import test_incremental as edits
from tests.built_site import tree_hash
from tests.digest_folder import record, write_digest
from tests.mistakes import MISTAKES
from tests.test_check import place
from tests.test_incremental import Digest


class Repository:
    """A repository of git with a digest in it, one folder down."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "digest"
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        result = subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return result.stdout.strip()

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)


def starting() -> Digest:
    digest = Digest(6)
    digest.config["feeds"] = {"author_papers": 1}
    first = digest.records[0]
    digest.days[first["listed"][0]["date"]] = {"curator": "editors", "picks": [{"id": first["id"], "note": "Read it."}]}
    digest.own_pages["about"] = "# About\n\nInvented.\n"
    return digest


@dataclass
class Before:
    """A repository whose one commit holds a digest, and that digest built cleanly elsewhere."""

    repository: Repository
    digest: Digest
    site: Path


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Before:
    folder = tmp_path_factory.mktemp("changes")
    repository, digest = Repository(folder / "repository"), starting()
    digest.write(repository.root)
    (repository.folder / ".gitignore").write_text(".cache/\nsite/\n.site-other/\n")
    repository.commit("start")
    build(repository.root, folder / "before", 1, clean=True)
    build(repository.root, repository.root / "site", 1)
    return Before(repository, digest, folder / "before")


Edit = Callable[[Digest], None]


def pick_another(digest: Digest) -> None:
    digest.days[digest.records[2]["listed"][0]["date"]] = {"picks": [{"id": digest.records[2]["id"], "note": "New."}]}


def unpick(digest: Digest) -> None:
    digest.days = {}


def reword_a_note(digest: Digest) -> None:
    [day] = digest.days.values()
    day["picks"][0]["note"] = "Read it twice."


def pass_over(digest: Digest) -> None:
    paper = digest.records[1]
    digest.days[paper["listed"][0]["date"]] = {"passed": [{"id": paper["id"], "why": "measures nothing"}]}


def introduce_a_day(digest: Digest) -> None:
    [day] = digest.days.values()
    day["intro"] = "A day of *caches*."


def add_papers(digest: Digest) -> None:
    day = str(digest.newest())
    digest.records += [
        record("arxiv:2412.30001", "A new study", day, authors=[{"name": "Nea Newcomer"}, {"name": "Ada Invented"}]),
        record("arxiv:2412.30002", "Another new study", "2025-01-07", authors=[{"name": "Nea Newcomer"}]),
    ]


def remove_a_paper(digest: Digest) -> None:
    digest.records.pop()


def correct_a_title(digest: Digest) -> None:
    paper = digest.records[3]["id"]
    digest.corrections.append({"id": paper, "field": "title", "value": "Set right", "why": "a slip", "by": "editors"})


def correct_authors(digest: Digest) -> None:
    paper = digest.records[3]["id"]
    value = "Kim Sample; Lu Example"
    digest.corrections.append({"id": paper, "field": "authors", "value": value, "why": "one lost", "by": "editors"})


def withdraw(digest: Digest) -> None:
    digest.records[4]["withdrawn"] = True


def join_with_the_published(digest: Digest) -> None:
    digest.records[1]["doi"] = "10.1145/3600006.3613165"
    digest.records.append(record("doi:10.1145/3600006.3613165", "The same", digest.records[1]["listed"][0]["date"]))


def split_a_name(digest: Digest) -> None:
    paper = digest.records[0]
    digest.people.append({"id": "bo-elsewhere", "name": paper["authors"][0]["name"], "papers": [paper["id"]]})
    digest.people.append({"id": "bo-here", "name": paper["authors"][0]["name"]})


def merge_names(digest: Digest) -> None:
    one, other = digest.records[0]["authors"][0]["name"], digest.records[1]["authors"][0]["name"]
    digest.people.append({"id": "one-person", "name": one, "also": [other]})


def rename_a_topic(digest: Digest) -> None:
    digest.topics[1]["name"] = "Caches & such"


def add_a_topic(digest: Digest) -> None:
    digest.topics.append({"id": "kernels", "name": "Kernels", "match": {"any": ["kernels"]}})


def remove_a_topic(digest: Digest) -> None:
    digest.topics.pop()


def write_pages(digest: Digest) -> None:
    digest.own_pages["help"] = "# Help\n\n[About](about.md)\n"


def retitle_the_site(digest: Digest) -> None:
    digest.config["title"] = "Renamed Papers"


def count_upvotes(digest: Digest) -> None:
    digest.metrics.append({"id": digest.records[2]["id"], "as_of": "2025-01-12", "upvotes": 41})


def restyle(digest: Digest) -> None:
    digest.theme["assets/own.css"] = "p{margin:7px}\n"
    digest.theme["pages/paper.md.j2"] = (edits.THEME / "pages/paper.md.j2").read_text("utf-8") + "\n<p>Ours</p>\n"


def shorten_feeds(digest: Digest) -> None:
    digest.config["feeds"] = {"entries": 2, "author_papers": 9}


def change_nothing(digest: Digest) -> None:
    del digest


EDITS: list[Edit] = [
    pick_another, unpick, reword_a_note, pass_over, introduce_a_day, add_papers, remove_a_paper, correct_a_title,
    correct_authors, withdraw, join_with_the_published, split_a_name, merge_names, rename_a_topic, add_a_topic,
    remove_a_topic, write_pages, retitle_the_site, count_upvotes, restyle, shorten_feeds, change_nothing,
]  # fmt: skip


def changed(before: Before, edit: Edit) -> Changes:
    """Edit the digest's files as they stand in the repository, and compare them with its commit."""
    digest = deepcopy(before.digest)
    edit(digest)
    digest.write(before.repository.root)
    return compare(before.repository.root, "main", before.repository.root / "site", 1)


def documents(site: Path) -> dict[str, str]:
    return {address_of(path): digest for path, digest in tree_hash(site).items() if path.endswith(".html")}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_the_pages_that_differ_between_two_clean_builds_are_named_and_no_others(
    before: Before, edit: Edit, tmp_path: Path
) -> None:
    status = before.repository.git("rev-parse", "HEAD")
    changes = changed(before, edit)
    assert before.repository.git("rev-parse", "HEAD") == status
    build(before.repository.root, tmp_path / "after", 1, clean=True)
    old, new = documents(before.site), documents(tmp_path / "after")
    differing = {address for address in old.keys() | new.keys() if old.get(address) != new.get(address)}
    assert sorted(page.address for page in changes.pages) == sorted(differing)
    came = {page.address for page in changes.pages if page.how is How.ADDED}
    went = {page.address for page in changes.pages if page.how is How.REMOVED}
    assert {address for address in came if address not in old} == new.keys() - old.keys() - moved(changes)
    assert went == old.keys() - new.keys()
    assert went <= set(changes.broken)


def moved(changes: Changes) -> set[str]:
    return {page.address for page in changes.pages if page.how is How.MOVED}


# What it means -------------------------------------------------------------------------------------------------------


def lines(changes: Changes) -> list[str]:
    return report.text(changes).splitlines()


def test_new_papers_are_told_with_their_people_and_the_feeds_that_have_them(before: Before) -> None:
    changes = changed(before, add_papers)
    told = {(page.kind, page.how, page.name): page.what for page in changes.pages}
    assert (Kind.PAPER, How.ADDED, "A new study") in told
    assert (Kind.AUTHOR, How.ADDED, "Nea Newcomer") in told
    assert told[Kind.AUTHOR, How.CHANGED, "Ada Invented"] == ("+1 paper",)
    assert told[Kind.DAY, How.CHANGED, "2024-11-27"] == ("+1 paper",)
    feeds = {feed.folder: feed for feed in changes.feeds}
    assert [entry.title for entry in feeds[""].new] == ["Another new study", "A new study"]
    assert [entry.title for entry in feeds["authors/ada-invented/"].new] == ["A new study"]
    assert [entry.title for entry in feeds["days/"].updated] == ["27 November 2024: 2 papers"]
    assert feeds["authors/nea-newcomer/"].how is How.ADDED
    assert changes.broken == ()
    assert "  + A new study: in the site's feed, Ada Invented" in lines(changes)
    assert "new feeds: Nea Newcomer" in lines(changes)


def test_a_merge_tells_of_the_redirects_and_of_the_feeds_that_end(before: Before) -> None:
    told = lines(changed(before, merge_names))
    assert "  > Cai Madeup (authors/cai-madeup/): leads on to authors/one-person/" in told
    ending = told.index("addresses that break: nothing will stand there")
    assert "  ! authors/a-z/m/" in told[ending + 1 :]


def test_an_address_that_goes_is_told_first(before: Before) -> None:
    told = lines(changed(before, remove_a_paper))
    assert told[1] == "addresses that break: nothing will stand there"
    assert "  ! papers/2411.10005/" in told[2:8]
    assert "  ! the feed of Ada Invented (authors/ada-invented/feed.xml)" in told[2:8]


def test_a_new_look_of_every_page_names_none_of_them(before: Before) -> None:
    told = lines(changed(before, retitle_the_site))
    assert re.search(r"every page differs: (\d+) changed, of \1 pages\.$", told[0])
    assert "  ~ 6 papers" in told
    assert not any("Sharing caches" in line for line in told)


def test_problems_of_the_base_are_told_and_are_no_obstacle(before: Before, tmp_path: Path) -> None:
    base = before.digest.write(tmp_path / "base")
    whole = "- {id: arxiv:2412.99999, field: title, value: x, why: y, by: z}\n- {id: }\n"
    (base / "content/corrections.yml").write_text(whole)
    (base / "content/topics.yml").write_text("- {id: a, name: A, parent: b}\n- {id: b, name: B, parent: a}\n- [\n")
    (base / "content/pages/papers.md").write_text("# Papers\n\nIn the way.\n")
    before.digest.write(before.repository.root)
    changes = compare(before.repository.root, str(base), tmp_path / "none", 1)
    assert len(changes.problems) >= 4
    assert list(changes.problems) == list(map(str, check(load(base))))
    assert "  ! content/pages/papers.md:1:1: " in report.text(changes)
    assert {page.address for page in changes.pages if page.kind is Kind.TOPIC} >= {"topics/caching/"}


def test_every_mistake_of_a_base_can_be_lived_with(tmp_path: Path) -> None:
    base = tmp_path / "base"
    together = [mistake for mistake in MISTAKES if not mistake.breaks]
    place(together, test_check.tree(base))
    assert len(check(load(base))) >= 40
    build(base, tmp_path / "site", 1, lenient=True)
    assert (tmp_path / "site/index.html").is_file()


# What is asked for wrongly, and what strangers write -----------------------------------------------------------------


def digest(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator", "diff", *words]
    known = {name: value for name, value in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
    return subprocess.run(command, env={**known, **environment}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["no-such-branch", "--output=x", "HEAD:digest", "digest"])
def test_a_base_that_is_none_is_said_to_be_none(before: Before, name: str) -> None:
    result = digest("--root", str(before.repository.root), "--", name)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{name}: neither a commit of the repository nor the folder of a digest; ")


def test_outside_of_a_repository_a_commit_is_none(tmp_path: Path) -> None:
    result = digest("main", "--root", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.startswith("main: not in a git repository, and no digest's folder has that name; ")


def test_a_commit_without_a_digest_is_nothing_to_compare_with(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    (repository.folder / "README").write_text("nothing yet\n")
    repository.commit("nothing")
    starting().write(repository.root)
    result = digest("HEAD", "--root", str(repository.root))
    assert result.returncode == 1
    assert "there was no digest to compare with" in result.stderr


def test_problems_of_the_change_itself_stop_it(before: Before) -> None:
    before.digest.write(before.repository.root)
    (before.repository.root / "content/corrections.yml").write_text("- {id: }\n")
    result = digest("main", "--root", str(before.repository.root))
    assert result.returncode == 1
    assert "content/corrections.yml:1:3: " in result.stderr


def test_links_of_a_commit_lead_to_no_place_outside(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    root = starting().write(repository.root)
    (root / "content/pages/inside.md").symlink_to("about.md")
    (root / "content/pages/outside.md").symlink_to("/etc/passwd")
    (root / "content/pages/ü b.md").write_bytes(b"# Odd\r\n")
    repository.commit("links")
    base = base_of(root, "main", tmp_path / "copy")
    assert sorted(path.name for path in (base.root / "content/pages").iterdir()) == ["about.md", "inside.md", "ü b.md"]
    assert (base.root / "content/pages/ü b.md").read_bytes() == b"# Odd\r\n"
    assert tree_hash(root / "content/digests") == tree_hash(base.root / "content/digests")


HOSTILE = "::error::x @someone #12 [a](javascript:b) <b> `c` | *d* https://example.org/ $e$ ![f](g) ```\n::stop::\n- h"


def test_what_strangers_write_stays_text_in_summary_and_log() -> None:
    page = PageChange("papers/x/", Kind.PAPER, HOSTILE, How.ADDED, (), None)
    moved = PageChange("authors/y/", Kind.AUTHOR, HOSTILE, How.MOVED, (), HOSTILE)
    feed = FeedChange("topics/z/", HOSTILE, How.CHANGED, (EntryChange("id", HOSTILE),))
    changes = Changes(
        base=HOSTILE, title=HOSTILE, url="https://example.org/", url_before="https://example.org/", count=9,
        problems=(HOSTILE,), pages=(page, moved), broken=(HOSTILE,), feeds=(feed,),
        suspects="# " + HOSTILE.partition("\n")[0],
    )  # fmt: skip
    shown = report.markdown(changes)
    rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(shown)
    soup = BeautifulSoup(rendered, "html.parser")
    assert {tag.name for tag in soup.find_all()} == {"h2", "p", "strong", "ul", "li", "a", "pre", "code"}
    assert {urlsplit(str(tag["href"])).netloc for tag in soup.find_all("a")} == {"example.org"}
    assert {str(tag["href"]).partition("?")[0][:30] for tag in soup.find_all("a")} <= {
        "https://example.org/authors/y/", "https://example.org/::error::x"[:30],
    }  # fmt: skip
    for code in soup.find_all("pre"):
        code.extract()
    assert "@\u2060someone" in soup.get_text()
    assert not re.search(r"@someone|#12", soup.get_text())
    assert not [line for line in report.text(changes).splitlines() if line.lstrip().startswith(("::", "- h"))]


def test_a_huge_change_stays_short_enough_for_a_comment() -> None:
    pages = tuple(
        PageChange(f"{kind.value}/{number}/", kind, "#@<>[]" * 40, how)
        for kind in Kind
        for how in How
        for number in range(500)
    )
    feeds = tuple(
        FeedChange(f"topics/{number}/", "[*]" * 90, How.CHANGED, (EntryChange(f"{number}", "[*]" * 90),))
        for number in range(400)
    )
    url = "https://example.org/"
    changes = Changes(base="main", title="x", url=url, url_before=url, count=10**6, pages=pages, feeds=feeds)
    assert 1_000 < len(report.markdown(changes)) <= report.LONGEST
    assert "papers&#58; 500 added, 500 changed" not in report.markdown(changes)
    assert "- and 1,498 more" in report.markdown(changes)


def test_the_command_writes_text_markdown_and_json(before: Before, tmp_path: Path) -> None:
    edited = deepcopy(before.digest)
    withdraw(edited)
    root = str(edited.write(before.repository.root))
    summary, output = tmp_path / "summary.md", tmp_path / "diff.md"
    shown = digest(
        "main", "--root", root, "--format", "github", "--output", str(output), GITHUB_STEP_SUMMARY=str(summary)
    )
    assert shown.returncode == 0, shown.stderr
    assert "  ~ Mending checkpoints in study 4 (papers/2411.10004/): withdrawn" in shown.stdout.splitlines()
    assert output.read_text("utf-8") == summary.read_text("utf-8")
    assert output.read_text("utf-8").startswith(report.MARKER)
    known = msgspec.json.decode(digest("main", "--root", root, "--format", "json").stdout, type=Changes)
    assert [page.address for page in known.pages if page.what == ("withdrawn",)] == ["papers/2411.10004/"]
    assert not list((Path(root) / ".cache/digest").glob("diff-*"))


# Who is who on the papers that are added -----------------------------------------------------------------------------

ORCID = "0000-0002-1825-0097"


def paper_of(paper: str, name: str, orcid: str) -> dict[str, Any]:
    return record(paper, f"On {paper}", "2024-11-20", authors=[{"name": name, "orcid": orcid}])


def test_names_on_new_papers_are_looked_at_and_what_was_known_before_is_left_out(tmp_path: Path) -> None:
    old = [paper_of("arxiv:2411.00001", "José Ficción", ORCID), paper_of("arxiv:2411.00002", "J. Ficción", ORCID)]
    old += [paper_of("arxiv:2411.00003", "Ada Invented", "0000-0001-5109-3700")]
    before = load(write_digest(tmp_path / "before", old))
    new = [*old, paper_of("arxiv:2411.00004", "A. Invented", "0000-0001-5109-3700")]
    new += [paper_of("arxiv:2411.00005", "José Ficción", ORCID)]
    after = load(write_digest(tmp_path / "after", new))
    found = find_suspects(before, after)
    assert found is not None
    [entry] = yaml.safe_load(found)
    assert {entry["name"], *entry["also"]} == {"Ada Invented", "A. Invented"}
    assert find_suspects(after, after) == ""
    declined = "- {what: merge, names: [Ada Invented, A. Invented], why: two people, by: ann, date: 2025-12-11}\n"
    (after.root / "content/declined.yml").write_text(declined, "utf-8")
    assert find_suspects(before, load(after.root)) == ""


def test_names_that_were_known_take_no_place_among_the_new_ones(tmp_path: Path) -> None:
    families = [f"Made{letter}" for letter in "abcdefghijk"]
    known = [
        paper_of(f"arxiv:2410.{2 * n + half:05}", f"{given} {family}", f"0000-0002-0000-{n:04}")
        for n, family in enumerate(families)
        for half, given in enumerate(("Bo", "B."))
    ]
    again = [
        paper_of(f"arxiv:2411.{n:05}", f"Bo {family}", f"0000-0002-0000-{n:04}") for n, family in enumerate(families)
    ]
    new = [paper_of("arxiv:2412.00001", "José Ficción", ORCID), paper_of("arxiv:2412.00002", "J. Ficción", ORCID)]
    before, after = (load(write_digest(tmp_path / str(len(lines)), lines)) for lines in (known, [*known, *again, *new]))
    found = find_suspects(before, after)
    assert found is not None
    assert [entry["name"] for entry in yaml.safe_load(found)] == ["J. Ficción"]
