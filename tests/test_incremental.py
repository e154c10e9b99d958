"""An incremental build equals a clean one to the byte, and touches no more than it must.

How the site's folder changes is left to ``test_generations``. Everything built here is invented.
"""

import json
import re
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

from generator.errors import ContentProblems
from generator.site import search
from generator.site.build import Summary, build
from generator.site.generations.manifest import read_manifest
from generator.site.plan import CACHE
from generator.site.rendering import mkdocs, workers
from generator.site.search import files as search_files
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
        self.curators: list[dict[str, Any]] = []
        self.by_hand: list[dict[str, Any]] = []
        self.own_pages: dict[str, str] = {}
        self.theme: dict[str, str] = {}
        self.metrics: list[dict[str, Any]] = []
        self.ledger: dict[tuple[str, str], dict[str, Any]] = {}
        self.published: list[dict[str, Any]] = []

    def write(self, root: Path) -> Path:
        """Write it all, and nothing else, to `root`."""
        shutil.rmtree(root / "content", ignore_errors=True)
        shutil.rmtree(root / "theme", ignore_errors=True)
        lists = {
            "topics": self.topics,
            "authors": self.people,
            "corrections": self.corrections,
            "curators": self.curators,
            "papers": self.by_hand,
        }
        files = {name: value for name, value in lists.items() if value}
        write_digest(root, self.records, config=self.config, digests=self.days, **deepcopy(files))
        texts = {f"content/pages/{name}.md": text for name, text in self.own_pages.items()}
        texts |= {f"theme/{name}": text for name, text in self.theme.items()}
        if self.metrics:
            lines = sorted(self.metrics, key=lambda line: (line["id"], line["as_of"]))
            texts["content/metrics/2025-01.jsonl"] = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        for (day, _), line in sorted(self.ledger.items()):
            text = texts.get(path := f"content/ledger/{day[:7]}.jsonl", "")
            texts[path] = text + json.dumps(line, sort_keys=True) + "\n"
        if self.published:
            texts["content/addresses.jsonl"] = "".join(f"{json.dumps(line)}\n" for line in self.published)
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
    field, value = random.choice(
        [("title", "A right title"), ("abstract", "Right words."), ("authors", "New One; Kim Sample")]
    )
    paper = digest.paper(random)["id"]
    digest.corrections = [old for old in digest.corrections if (old["id"], old["field"]) != (paper, field)]
    digest.corrections.append({"id": paper, "field": field, "value": value, "why": "it was wrong", "by": "editors"})


def enter_curator(digest: Digest, random: Random) -> None:
    """Say who signs, with some names or others, or forget it."""
    if digest.curators and random.random() < 0.3:
        digest.curators.pop()
        return
    entry: dict[str, Any] = {"id": random.choice(["editors", "a", "chief"]), "name": f"Curator {random.randrange(3)}"}
    entry["also"] = random.sample(["editors", "a", "b"], random.randrange(1, 3))
    if random.random() < 0.5:
        entry["note"] = f"Knows *{random.randrange(9)}*."
    digest.curators = [entry]


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
    digest.theme[f"pages/{name}"] = (
        ours + note if name != "_macros.j2" else ours.replace('class="', f'data-own="{random.randrange(9)}" class="')
    )


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
    counts = {
        "upvotes": random.randrange(500),
        "comments": random.randrange(9),
        "citations": random.randrange(99),
        "stars": random.randrange(99),
    }
    some = random.sample(sorted(counts), random.randrange(1, len(counts) + 1))
    digest.metrics.append({**counted, **{name: counts[name] for name in some}})


