"""Telling people of one name apart: our figures beside those of simple methods, on the recorded ACL Anthology sample.

What the figures mean is said by ``benchmarks/README.md``; how groups are scored is left to ``scores``.
"""

import argparse
import gzip
import json
import os
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.corpus import add_a_day, missing, write_corpus
from benchmarks.measure import cost
from benchmarks.scores import Score, score

CLONE = Path(__file__).parents[1]
RECORDED = Path(os.environ.get("DIGEST_RECORDED") or CLONE / "../shared/data") / "acl"
SAMPLE, GOLD = RECORDED / "acl_sample.jsonl.gz", RECORDED / "gold_homonyms_dev.json"
ID = "url:aclanthology.org/"
DIGEST = (sys.executable, "-m", "generator")
CATCH_ALL = "several people"
"""In a gold person's comment: nobody in particular."""
RARE = 0.002
"""First-name count x last-name count / names, below which a name is taken for one person's."""
MERGES, ROUNDS = 250, 4
"""Artificial merges in one digest, and digests."""
FALSE_ALARMS = (0.03, 0.1)

Person = str | None
"""None: whose paper it is, is not known."""
Case = Mapping[str, Person]
"""The papers of a name -> whose they are."""
Method = Callable[["Sample", str, Iterable[str]], list[set[str]]]


@dataclass(frozen=True)
class Sample:
    """Papers of the Anthology: lines as recorded, with names changed or not."""

    lines: Mapping[str, Mapping[str, Any]]

    def papers_of(self) -> dict[str, list[str]]:
        """Return the papers of each name as written."""
        found: dict[str, list[str]] = defaultdict(list)
        for paper, line in self.lines.items():
            for name in dict.fromkeys(author["name"] for author in line["authors"]):
                found[name].append(paper)
        return found

    def beside(self, paper: str, name: str) -> set[str]:
        """Return the co-authors of a name on a paper."""
        return {author["name"] for author in self.lines[paper]["authors"]} - {name}


def read_sample() -> Sample:
    """Read the recorded sample."""
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as lines:
        return Sample({item["id"]: item for item in map(json.loads, lines)})


