"""An invented literature for tests: rare people in circles, who write with their circle about its subject."""

import random
from pathlib import Path
from typing import Any

from tests.content import record, write

SUBJECTS = [
    "parsing grammar treebank syntax dependency", "translation bilingual alignment decoder phrase",
    "speech acoustic phoneme recogniser audio", "retrieval index query ranking passage",
    "caching memory kernel scheduler latency", "vision image segment pixel detector",
]  # fmt: skip
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qi ro su ta ve wi xo zu".split()


def names(count: int, seed: int) -> list[str]:
    """Invent names that share no part."""
    chance = random.Random(seed)
    parts: dict[str, None] = {}
    while len(parts) < 2 * count:
        parts["".join(chance.choices(SYLLABLES, k=4)).capitalize()] = None
    listed = list(parts)
    return [f"{listed[2 * i]} {listed[2 * i + 1]}" for i in range(count)]


def literature(people: int = 540, papers: int = 900, seed: int = 0) -> list[dict[str, Any]]:
    """Invent record lines: each circle of six writes about one subject; paper n has id arxiv:2401.n."""
    chance = random.Random(seed)
    everybody = names(people, seed)
    circles = [everybody[start : start + 6] for start in range(0, people, 6)]
    found = []
    for number in range(papers):
        circle = circles[number % len(circles)]
        about = SUBJECTS[number % len(circles) % len(SUBJECTS)].split()
        title = " ".join(chance.choices(about, k=4))
        authors = chance.sample(circle, 3)
        year = 2010 + number % len(circles) % 8 + chance.randrange(3)
        found.append(record(f"arxiv:2401.{number:05}", *authors, title=title, published=f"{year}-01-01"))
    return found


def merged(lines: list[dict[str, Any]], one: str, other: str) -> list[dict[str, Any]]:
    """Write a second person's name like the first's."""
    return [
        {**line, "authors": [{"name": one if each["name"] == other else each["name"]} for each in line["authors"]]}
        for line in lines
    ]


def written(root: Path, lines: list[dict[str, Any]], **files: str) -> Path:
    """Write a digest of record lines."""
    return write(root, *lines, **files)


def papers_of(lines: list[dict[str, Any]], name: str) -> set[str]:
    """Return the ids of a name's papers."""
    return {line["id"] for line in lines if name in {author["name"] for author in line["authors"]}}
