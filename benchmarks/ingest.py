"""Measures an ingest of 10,000 papers from a server on loopback, where no pause is due, and of a quarter of them.

``python -m benchmarks.ingest [--papers 2500 10000]``. Half of the papers come from Hugging Face's daily lists, half
from arXiv's API; all are invented, in the usual sizes. A budget is 30 s and 300 MB for 10,000, a ratio of 1 a paper.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import cost
from tests.digest_folder import write_yaml
from tests.replay import Asked, Reply, Route, replaying

A_DAY = 50
"""Papers on a day of one source."""
TODAY = date(2025, 12, 12)
ABSTRACT = "An abstract of the usual length. " * 35
_WINDOW = re.compile(r"submittedDate:\[(\d{8})0000 TO (\d{8})2359\]")


def day_of(paper: int, papers: int) -> date:
    """Return the day on which one of so many papers is listed; the last of them a week ago."""
    return TODAY - timedelta(days=7 + (papers - 1 - paper) // A_DAY)


def daily_item(paper: int, day: date) -> dict[str, Any]:
    authors = [{"name": f"Author {paper} {letter}", "hidden": False} for letter in "ABCDE"]
    inside = {
        "id": f"2511.{paper:05}",
        "title": f"Caches of the invented kind, number {paper}",
        "summary": ABSTRACT,
        "authors": authors,
        "publishedAt": f"{day - timedelta(days=2)}T10:00:00.000Z",
        "upvotes": paper % 90,
        "ai_keywords": ["caches", "serving"],
    }
    return {"paper": inside, "title": inside["title"], "publishedAt": f"{day}T08:00:00.000Z", "numComments": 2}


def atom_entry(paper: int, day: date) -> str:
    authors = "".join(f"<author><name>Writer {paper} {letter}</name></author>" for letter in "ABCDE")
    return (
        f"<entry><id>http://arxiv.org/abs/2510.{paper:05}v1</id><title>Schedulers, number {paper}</title>"
        f"<updated>{day}T10:00:00Z</updated><published>{day}T10:00:00Z</published><summary>{ABSTRACT}</summary>{authors}"
        f'<arxiv:primary_category term="cs.DC"/><category term="cs.DC"/><category term="cs.OS"/></entry>'
    )


def routes(papers: int) -> Mapping[str, Route]:
    """Answer as both sources do, for so many papers of each."""
    days = [day_of(paper, papers) for paper in range(papers)]

    def daily(asked: Asked) -> Reply:
        day = date.fromisoformat(asked.query["date"])
        items = [daily_item(paper, day) for paper in range(papers) if days[paper] == day]
        return Reply(json.dumps(items).encode(), content_type="application/json")

    def query(asked: Asked) -> Reply:
        window = _WINDOW.search(asked.query["search_query"])
        since, until = window.groups() if window else ("", "")
        hits = [paper for paper in range(papers) if since <= f"{days[paper]:%Y%m%d}" <= until]
        start, most = int(asked.query["start"]), int(asked.query["max_results"])
        entries = "".join(atom_entry(paper, days[paper]) for paper in hits[start : start + most])
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
            ' xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
            f"<opensearch:totalResults>{len(hits)}</opensearch:totalResults>{entries}</feed>"
        )
        return Reply(body.encode(), content_type="application/atom+xml")

    return {"/api/daily_papers": daily, "/api/query": query}


def digest(root: Path, address: str) -> None:
    """Write a digest without papers whose sources are on this machine."""
    sources = [
        {"name": "huggingface", "kind": "huggingface", "base_url": address},
        {"name": "arxiv", "kind": "arxiv", "base_url": address, "categories": ["cs.DC"]},
    ]
    write_yaml(root / "site_config.yml", {"title": "Invented", "url": "https://x.example/", "sources": sources})


def main() -> None:
    """Measure, and print a line for each number of papers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, nargs="+", default=[2_500, 10_000])
    arguments = parser.parse_args()
    each: list[float] = []
    for papers in arguments.papers:
        with tempfile.TemporaryDirectory(prefix="digest-bench-") as folder, replaying(routes(papers // 2)) as server:
            root = Path(folder)
            digest(root, server.address)
            since = day_of(0, papers // 2)
            command = [sys.executable, "-m", "generator", "ingest", "--root", folder]
            command += ["--today", str(TODAY), "--since", str(since), "--until", str(TODAY - timedelta(days=7))]
            done = cost(command, Path(__file__).parents[1])
            taken = sum(path.read_bytes().count(b"\n") for path in root.glob("content/records/*/*.jsonl"))
        each.append(1000 * done.processor / papers)
        print(
            f"{taken:>7,} papers {done.wall:7.1f} s wall {done.processor:7.1f} s processor {done.peak / 1e6:6.0f} MB"
            f" {each[-1]:6.2f} ms a paper"
        )
    print(f"ratio {each[-1] / each[0]:.2f}")


if __name__ == "__main__":
    main()
