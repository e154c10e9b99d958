"""An incremental build equals a clean one to the byte, and touches no more than it must.

How the site's folder changes is left to ``test_generations``. Everything built here is invented.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.errors import BuildError, ContentProblems
from generator.site import mkdocs, search
from generator.site.build import Summary, build
from generator.site.generations import MANIFEST, read_manifest
from tests.built_site import tree_hash
from tests.content import catalog_of
from tests.digest_folder import NAMES, add_records, record, sample_records, write_digest

THEME = Path(__file__).parent.parent / "theme"


# A digest in memory, and what people and machines do to it


class Digest:
    """Everything that the files of a small digest say."""

    def __init__(self, papers: int = 5) -> None:
        self.records = sample_records(papers, a_day=1)
        self.made = papers
        self.config: dict[str, Any] = {}
        self.days: dict[str, dict[str, Any]] = {}
        self.topics: list[dict[str, Any]] = [
            {"id": "systems", "name": "Systems"},
            {"id": "caching", "name": "Caching", "parent": "systems", "match": {"any": ["caches"]}},
            {"id": "distributed", "name": "Distributed", "match": {"categories": ["cs.DC"]}},
        ]
        self.people: list[dict[str, Any]] = []
        self.corrections: list[dict[str, Any]] = []
        self.by_hand: list[dict[str, Any]] = []
        self.own_pages: dict[str, str] = {}
        self.theme: dict[str, str] = {}
        self.metrics: list[dict[str, Any]] = []

    def write(self, root: Path) -> Path:
        """Write it all, and nothing else, to `root`."""
        shutil.rmtree(root / "content", ignore_errors=True)
        shutil.rmtree(root / "theme", ignore_errors=True)
        lists = {"topics": self.topics, "authors": self.people, "corrections": self.corrections, "papers": self.by_hand}
        files = {name: value for name, value in lists.items() if value}
        write_digest(root, self.records, config=self.config, digests=self.days, **deepcopy(files))
        texts = {f"content/pages/{name}.md": text for name, text in self.own_pages.items()}
        texts |= {f"theme/{name}": text for name, text in self.theme.items()}
        if self.metrics:
            lines = sorted(self.metrics, key=lambda line: (line["id"], line["as_of"]))
            texts["content/metrics/2025-01.jsonl"] = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        for name, text in texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
        return root

    def paper(self, random: Random) -> dict[str, Any]:
        """Choose a record."""
        return random.choice(self.records)

    def day(self, paper: dict[str, Any]) -> dict[str, Any]:
        """Return the curated day on which `paper` is listed."""
        return self.days.setdefault(paper["listed"][0]["date"], {"curator": "editors"})

    def newest(self) -> date:
        """Return the newest day with a record."""
        return max(date.fromisoformat(one["listed"][0]["date"]) for one in self.records)


Edit = Callable[[Digest, Random], None]


def add_paper(digest: Digest, random: Random) -> None:
    """List a paper on the newest day, the next, or the next month."""
    day = digest.newest() + timedelta(days=random.choice([0, 1, 31]))
    digest.made += 1
    digest.records.append(
        record(
            f"arxiv:{day:%y%m}.{20000 + digest.made}",
            f"Adding caches to number {digest.made}",
            day,
            authors=[{"name": name} for name in random.sample(NAMES, 2)],
            abstract="An abstract was added.",
            categories=["cs.OS"],
            primary_category="cs.OS",
        )
    )


def remove_paper(digest: Digest, random: Random) -> None:
    """Take a record away."""
    if len(digest.records) > 3:
        digest.records.remove(digest.paper(random))


def retitle(digest: Digest, random: Random) -> None:
    """Give a paper another title."""
    digest.paper(random)["title"] = f"Retitled {random.randrange(1000)} & pruned"


def rewrite_abstract(digest: Digest, random: Random) -> None:
    """Give a paper another abstract, or none."""
    digest.paper(random)["abstract"] = random.choice(["On schedulers, *again*.", "", "Of $x < y$ & caches."])


def rename_author(digest: Digest, random: Random) -> None:
    """Write the first author of a paper in another way."""
    digest.paper(random)["authors"] = [{"name": random.choice(["B. Imaginary", "Ada INVENTED", "New Name", *NAMES])}]


def change_category(digest: Digest, random: Random) -> None:
    """Put a paper into other categories."""
    one = random.choice(["cs.LG", "cs.DC", "words that are no code", "cs.XX"])
    digest.paper(random).update(primary_category=one, categories=[one, "cs.PF"])


def withdraw(digest: Digest, random: Random) -> None:
    """Withdraw a paper, or take that back."""
    paper = digest.paper(random)
    paper["withdrawn"] = not paper.get("withdrawn", False)


def join_papers(digest: Digest, random: Random) -> None:
    """Let a paper name a DOI that another record is known by."""
    doi = "10.1145/3600006.3613165"
    twin = f"doi:{doi}"
    digest.records = [one for one in digest.records if one["id"] != twin]
    paper = digest.paper(random)
    for one in digest.records:
        one.pop("doi", None)
    paper["doi"] = doi
    digest.records.append(record(twin, "The same elsewhere", paper["listed"][0]["date"]))


def add_code(digest: Digest, random: Random) -> None:
    """Link code to a paper."""
    digest.paper(random)["links"] = {"code": f"https://example.org/code/{random.randrange(9)}"}


def pick(digest: Digest, random: Random) -> None:
    """Pick a paper, with some words or none."""
    paper = digest.paper(random)
    day = digest.day(paper)
    one: dict[str, Any] = {"id": paper["id"]}
    if random.random() < 0.7:
        one["note"] = f"Read *this* {random.randrange(100)}."
    if random.random() < 0.5:
        one["topics"] = [random.choice(digest.topics)["id"]] if digest.topics else []
    if random.random() < 0.3:
        one["highlight"] = True
    day["picks"] = [*(old for old in day.get("picks", []) if old["id"] != paper["id"]), one]
    day["passed"] = [old for old in day.get("passed", []) if old["id"] != paper["id"]]


def unpick(digest: Digest, random: Random) -> None:
    """Forget a curated day."""
    if digest.days:
        del digest.days[random.choice(sorted(digest.days))]


def pass_over(digest: Digest, random: Random) -> None:
    """Pass a paper over."""
    paper = digest.paper(random)
    day = digest.day(paper)
    day["picks"] = [old for old in day.get("picks", []) if old["id"] != paper["id"]]
    day["passed"] = [{"id": paper["id"], "why": f"reason {random.randrange(100)}"}]


def introduce(digest: Digest, random: Random) -> None:
    """Say something about a day, as somebody else."""
    digest.day(digest.paper(random)).update(intro=f"Day *{random.randrange(100)}*.", curator=random.choice(["a", "b"]))


def rename_topic(digest: Digest, random: Random) -> None:
    """Give a topic another name."""
    if digest.topics:
        random.choice(digest.topics)["name"] = f"Topic {random.randrange(100)}"


def change_rule(digest: Digest, random: Random) -> None:
    """Let a topic match by other words."""
    if digest.topics:
        random.choice(digest.topics)["match"] = {"any": [random.choice(["kernels", "caches", "study", "nothing"])]}


def move_topic(digest: Digest, random: Random) -> None:
    """Put the last topic below the first, or beside it."""
    if len(digest.topics) > 1:
        last = digest.topics[-1]
        if last.pop("parent", None) is None:
            last["parent"] = digest.topics[0]["id"]
        digest.topics[0].pop("parent", None)


def add_topic(digest: Digest, random: Random) -> None:
    """Add a topic."""
    number = digest.made = digest.made + 1
    word = random.choice(["compilers", "kernels", "pipelines"])
    digest.topics.append(
        {"id": f"topic-{number}", "name": f"On {word}", "description": "What *is* new.", "match": {"any": [word]}}
    )


def remove_topic(digest: Digest, random: Random) -> None:
    """Take a topic away, and every word of it."""
    if digest.topics:
        gone = digest.topics.pop(random.randrange(len(digest.topics)))["id"]
        for topic in digest.topics:
            if topic.get("parent") == gone:
                del topic["parent"]
        for day in digest.days.values():
            for one in day.get("picks", []):
                one["topics"] = [topic for topic in one.get("topics", []) if topic != gone]


def split_person(digest: Digest, random: Random) -> None:
    """Say which person wrote one of a name's papers."""
    paper = digest.paper(random)
    if paper.get("authors"):
        number = digest.made = digest.made + 1
        name = paper["authors"][0]["name"]
        digest.people.append({"id": f"person-{number}", "name": name, "papers": [paper["id"]]})


