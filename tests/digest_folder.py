"""Writes digests to build in tests: configuration, record lines, curation. What is built of them is left to the tests.

Everything written here is invented.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from generator.model import Record
from generator.records import read_records, write_records

CONFIG: dict[str, Any] = {
    "title": "Invented Papers",
    "url": "https://example.org/digest/",
    "description": "Nothing here was ever published.",
    "repository": "https://example.org/forge/digest",
}


def write_digest(
    root: Path, records: Iterable[dict[str, Any]], *, config: dict[str, Any] | None = None, **files: Any
) -> Path:
    """Write a digest; ``files`` are ``topics``, ``authors``, ``corrections``, ``papers``, ``digests`` (by day)."""
    root.mkdir(parents=True, exist_ok=True)
    write_yaml(root / "site_config.yml", {**CONFIG, **(config or {})})
    (root / "content" / "pages").mkdir(parents=True, exist_ok=True)
    add_records(root, records)
    for day, digest in files.pop("digests", {}).items():
        write_yaml(root / f"content/digests/{str(day)[:4]}/{day}.yml", digest)
    if "papers" in files:
        write_yaml(root / "content/papers/by-hand.yml", files.pop("papers"))
    for name, value in files.items():
        write_yaml(root / f"content/{name}.yml", value)
    return root


def add_records(root: Path, records: Iterable[dict[str, Any]]) -> None:
    """Lay record lines into the store, each in the file of its first day."""
    write_records(root, read_records(root), [msgspec.convert(record, Record) for record in records])


def write_yaml(path: Path, value: Any) -> None:
    """Write `value` as YAML that our strict reader takes: no aliases, dates as they are written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(value, Dumper=_NoAliases, sort_keys=False, width=10**6), "utf-8")


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Keep a text on one line of the file, so that tests can name the line of what follows."""
        style = '"' if any(sign in data for sign in "\n\r\x85\u2028\u2029") else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_NoAliases.add_representer(str, _NoAliases.represent_str)


def record(paper: str, title: str, day: str | date, **fields: Any) -> dict[str, Any]:
    """Return a record listed by one source on `day`."""
    return {"id": paper, "title": title, "listed": [{"source": "huggingface", "date": str(day)}], **fields}


NAMES = [
    "Ada Invented", "Bo Imaginary", "Cai Madeup", "Dora Fictive", "Emil von Nowhere", "Fay Unreal", "Gus Contrived",
    "Hana Pretend", "Ivo Made-Up", "José Ficción", "Kim Sample", "Lu Example",
]  # fmt: skip
SUBJECTS = ["caches", "schedulers", "kernels", "pipelines", "checkpoints", "interconnects", "compilers", "tokenizers"]
VERBS = ["Sharing", "Pruning", "Moving", "Measuring", "Mending", "Delaying", "Splitting", "Reading", "Packing"]


def sample_records(count: int, *, first: date = date(2024, 11, 20), a_day: int = 2) -> list[dict[str, Any]]:
    """Return `count` invented papers, `a_day` listed on each weekday from `first` on."""
    made = []
    day = first
    for number in range(count):
        if number and number % a_day == 0:
            day += timedelta(days=3 if day.weekday() == 4 else 1)
        subject, verb = SUBJECTS[number % len(SUBJECTS)], VERBS[number % len(VERBS)]
        names = [NAMES[(number * step + step) % len(NAMES)] for step in range(1, 2 + number % 3)]
        made.append(
            record(
                f"arxiv:{day:%y%m}.{10000 + number}",
                f"{verb} {subject} in study {number}",
                day,
                authors=[{"name": name} for name in dict.fromkeys(names)],
                abstract=f"Study {number} is about {verb.lower()} {subject}. It was never carried out.",
                published=str(day - timedelta(days=1)),
                primary_category=["cs.DC", "cs.LG", "cs.OS"][number % 3] if number % 5 else "cs.DC",
                categories=["cs.DC", "cs.PF"],
                **({"links": {"code": f"https://example.org/code/{number}"}} if number % 4 == 0 else {}),
            )
        )
    return made


def write_sample(root: Path) -> Path:
    """Write a digest with every kind of page: 140 papers over two years, picks, topics, people, redirects, a page."""
    records = sample_records(140)
    records[3]["withdrawn"] = True
    records[5] |= {"doi": "10.1145/3600006.3613165", "organization": "Invented Laboratory", "comment": "9 pages"}
    records[9]["categories"] = ["cs.DC", "68T50", "I.2.7; secondary"]
    records[10] |= {"primary_category": "Words that are no code"}
    twin = record("doi:10.1145/3600006.3613165", "Pruning what is in study 5", records[5]["listed"][0]["date"])
    old = record("arxiv:math/0211159", "On what is invented", "2024-11-22", authors=[{"name": "Ada Invented"}])
    days = sorted({item["listed"][0]["date"] for item in records})
    by_day = {day: [item["id"] for item in records if item["listed"][0]["date"] == day] for day in days}
    newest, older = days[-1], days[4]
    write_digest(
        root,
        [*records, twin, old],
        digests={
            newest: {
                "curator": "editors",
                "intro": "A day of *invented* papers.",
                "picks": [{"id": by_day[newest][0], "note": "Read it for `code` and [a link](https://example.org/x)."}],
            },
            older: {
                "curator": "editors",
                "picks": [
                    {"id": by_day[older][0], "note": "Mends what was packed.", "topics": ["mending"], "highlight": True}
                ],
                "passed": [{"id": by_day[older][1], "why": "measures nothing"}],
            },
        },
        topics=[
            {"id": "systems", "name": "Systems", "description": "What **moves** data."},
            {"id": "caching", "name": "Caching", "parent": "systems", "match": {"any": ["caches", "checkpoints"]}},
            {
                "id": "scheduling",
                "name": "Scheduling",
                "parent": "systems",
                "match": {"any": ["schedulers", "pipelines"]},
            },
            {"id": "mending", "name": "Mending"},
            {"id": "distributed", "name": "Distributed", "match": {"categories": ["cs.DC"]}},
        ],
        authors=[
            {
                "id": "ada-invented-first",
                "name": "Ada Invented",
                "papers": ["arxiv:math/0211159"],
                "orcid": "0000-0002-1825-0097",
                "links": {"homepage": "https://example.org/ada"},
                "note": "The papers on *caches*.",
            },
            {"id": "ada-invented-second", "name": "Ada Invented"},
            {"id": "bo", "name": "Bo Imaginary", "also": ["B. Imaginary"]},
        ],
        corrections=[
            {
                "id": records[7]["id"],
                "field": "title",
                "value": "A corrected title",
                "why": "a word was lost",
                "by": "editors",
            }
        ],
        curators=[
            {
                "id": "editors",
                "name": "editors",
                "link": "https://example.org/editors",
                "topics": ["caching"],
                "note": "They *read*.",
            }
        ],
        papers=[
            {"id": "https://example.org/hand", "title": "By hand", "date": older, "authors": [{"name": "Kim Sample"}]}
        ],
    )
    (root / "content/pages/about.md").write_text("# About\n\nAn invented digest.\n", "utf-8")
    return root