def ask(digest: Digest, random: Random) -> None:
    """Ask a source for a day with papers or one without, or forget what all of them said."""
    if len(digest.ledger) > 5:
        digest.ledger = {}
    day = str(
        random.choice([date.fromisoformat(digest.paper(random)["listed"][0]["date"]), digest.newest()])
        + timedelta(days=random.choice([0, 0, 1, 2]))
    )
    source, state = random.choice(["huggingface", "other"]), random.choice(["settled", "empty", "failed", "not yet"])
    counted = {"listed": random.randrange(1, 9), "kept": 1} if state == "settled" else {"why": f"<b> {random.random()}"}
    digest.ledger[day, source] = {"date": day, "source": source, "state": state, "tried": day, **counted}


def pick_elsewhere(digest: Digest, random: Random) -> None:
    """Let another digest pick a paper, under a name that may be new, or take it back."""
    paper = digest.paper(random)
    if paper.pop("picked", None) is None:
        page = f"https://other.example.org/papers/{random.randrange(9)}/"
        title, day = f"<Other> {random.randrange(3)}", f"2025-01-{random.randrange(10, 28)}"
        paper["picked"] = [{"date": day, "digest": "https://other.example.org/", "title": title, "page": page}]


EDITS: list[Edit] = [
    add_paper, remove_paper, retitle, rewrite_abstract, rename_author, change_category, withdraw, join_papers, add_code,
    pick, unpick, pass_over, introduce, rename_topic, change_rule, move_topic, add_topic, remove_topic, split_person,
    merge_people, describe_person, forget_people, correct, enter_curator, add_by_hand, write_page, remove_pages,
    configure, resize_feeds, edit_template, edit_style, edit_shell, drop_theme, measure, ask, ask, pick_elsewhere,
]  # fmt: skip


def tree(folder: Path) -> dict[str, str]:
    """Return the hashes of all files, and the folders: an empty one is a difference too."""
    return tree_hash(folder) | {f"{path.relative_to(folder)}/": "" for path in folder.rglob("*") if path.is_dir()}


def differences(one: Path, other: Path) -> set[str]:
    """Return the paths at which two sites differ."""
    left, right = tree(one), tree(other)
    return {path for path in left.keys() | right.keys() if left.get(path) != right.get(path)}


def disturb(cache: Path, older: Path, seed: int) -> None:
    """Put what an earlier build remembered in the cache's place, or damage a file of it; or, mostly, leave it alone."""
    if seed % 5 == 0:
        shutil.rmtree(cache)
        shutil.copytree(older, cache)
    elif seed % 5 == 1:
        files = sorted(path for path in cache.rglob("*") if path.is_file())
        damaged = files[seed % len(files)]
        damaged.write_bytes(damaged.read_bytes()[: seed % 100])


def check_edits(folder: Path, edits: Iterable[tuple[Edit, int]]) -> int:
    """Build after each edit, beside a clean build of the same; return how many edits there were."""
    shutil.rmtree(folder, ignore_errors=True)
    digest, root, site = Digest(), folder / "root", folder / "site"
    alone, twin, older = folder / "alone", folder / "twin", folder / "older"
    build(digest.write(root), site, 1)
    shutil.copytree(root / CACHE, older)
    done: list[str] = []
    for edit, seed in edits:
        before = deepcopy(digest)
        edit(digest, Random(seed))
        disturb(root / CACHE, older, seed)
        try:
            build(digest.write(root), site, 1)
        except ContentProblems:  # the edit left something that points nowhere: the site stands, the edit does not count
            digest = before
            continue
        done.append(f"{edit.__name__}({seed})")
        build(digest.write(alone), twin, 1, clean=True)  # apart: it must not mend what the other remembers
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
@settings(chains, max_examples=1)
def test_incremental_build_equals_clean_build_after_any_edit(tmp_path: Path, edits: list[tuple[Edit, int]]) -> None:
    assert check_edits(tmp_path / "chain", edits) > len(EDITS) * 2 // 3


@pytest.mark.corpus
@given(edits=every_edit)
@settings(chains, max_examples=8)
def test_incremental_build_equals_clean_build_after_hundreds_of_edits(
    tmp_path: Path, edits: list[tuple[Edit, int]]
) -> None:
    assert check_edits(tmp_path / "chain", edits) > len(EDITS) * 2 // 3