def merge_people(digest: Digest, random: Random) -> None:
    """Say that two names are one person."""
    one, other = random.sample(NAMES, 2)
    number = digest.made = digest.made + 1
    digest.people = [{"id": f"person-{number}", "name": one, "also": [other]}]


def describe_person(digest: Digest, random: Random) -> None:
    """Link a person's places in one order or the other, with a note."""
    places = [("homepage", "https://example.org/home"), ("code", "https://example.org/code")]
    random.shuffle(places)
    if digest.people:
        digest.people[0].update(links=dict(places), note=f"Judged by *{random.randrange(3)}*.")


def forget_people(digest: Digest, random: Random) -> None:
    """Take back all that was said of people."""
    digest.people = digest.people[: random.randrange(2)]


def correct(digest: Digest, random: Random) -> None:
    """Set one field of a paper right, or take back what was."""
    if digest.corrections and random.random() < 0.4:
        digest.corrections.pop()
        return
    field, value = random.choice([("title", "A right title"), ("abstract", "Right words."), ("authors", "New One; Kim Sample")])
    paper = digest.paper(random)["id"]
    digest.corrections = [old for old in digest.corrections if (old["id"], old["field"]) != (paper, field)]
    digest.corrections.append({"id": paper, "field": field, "value": value, "why": "it was wrong", "by": "editors"})


