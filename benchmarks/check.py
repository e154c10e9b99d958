"""``digest check`` on much valid curation: writes 50 MB of invented YAML, checks it, and says what that took.

How a command is measured is left to ``measure``.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.measure import cost

MB = 1_000_000
WORDS = (
    "a cache shares prefixes across tenants and the test for deviation is new; measured on eight cards at long context"
    " it holds where earlier rules fail, the authors name one weakness: small batches gain little from moving keys"
).split()
NAMES = "Ada Bo Cai Dora Emil Fay Gus Hana Ivo José Kim Lu Mina Noor Oda Pia Quin Rui Sol Tam Uma Vera Wim Xi Yan Zoë"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--root", type=Path, help="write it here and keep it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = given.root or Path(folder) / "root"
        size, files = write(root, given.megabytes * MB)
        print(f"{files:,} files that people edit, {size / MB:.1f} MB", flush=True)
        for run in ("first", "again"):
            took = cost([sys.executable, "-m", "generator", "check", "--root", str(root)], Path.cwd())
            print(
                f"{run}: {took.wall:.1f} s, {took.processor:.1f} s of processors, {took.peak / MB:.0f} MB: {took.said}",
                flush=True,
            )


def write(root: Path, size: int) -> tuple[int, int]:
    """Write a digest with so many bytes of curation: most in days, the rest in people, corrections and papers."""
    random = Random(1)
    parts = {"papers": size * 2 // 10, "authors": min(size * 15 // 100, 9 * MB), "corrections": min(size // 10, 9 * MB)}
    picks = list(_days(root, size - sum(parts.values()), random))
    _records(root, picks)
    _by_hand(root, parts["papers"], random)
    _authors(root, parts["authors"], picks, random)
    _corrections(root, parts["corrections"], picks, random)
    (root / "site_config.yml").write_text("title: Invented\nurl: https://example.org/\n", "utf-8")
    (root / "content/topics.yml").write_text(
        "".join(f"- {{id: topic-{number}, name: Topic {number}, match: {{any: [word]}}}}\n" for number in range(100)),
        "utf-8",
    )
    curation = [path for path in (root / "content").rglob("*.yml") if path.is_file()]
    return sum(path.stat().st_size for path in curation), len(curation)


def _words(random: Random, count: int) -> str:
    return " ".join(random.choices(WORDS, k=count))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _days(root: Path, size: int, random: Random) -> Iterator[tuple[date, str]]:
    """Write days of 30 picks and 10 passed papers until they have `size` bytes; yield every paper with its day."""
    day, number = date(2015, 1, 1), 0
    while size > 0:
        lines = ["curator: editors", f"intro: {_words(random, 12)[:90].replace(':', ',')}", "picks:"]
        for nth in range(40):
            paper = f"arxiv:{day:%y%m}.{10000 + number % 90000:05}"
            number += 1
            yield day, paper
            if nth == 30:
                lines.append("passed:")
            lines.append(f"  - id: {paper}")
            if nth >= 30:
                lines.append(f"    why: {_words(random, 7).replace(':', ',')}")
                continue
            note = _words(random, 50)
            lines += ["    note: >-", *(f"      {note[at : at + 90].strip()}" for at in range(0, len(note), 90))]
            lines += [f"    topics: [topic-{random.randrange(100)}]"] * (nth % 3 == 0)
        text = "\n".join(lines) + "\n"
        _put(root / f"content/digests/{day.year}/{day}.yml", text)
        size -= len(text.encode())
        day += timedelta(days=1)


def _author(paper: str) -> str:
    names = NAMES.split()
    number = int(paper[-5:])
    return f"{names[number % 26]} {names[number // 26 % 26]}son {names[number // 676 % 26]}man"


def _records(root: Path, picks: list[tuple[date, str]]) -> None:
    files: dict[date, list[str]] = {}
    for day, paper in picks:
        line = f'"listed":[{{"date":"{day}","source":"invented"}}],"title":"Invented"'
        files.setdefault(day, []).append(f'{{"authors":[{{"name":"{_author(paper)}"}}],"id":"{paper}",{line}}}\n')
    for day, lines in files.items():
        _put(
            root / f"content/records/{day.year}/{day}.jsonl",
            "".join(sorted(lines, key=lambda line: line.partition('"id":')[2])),
        )


def _by_hand(root: Path, size: int, random: Random) -> None:
    entries: list[str] = []
    number = 0
    while size > 0:
        number += 1
        entries.append(
            f"- id: https://example.org/paper/{number}\n  title: {_words(random, 8).replace(':', ',')}\n"
            "  authors:\n    - name: Ada Invented\n    - {name: Bo Imaginary, affiliation: Nowhere}\n"
            f"  published: 2025-03-17\n  date: 2025-12-11\n  links:\n    code: https://example.org/code/{number}\n"
        )
        size -= len(entries[-1])
        if len(entries) == 200 or size <= 0:
            _put(root / f"content/papers/{number:07}.yml", "".join(entries))
            entries = []


def _authors(root: Path, size: int, picks: list[tuple[date, str]], random: Random) -> None:
    of_name: dict[str, list[str]] = {}
    for _, paper in picks:
        of_name.setdefault(_author(paper), []).append(paper)
    lines, number = [], 0
    for name, papers in of_name.items():
        for start in range(0, len(papers), 4):
            number += 1
            claimed = "".join(f"    - {paper}\n" for paper in papers[start : start + 4])
            note = _words(random, 12).replace(":", ",")
            lines.append(f"- id: person-number-{number}\n  name: {name}\n  papers:\n{claimed}  note: {note}\n")
            size -= len(lines[-1])
            if size <= 0:
                break
        if size <= 0:
            break
    _put(root / "content/authors.yml", "".join(lines))


def _corrections(root: Path, size: int, picks: list[tuple[date, str]], random: Random) -> None:
    lines = []
    for _, paper in picks:
        value, why = _words(random, 8).replace(":", ","), _words(random, 6).replace(":", ",")
        lines.append(f"- id: {paper}\n  field: title\n  value: {value}\n  why: {why}\n  by: editors\n")
        size -= len(lines[-1])
        if size <= 0:
            break
    _put(root / "content/corrections.yml", "".join(lines))


if __name__ == "__main__":
    main()