# No more than it must


class Built:
    """A digest with a site, which notes what each further build renders and changes."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.site = folder / "root", folder / "site"
        self.digest = Digest(6)
        self.rendered: set[str] = set()
        render = workers.render

        def noting(rendering: mkdocs.Rendering, output: Path, sources: Any, *more: Any) -> Any:
            self.rendered = {source.address for source in sources}
            return render(rendering, output, sources, *more)

        monkeypatch.setattr(workers, "render", noting)
        self.build()

    def build(self) -> Summary:
        """Write the digest and build it."""
        return build(self.digest.write(self.root), self.site, 1)

    def change(self, edit: Callable[[Digest], None]) -> set[str]:
        """Build after an edit; return the addresses of the pages that have other bytes or are new."""
        before = tree_hash(self.site)
        edit(self.digest)
        self.build()
        after = tree_hash(self.site)
        files = {path for path in after if path.endswith("index.html") and after[path] != before.get(path)}
        return {path.removesuffix("index.html") for path in files}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    return Built(tmp_path, monkeypatch)


def test_renaming_an_author_touches_exactly_the_pages_that_show_the_name(built: Built) -> None:
    paper = built.digest.records[2]
    (built.digest.records[2]["authors"], names) = ([{"name": "Zed Renamed"}], [one["name"] for one in paper["authors"]])
    changed = built.change(lambda _: None)
    shown = {
        path.relative_to(built.site).as_posix().removesuffix("index.html")
        for path in built.site.rglob("index.html")
        if "Zed Renamed" in path.read_text("utf-8")
    }
    assert built.rendered == changed
    assert shown <= changed
    assert "authors/zed-renamed/" in changed
    untouched = {one["id"].removeprefix("arxiv:") for one in built.digest.records} - {
        paper["id"].removeprefix("arxiv:")
    }
    assert not {f"papers/{one}/" for one in untouched} & changed
    assert names


def _first(key: str, value: Any) -> Callable[[Digest], None]:
    return lambda digest: digest.records[0].update({key: value})


def _curate(**words: Any) -> Callable[[Digest], None]:
    return lambda digest: digest.day(digest.records[1]).update(words)


TYPICAL: dict[str, Callable[[Digest], None]] = {
    "retitle": _first("title", "Another title"),
    "abstract": _first("abstract", "Other words."),
    "keywords, which only the search knows": _first("keywords", ["unseen"]),
    "code": _first("links", {"code": "https://example.org/code/77"}),
    "pick": lambda digest: _curate(picks=[{"id": digest.records[1]["id"], "note": "Read it."}])(digest),
    "intro": _curate(intro="A day."),
    "pass over": lambda digest: _curate(passed=[{"id": digest.records[1]["id"], "why": "measures nothing"}])(digest),
    "rename a topic": lambda digest: digest.topics[1].update(name="Caches"),
    "describe a topic": lambda digest: digest.topics[1].update(description="What *keeps*."),
    "name a person": lambda digest: digest.people.append(
        {"id": "ada-invented", "name": "Ada Invented", "note": "It is."}
    ),
    "correct": lambda digest: digest.corrections.append(
        {"id": digest.records[3]["id"], "field": "comment", "value": "9 pages", "why": "lost", "by": "editors"}
    ),
    "add a paper": lambda digest: add_paper(digest, Random(1)),
    "measure": lambda digest: measure(digest, Random(1)),
    "stars, which no page shows": lambda digest: digest.metrics.append(
        {"id": digest.records[0]["id"], "as_of": "2025-01-30", "stars": 3}
    ),
    "citations": lambda digest: digest.metrics.append(
        {"id": digest.records[0]["id"], "as_of": "2025-01-30", "citations": 7, "citations_from": "openalex"}
    ),
    "style": lambda digest: edit_style(digest, Random(1)),
    "author's template": lambda digest: edit_template(digest, Random(4)),
    "nothing but the order of the topics' rules": lambda digest: digest.topics[1]["match"].update(
        any=["caches", "xyz"]
    ),
}


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_edit_renders_only_pages_that_change(built: Built, name: str) -> None:
    changed = built.change(TYPICAL[name])
    assert built.rendered == changed


def test_new_year_touches_the_listing_of_the_year_before_and_no_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.site.pages.lists.NEWEST_SHOWN", 1)
    built = Built(tmp_path, monkeypatch)

    def moved(place: int, year: int) -> Callable[[Digest], None]:
        """List one of the papers, which all are of one topic, in another year."""
        return lambda digest: digest.records[place].update(
            listed=[{"source": "huggingface", "date": f"{year}-06-0{place + 1}"}]
        )

    def listings(addresses: Iterable[str]) -> set[str]:
        return {address for address in addresses if re.fullmatch(r"topics/distributed/\d+/", address)}

    built.change(moved(0, 2022))
    built.change(moved(1, 2023))
    changed = built.change(moved(2, 2025))
    assert listings(changed) == listings(built.rendered) == {f"topics/distributed/{year}/" for year in (2024, 2025)}
    assert (built.site / "topics/distributed/2022/index.html").exists()


def test_nothing_changed_writes_nothing(built: Built) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in built.site.rglob("*")}

    before, folder = state(), built.site.stat()
    summary = build(built.root, built.site, 1)
    assert state() == before
    assert (built.site.stat().st_ino, built.site.stat().st_mtime_ns) == (folder.st_ino, folder.st_mtime_ns)
    assert set(summary.counts) == {"pages kept"}
    assert summary.counts["pages kept"] > 30


def test_settings_of_ingest_and_mail_render_nothing(built: Built) -> None:
    sources = [{"name": "daily", "kind": "huggingface"}]
    settings = {
        "sources": sources,
        "rules": {"exclude": [{"sources": ["daily"]}]},
        "ingest": {"first_days": 2},
        "newsletter": {"host": "mail.example.org", "sender": "digest@example.org", "to": "list@example.org"},
    }
    assert built.change(lambda digest: digest.config.update(settings)) == set()
    assert built.rendered == set()


def test_ledger_renders_its_days_and_the_archive(built: Built) -> None:
    day = str(built.digest.newest())
    line = {"date": day, "source": "daily", "state": "settled", "tried": day, "listed": 3, "kept": 2}
    changed = built.change(lambda digest: digest.ledger.update({(day, "daily"): line}))
    assert changed == built.rendered == {f"days/{day}/"}
    after = str(date.fromisoformat(day) + timedelta(days=1))
    quiet = {"date": after, "source": "daily", "state": "empty", "tried": after}
    shown = built.change(lambda digest: digest.ledger.update({(after, "daily"): quiet}))
    assert shown == built.rendered == {"", "days/"}  # both have the month's calendar


def test_kept_pages_are_the_same_files_and_new_ones_are_new(built: Built) -> None:
    def inodes() -> dict[str, int]:
        return {str(path.relative_to(built.site)): path.stat().st_ino for path in built.site.rglob("*.html")}

    before = inodes()
    changed = built.change(TYPICAL["retitle"])
    after = inodes()
    assert {path for path in after if after[path] != before[path]} == {f"{address}index.html" for address in changed}


def test_gone_papers_people_and_topics_leave_nothing(built: Built) -> None:
    built.digest.config["feeds"] = {"author_papers": 1}
    built.build()
    gone = built.digest.records[4]
    gone["authors"] = [{"name": "Unheard Of"}]
    gone.update(primary_category="cs.GT", categories=["cs.GT"], keywords=["xylograph"])
    built.digest.topics.append({"id": "rare", "name": "Rare", "match": {"categories": ["cs.GT"]}})
    built.build()
    paper = gone["id"].removeprefix("arxiv:")
    left = [
        f"papers/{paper}",
        "authors/unheard-of",
        "topics/rare",
        "categories/cs.GT",
        f"days/{gone['listed'][0]['date']}",
    ]
    for place in left:
        assert (built.site / place / "index.html").is_file(), place
    for place in left[1:4]:
        assert (built.site / place / "feed.xml").is_file(), place
    built.digest.records.remove(gone)
    built.digest.topics.pop()
    summary = built.build()
    assert summary.counts["pages removed"] >= len(left)
    assert [place for place in left if (built.site / place).exists()] == []
    assert [path for path in built.site.rglob("*") if path.is_dir() and not any(path.iterdir())] == []
    fragments = [path for path in built.site.glob("pagefind/fragment/*") if path.is_file()]
    assert len(fragments) == len(built.digest.records)
    twin = built.root.parent / "twin"
    build(built.root, twin, 1)
    assert not differences(built.site, twin)


def test_renamed_topic_above_a_papers_topic_reaches_the_search(built: Built) -> None:
    """A paper is found by the topics above its own, whose names its own page does not show."""
    before = read_manifest(built.site).files["pagefind/pagefind-entry.json"]
    built.change(lambda digest: digest.topics[0].update(name="Renamed"))
    assert read_manifest(built.site).files["pagefind/pagefind-entry.json"] != before


def test_order_of_a_persons_links_shows(built: Built) -> None:
    links = {"homepage": "https://example.org/a", "code": "https://example.org/b"}
    built.digest.people = [{"id": "ada-invented", "name": "Ada Invented", "links": links}]
    built.build()
    changed = built.change(lambda digest: digest.people[0].update(links=dict(reversed(links.items()))))
    assert changed == built.rendered == {"authors/ada-invented/"}


def test_feed_that_a_person_had_shows_on_the_page_though_the_papers_are_too_few_now(built: Built) -> None:
    person, mention = "authors/ada-invented/", {"name": "Ada Invented"}
    for paper in built.digest.records:
        paper["authors"] = [one for one in paper["authors"] if one != mention]
    built.digest.records[0]["authors"].append(mention)
    built.build()
    line = {"address": person, "title": "Ada Invented", "feeds": ["atom.xml", "feed.json", "feed.xml"]}
    changed = built.change(lambda digest: digest.published.append(line))
    assert changed == built.rendered == {person, "subscribe/"}
    assert "feed.xml" in (built.site / person / "index.html").read_text("utf-8")


def test_own_page_is_rendered_with_those_that_it_leads_to(built: Built) -> None:
    built.digest.own_pages = {"about": "# About\n\n[Help](help.md)\n", "help": "# Help\n\n[About](about.md)\n"}
    built.build()
    changed = built.change(lambda digest: digest.own_pages.update(help="# Help\n\nMore, [about](about.md)\n"))
    assert changed == {"help/"}
    assert 'href="../about/"' in (built.site / "help" / "index.html").read_text("utf-8")


def test_own_pages_stay_together_however_many_there_are() -> None:
    sources = [mkdocs.Source(f"{n}/", str, written_by_us=False) for n in range(300)]
    assert workers._chunks(sources, 4) == [sources]


def test_template_that_includes_itself_or_what_may_be_missing_is_understood(built: Built) -> None:
    ours = (THEME / "pages/author.md.j2").read_text("utf-8")
    again = "{% if not page %}{% include 'again.j2' %}{% endif %}"
    built.digest.theme = {
        "pages/author.md.j2": ours + "{% include 'again.j2' %}{% include 'own.j2' ignore missing %}\n",
        "pages/again.j2": again,
    }
    changed = built.change(lambda _: None)
    assert changed == set()
    changed = built.change(lambda digest: digest.theme.update({"pages/own.j2": "<p>It is there</p>"}))
    assert changed
    assert all(address.startswith("authors/") for address in changed)


def test_template_that_a_template_names_by_a_variable_is_watched(built: Built) -> None:
    ours = (THEME / "pages/author.md.j2").read_text("utf-8")
    built.digest.theme = {"pages/author.md.j2": ours + "{% include 'own-' ~ 'part.j2' %}\n", "pages/own-part.j2": "one"}
    built.build()
    assert built.change(lambda digest: digest.theme.update({"pages/own-part.j2": "two"}))


@pytest.mark.parametrize("name", ["retitle", "add a paper", "author's template"])
def test_jobs_do_not_show_after_an_edit(built: Built, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(workers, "SMALL", 2)
    other = built.root.parent / "other"
    shutil.copytree(built.site, other)
    TYPICAL[name](built.digest)
    built.digest.write(built.root)
    build(built.root, built.site, 1)
    build(built.root, other, 2)
    assert not differences(built.site, other)


# The search's periods


def over_quarters(root: Path, quarters: int = 4) -> Path:
    """Write a digest of two papers a quarter."""
    days = [date(2024 + quarter // 4, 1 + quarter % 4 * 3, 10 + n) for quarter in range(quarters) for n in (0, 1)]
    return write_digest(
        root, [record(f"arxiv:{day:%y%m}.{10000 + n}", f"Paper {n}", day) for n, day in enumerate(days)]
    )


def test_periods_close_when_they_hold_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = list(catalog_of(over_quarters(tmp_path)).papers.values())
    for enough, lengths in {1: [2, 2, 2, 2], 3: [4, 4], 5: [6, 2], 500: [8]}.items():
        monkeypatch.setattr(search, "ENOUGH", enough)
        grouped = search.periods(papers)
        assert [len(inside) for inside in grouped.values()] == lengths
        assert search.periods(reversed(papers)) == grouped
        assert list(grouped) == sorted(grouped)
        for n in range(1, len(papers)):  # what is older never changes as days are added
            oldest = sorted(papers, key=lambda paper: paper.day)[:n]
            some = search.periods(oldest)
            assert list(some.items())[:-1] == list(grouped.items())[: len(some) - 1]


def test_search_keeps_the_indexes_that_a_new_day_does_not_touch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "ENOUGH", 3)
    root, site = over_quarters(tmp_path / "root"), tmp_path / "site"
    build(root, site, 1)
    assert json.loads((site / search_files.OLDER).read_bytes()) == ["2024-01/"]
    closed = {path: path.stat().st_ino for path in (site / "pagefind/2024-01").rglob("*") if path.is_file()}
    assert closed
    assert not list((site / "pagefind/2024-01").glob("*.js"))
    add_records(root, [record("arxiv:2410.30000", "Later", "2024-10-30")])
    assert build(root, site, 1).counts["search indexes"] == 1
    assert {path: path.stat().st_ino for path in closed} == closed
    add_records(root, [record("arxiv:2501.30000", "Next year", "2025-01-30")])
    assert build(root, site, 1).counts["search indexes"] == 2  # the newest is closed, another is begun
    assert json.loads((site / search_files.OLDER).read_bytes()) == ["2024-07/", "2024-01/"]
    assert {path: path.stat().st_ino for path in closed} == closed
    add_records(root, [record("arxiv:2402.30000", "Late in the past", "2024-02-03")])
    build(root, site, 1)
    build(root, tmp_path / "twin", 1)
    assert not differences(site, tmp_path / "twin")


def test_removed_period_leaves_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ENOUGH", 1)
    root, site = over_quarters(tmp_path / "root", 2), tmp_path / "site"
    build(root, site, 1)
    assert (site / "pagefind/2024-01").is_dir()
    for path in (root / "content/records").rglob("2024-01-*.jsonl"):
        path.unlink()
    build(root, site, 1)
    assert not (site / "pagefind/2024-01").exists()
    assert json.loads((site / search_files.OLDER).read_bytes()) == []
    build(root, tmp_path / "twin", 1)
    assert not differences(site, tmp_path / "twin")