def add_by_hand(digest: Digest, random: Random) -> None:
    """Add a paper that no source knows, or take it back."""
    if digest.by_hand:
        digest.by_hand.pop()
    else:
        address = f"https://example.org/hand/{random.randrange(3)}"
        authors = [{"name": random.choice(NAMES)}]
        digest.by_hand.append({"id": address, "title": "By hand", "date": str(digest.newest()), "authors": authors})


def write_page(digest: Digest, random: Random) -> None:
    """Write two pages of one's own that lead to each other, or change one."""
    digest.own_pages.setdefault("about", "# About\n\n[How to help](help.md)\n")
    digest.own_pages["help"] = f"# Help {random.randrange(3)}\n\n{random.randrange(100)} ways, [all](about.md)\n"


def remove_pages(digest: Digest, random: Random) -> None:
    """Take the pages away, or let them stay alone."""
    digest.own_pages = random.choice([{}, {"about": "# About\n\nAlone.\n"}])


def configure(digest: Digest, random: Random) -> None:
    """Change a setting."""
    digest.config.update(
        random.choice(
            [
                {"title": f"Digest {random.randrange(9)}"},
                {"url": random.choice(["https://example.org/", "https://example.net/elsewhere/"])},
                {"description": "Other words."},
                {"repository": random.choice([None, "https://example.org/forge/other"])},
                {"language": random.choice(["en", "de"])},
                {"branch": random.choice(["main", "trunk"])},
            ]
        )
    )
    if digest.config.get("repository", "") is None:
        digest.config["repository"] = "https://example.org/forge/none"


def resize_feeds(digest: Digest, random: Random) -> None:
    """Let feeds hold more or less, and people have them from fewer papers on."""
    sizes = {"entries": random.choice([1, 3, 60]), "days": random.choice([1, 2, 30])}
    digest.config["feeds"] = {**sizes, "author_papers": random.choice([1, 2, 3])}


def edit_template(digest: Digest, random: Random) -> None:
    """Change a template of one's own, or what all of them import."""
    name = random.choice(["author.md.j2", "paper.md.j2", "day.md.j2", "_macros.j2", "topic.md.j2"])
    ours = (THEME / "pages" / name).read_text("utf-8")
    note = f"\n<p>One's own {random.randrange(100)}</p>\n"
    digest.theme[f"pages/{name}"] = ours + note if name != "_macros.j2" else ours.replace(" papers", " works")


