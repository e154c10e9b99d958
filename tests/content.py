"""A digest's root written from Python values, for tests; everything in it is invented."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.check import check
from generator.catalog.content import load
from generator.errors import ContentError

DAY = "2025-12-11"
CONFIG = "title: Invented\nurl: https://example.org/\n"
DIGEST = f"content/digests/2025/{DAY}.yml"
TOPICS = "content/topics.yml"
AUTHORS = "content/authors.yml"
CORRECTIONS = "content/corrections.yml"
DECLINED = "content/declined.yml"
CURATORS = "content/curators.yml"
HAND = "content/papers/more.yml"


def record(paper: str, *authors: str, day: str = DAY, source: str = "invented", **more: Any) -> dict[str, Any]:
    """Make a record line: listed by one source on one day, with these authors, titled after its id."""
    listed = [{"date": day, "source": source}]
    values = {"id": paper, "title": f"Paper {paper}", "authors": [{"name": name} for name in authors], "listed": listed}
    return {**values, **more}


def write(root: Path, *records: Mapping[str, Any], **files: str | bytes) -> Path:
    """Write a root with these records; the files are named after what they hold: digest, topics, authors, corrections,
    curators, declined, papers, config.
    """
    put(root, {"site_config.yml": CONFIG})
    by_day: dict[str, list[Mapping[str, Any]]] = {}
    for one in records:
        day = min([listing["date"] for listing in one["listed"]] or [one["published"]])
        by_day.setdefault(day, []).append(one)
    for day, lines in by_day.items():
        ordered = sorted(lines, key=lambda one: str(one["id"]))
        text = "".join(json.dumps(one, sort_keys=True, ensure_ascii=False) + "\n" for one in ordered)
        put(root, {f"content/records/{day[:4]}/{day}.jsonl": text})
    places = {
        "digest": DIGEST,
        "topics": TOPICS,
        "authors": AUTHORS,
        "corrections": CORRECTIONS,
        "declined": DECLINED,
        "curators": CURATORS,
        "papers": HAND,
        "config": "site_config.yml",
    }
    put(root, {places[name]: text for name, text in files.items()})
    return root


def put(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, by their place under the root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def noted(function: Callable[[Any], Any], calls: list[Any]) -> Callable[[Any], Any]:
    """Return `function`, which also notes what it was called with in `calls`."""

    def call(value: Any) -> Any:
        calls.append(value)
        return function(value)

    return call


def catalog_of(root: Path) -> Catalog:
    """Assemble a root that has no problem."""
    content = load(root)
    problems = [str(problem) for problem in check(content)]
    assert problems == [], problems
    return assemble(content)


def problems_of(root: Path) -> list[ContentError]:
    """Return every problem of a root."""
    return check(load(root))
