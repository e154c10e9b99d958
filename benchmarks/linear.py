"""Measures what a page costs in a digest of 3,400 pages and in one of 34,000, and prints the ratio; a budget is 1.1.

``python -m benchmarks.linear [--papers 640 6400] [--jobs 2]``. The papers are invented: each has some four authors
of its own, as on a daily list, so that a paper makes about 5.3 pages.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from tests.digest_folder import add_records, sample_records, write_digest


def digest(root: Path, papers: int) -> None:
    """Write a digest of `papers` papers, fifteen a day."""
    records = sample_records(papers, first=date(2018, 1, 1), a_day=15)
    for number, record in enumerate(records):
        record["authors"] = [{"name": f"Author {number} {letter}"} for letter in "ABCD"]
        record["abstract"] = "An abstract of the usual length. " * 35
    write_digest(root, [])
    add_records(root, records)


def seconds_to_build(root: Path, jobs: int) -> tuple[float, int]:
    """Return the seconds of a build in a process of its own, and the number of pages."""
    command = [sys.executable, "-m", "generator", "build", "--root", str(root), "--jobs", str(jobs)]
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1])
    return time.perf_counter() - start, sum(1 for _ in (root / "site").rglob("index.html"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, nargs="+", default=[640, 6400])
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        for papers in arguments.papers:
            root = Path(folder, str(papers))
            digest(root, papers)
            seconds, pages = seconds_to_build(root, arguments.jobs)
            costs.append(1000 * seconds / pages)
            print(f"{pages:>8,} pages {seconds:8.1f} s {costs[-1]:6.2f} ms a page")
    print(f"ratio {costs[-1] / costs[0]:.2f}")


if __name__ == "__main__":
    main()