def edit_style(digest: Digest, random: Random) -> None:
    """Change the style, or add a file to the assets."""
    digest.theme[random.choice(["assets/digest.css", "assets/own.css"])] = f"p{{margin:{random.randrange(100)}px}}\n"


def edit_shell(digest: Digest, random: Random) -> None:
    """Put a sentence of one's own on every page, from a file beside the templates."""
    include = '{% extends "base.html" %}{% block announce %}{% include "said.txt" %}{% endblock %}'
    digest.theme |= {"main.html": include, "said.txt": f"<p>Announced {random.randrange(100)}</p>"}


def drop_theme(digest: Digest, random: Random) -> None:
    """Take one file of one's own theme away, or all."""
    if digest.theme and random.random() < 0.5:
        gone = random.choice(sorted(set(digest.theme) - {"said.txt"}) or sorted(digest.theme))
        del digest.theme[gone]
    else:
        digest.theme = {}


def measure(digest: Digest, random: Random) -> None:
    """Count how a paper was received."""
    counted = {"id": digest.paper(random)["id"], "as_of": f"2025-01-{random.randrange(10, 28)}"}
    digest.metrics = [line for line in digest.metrics if (line["id"], line["as_of"]) != tuple(counted.values())]
    digest.metrics.append({**counted, "upvotes": random.randrange(500), "comments": random.randrange(9)})


EDITS: list[Edit] = [
    add_paper, remove_paper, retitle, rewrite_abstract, rename_author, change_category, withdraw, join_papers, add_code,
    pick, unpick, pass_over, introduce, rename_topic, change_rule, move_topic, add_topic, remove_topic, split_person,
    merge_people, describe_person, forget_people, correct, add_by_hand, write_page, remove_pages, configure,
    resize_feeds, edit_template, edit_style, edit_shell, drop_theme, measure,
]  # fmt: skip


def tree(folder: Path) -> dict[str, str]:
    """Return the hashes of all files, and the folders: an empty one is a difference too."""
    return tree_hash(folder) | {f"{path.relative_to(folder)}/": "" for path in folder.rglob("*") if path.is_dir()}


def differences(one: Path, other: Path) -> set[str]:
    """Return the paths at which two sites differ."""
    left, right = tree(one), tree(other)
    return {path for path in left.keys() | right.keys() if left.get(path) != right.get(path)}


def check_edits(folder: Path, edits: Iterable[tuple[Edit, int]]) -> int:
    """Build after each edit, beside a clean build of the same; return how many edits there were."""
    shutil.rmtree(folder, ignore_errors=True)
    digest, root, site, twin = Digest(), folder / "root", folder / "site", folder / "twin"
    build(digest.write(root), site, 1)
    done: list[str] = []
    for edit, seed in edits:
        before = deepcopy(digest)
        edit(digest, Random(seed))
        try:
            build(digest.write(root), site, 1)
        except ContentProblems:  # the edit left something that points nowhere: the site stands, the edit does not count
            digest = before
            continue
        done.append(f"{edit.__name__}({seed})")
        build(root, twin, 1, clean=True)
        assert not differences(site, twin), done
    return len(done)


every_edit = st.permutations(EDITS).flatmap(
    lambda order: st.tuples(*(st.tuples(st.just(edit), st.integers(0, 999)) for edit in order))
)
"""Every kind of edit once, in any order."""
chains = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(edits=every_edit)
@settings(chains, max_examples=2)
def test_incremental_build_equals_clean_build_after_any_edit(tmp_path: Path, edits: list[tuple[Edit, int]]) -> None:
    assert check_edits(tmp_path / "chain", edits) > len(EDITS) * 2 // 3


@pytest.mark.corpus
@given(edits=every_edit)
@settings(chains, max_examples=8)
def test_incremental_build_equals_clean_build_after_hundreds_of_edits(
    tmp_path: Path, edits: list[tuple[Edit, int]]
) -> None:
    count = check_edits(tmp_path / "chain", edits)
    print(f"{count} edits")
    assert count > len(EDITS) * 2 // 3