def record_line(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a line of the sample to one of our record lines; no id of a person is taken over."""
    line = {
        "id": f"{ID}{item['id']}",
        "title": item["title"],
        "authors": [{"name": author["name"]} for author in item["authors"]],
        "abstract": item["abstract"],
        "published": date(item["year"], 1, 1).isoformat(),
        "journal_ref": item["booktitle"],
        "doi": item["doi"],
    }
    return {key: value for key, value in line.items() if value}


def write_root(folder: Path, sample: Sample) -> Path:
    """Make a digest of a sample, by ``digest import``."""
    (folder / "content").mkdir(parents=True)
    (folder / "site_config.yml").write_text("title: Anthology\nurl: https://example.org/\n", "utf-8")
    lines = "".join(json.dumps(record_line(item)) + "\n" for item in sample.lines.values())
    (folder / "sample.jsonl").write_text(lines, "utf-8")
    cost([*DIGEST, "import", "--format", "jsonl", "--root", str(folder), str(folder / "sample.jsonl")], CLONE)
    return folder


def suggest(root: Path, *arguments: str) -> dict[str, Any]:
    """Run ``digest authors suggest``; return its JSON."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        command = 'out=$1; shift; "$@" > "$out"'
        asked = [*DIGEST, "authors", "suggest", "--root", str(root), "--format", "json", *arguments]
        cost(["/bin/sh", "-c", command, "sh", str(out), *asked], CLONE)
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


# Cases ----------------------------------------------------------------------------------------------------------------


def gold_cases() -> dict[str, Case]:
    """Return the gold names with their papers; those of catch-alls and without an id are nobody's in particular."""
    found: dict[str, Case] = {}
    for group in json.loads(GOLD.read_text("utf-8"))["groups"]:
        case: dict[str, Person] = dict.fromkeys(group["papers_without_explicit_id"])
        for person in group["persons"]:
            known = None if CATCH_ALL in (person["comment"] or "") else person["id"]
            case.update(dict.fromkeys(person["papers_under_this_name"], known))
        found[group["name"]] = case
    return found


def rare_names(sample: Sample, least: int = 2) -> list[str]:
    """Return names on two papers or more of which chance makes next to nobody, sorted."""
    authors = {author["name"]: author for line in sample.lines.values() for author in line["authors"]}
    first = Counter(_first(author) for author in authors.values())
    last = Counter(author["last"] for author in authors.values())
    return [
        name
        for name, papers in sorted(sample.papers_of().items())
        if len(papers) >= least and first[_first(authors[name])] * last[authors[name]["last"]] / len(authors) < RARE
    ]


def _first(author: Mapping[str, Any]) -> str:
    return (author["first"] or "").partition(" ")[0]


def merged(sample: Sample, names: Sequence[str], seed: int) -> tuple[Sample, dict[str, Case]]:
    """Write pairs of names as one, the first of them; give the new sample and whose papers were whose."""
    papers = sample.papers_of()
    left = list(names)
    random.Random(seed).shuffle(left)
    into: dict[str, str] = {}
    cases: dict[str, Case] = {}
    while len(cases) < MERGES:
        one, other = left.pop(), left.pop()
        if set(papers[one]) & set(papers[other]):
            continue
        into[other] = one
        cases[one] = {**dict.fromkeys(papers[one], one), **dict.fromkeys(papers[other], other)}
    lines = {
        paper: {**line, "authors": [{**each, "name": into.get(each["name"], each["name"])} for each in line["authors"]]}
        for paper, line in sample.lines.items()
    }
    return Sample(lines), cases


# Baselines ------------------------------------------------------------------------------------------------------------


def one_person(_sample: Sample, _name: str, papers: Iterable[str]) -> list[set[str]]:
    """Take everybody of a name for one person."""
    return [set(papers)]


def by_coauthors(sample: Sample, name: str, papers: Iterable[str]) -> list[set[str]]:
    """Join papers that share a co-author."""
    return _components({paper: sample.beside(paper, name) for paper in papers})


class SecondOrder:
    """Joins papers that share a co-author, or whose co-authors wrote a paper together."""

    def __init__(self, sample: Sample) -> None:
        self.known: dict[str, set[str]] = defaultdict(set)
        for line in sample.lines.values():
            names = {author["name"] for author in line["authors"]}
            for each in names:
                self.known[each] |= names

    def __call__(self, sample: Sample, name: str, papers: Iterable[str]) -> list[set[str]]:
        beside = {paper: sample.beside(paper, name) for paper in papers}
        # A paper's co-authors meet another's where one of them knows one of those, the name itself aside.
        near = {
            paper: {f"{paper}", *names}.union(*(self.known[each] for each in names)) - {name}
            for paper, names in beside.items()
        }
        pairs = [(a, b) for a, b in combinations(beside, 2) if near[a] & beside[b] or near[b] & beside[a]]
        return _joined(beside, pairs)


def _components(marks: Mapping[str, set[str]]) -> list[set[str]]:
    return _joined(marks, [(a, b) for a, b in combinations(marks, 2) if marks[a] & marks[b]])


def _joined(papers: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    group = {paper: {paper} for paper in papers}
    for a, b in pairs:
        if group[a] is not group[b]:
            group[a] |= group[b]
            for paper in group[b]:
                group[paper] = group[a]
    return list({id(each): each for each in group.values()}.values())


# Figures --------------------------------------------------------------------------------------------------------------


def groups_of(found: Mapping[str, Any]) -> dict[str, list[set[str]]]:
    """Return name -> groups of papers, as the Anthology numbers them."""
    return {
        split["name"]: [{paper.removeprefix(ID) for paper in group["papers"]} for group in split["groups"]]
        for split in found["splits"]
    }


def ours(root: Path, cases: Mapping[str, Case]) -> Score:
    """Ask for the groups of names, by the command; every paper of each must come back."""
    found = groups_of(suggest(root, *cases))
    for name, case in cases.items():
        lost = set(case) - set().union(*found[name])
        if lost:
            raise SystemExit(f"{name}: papers {sorted(lost)} are in no group")
    return score([(found[name], case) for name, case in cases.items()])


def baseline(method: Method, sample: Sample, cases: Mapping[str, Case]) -> Score:
    """Score a simple method."""
    return score([(method(sample, name, case), case) for name, case in cases.items()])


@dataclass(frozen=True)
class Detected:
    """How sure the command is, unasked, that names are several people."""

    one: list[float]
    """Names taken for one person."""
    several: list[float]

    def found(self, rate: float) -> tuple[float, int]:
        """Return the share of one-person names and the number of others that stand out, at a rate of false alarms."""
        ranked = sorted(self.one, reverse=True)
        # The lowest threshold above which no more than the allowed share of one-person names lies.
        threshold = ranked[int(rate * len(ranked))]
        return (
            sum(value > threshold for value in self.one) / len(self.one),
            sum(value > threshold for value in self.several),
        )


def detected(root: Path, one: Iterable[str], several: Iterable[str]) -> Detected:
    """Run the command unasked and look names up in its answer; what it does not speak of has confidence 0."""
    found = {split["name"]: split["confidence"] for split in suggest(root, "--confidence", "0.5")["splits"]}
    return Detected([found.get(name, 0.0) for name in one], [found.get(name, 0.0) for name in several])


def speed(folder: Path) -> Iterable[str]:
    """Measure the command on all recorded daily papers, and on a new day of thirty."""
    corpus = write_corpus(folder, "hf")
    day = corpus.new_day[0].listed[0].date.isoformat()
    add_a_day(corpus)
    for what, arguments in (("all names", ()), ("a new day of 30 papers", ("--since", day))):
        took = cost([*DIGEST, "authors", "suggest", "--root", str(folder), *arguments], CLONE)
        yield f"| {what} | {took.wall:.1f} | {took.processor:.1f} | {took.peak / 1e6:.0f} |"


def main() -> None:
    """Print the tables of ``benchmarks/README.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"digests of {MERGES} merges each (default {ROUNDS})"
    )
    parser.add_argument("--quick", action="store_true", help="the gold names only")
    arguments = parser.parse_args()
    if not (SAMPLE.is_file() and GOLD.is_file()):
        sys.exit(f"no recorded papers at {RECORDED}; name their folder: DIGEST_RECORDED=/path/to/data")
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), 0 if arguments.quick else arguments.rounds)


def run(folder: Path, rounds: int) -> None:
    """Measure and print."""
    sample, gold = read_sample(), gold_cases()
    rare = rare_names(sample)
    root = write_root(folder / "gold", sample)
    methods: dict[str, Method] = {
        "everyone one person": one_person,
        "co-author components": by_coauthors,
        "+ co-authors of co-authors": SecondOrder(sample),
    }
    print("| gold names | P | R | F1 | B-cubed F1 |\n| --- | ---: | ---: | ---: | ---: |")
    for name, method in methods.items():
        print(f"| {name} | {baseline(method, sample, gold)} |")
    print(f"| ours | {ours(root, gold)} |\n", flush=True)
    found = detected(root, rare, gold)
    for rate in FALSE_ALARMS:
        share, count = found.found(rate)
        print(
            f"- gold names found unasked, at {share:.1%} of {len(rare):,} rare names: {count} of {len(gold)}",
            flush=True,
        )
    if rounds:
        merges(folder, sample, rare, rounds)
        if not missing("hf"):
            print("\n| names | wall s | processor s | peak MB |\n| --- | ---: | ---: | ---: |")
            for line in speed(folder / "hf"):
                print(line, flush=True)


def merges(folder: Path, sample: Sample, rare: Sequence[str], rounds: int) -> None:
    """Measure on artificial merges, some in each of several digests, and print."""
    totals: dict[str, list[Score]] = defaultdict(list)
    one: list[float] = []
    several: list[float] = []
    alarms: Counter[str] = Counter()
    for number in range(rounds):
        changed, cases = merged(sample, rare, number)
        root = write_root(folder / f"merges-{number}", changed)
        gone = {person for case in cases.values() for person in case.values()}
        alone = [name for name in rare if name not in gone]
        papers = changed.papers_of()
        second = SecondOrder(changed)
        for name, method in (
            ("everyone one person", one_person),
            ("co-author components", by_coauthors),
            ("+ co-authors of co-authors", second),
        ):
            totals[name].append(baseline(method, changed, cases))
            alarms[name] += sum(len(method(changed, each, papers[each])) > 1 for each in alone)
        totals["ours"].append(ours(root, cases))
        found = detected(root, alone, cases)
        one += found.one
        several += found.several
    print(
        f"\n| {rounds * MERGES:,} merges | P | R | F1 | B-cubed F1 | rare names split |\n" + "| --- |" + " ---: |" * 5
    )
    for name, scores in totals.items():
        split = f"{alarms[name] / len(one):.0%}" if name in alarms else "see below"
        print(f"| {name} | {Score.mean(scores)} | {split} |")
    print()
    for rate in FALSE_ALARMS:
        share, count = Detected(one, several).found(rate)
        print(
            f"- merges found unasked, at {share:.1%} of {len(one):,} rare names: {count / len(several):.0%}", flush=True
        )


if __name__ == "__main__":
    main()
