"""Measures what all files for programs cost on the recorded corpus: clean, and after a day of 30 papers.

They are feeds, citations, the API, the sitemap, and how to find them: ``robots.txt``, ``llms.txt``, OpenSearch.

``python -m benchmarks.exports [--size 600|hf|all] [--files]``, from the clone. Seconds are this process's own processor
time, which other work on the machine disturbs less than a clock; the papers' hashes, which all pages share, are told
apart. A budget is 10 s for all, 0.5 s for a new day, 60 MB.
"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

from benchmarks import corpus as edits
from generator.site.files import File, one_by_one
from generator.site.generations import Generation
from generator.site.generations.inspection import Inspection
from generator.site.generations.manifest import Manifest, write_manifest
from generator.site.machine_files import all_feeds, data_files
from generator.site.page import Addresses
from generator.site.pages import Pages
from generator.site.sitemaps import sitemap_files

RUNS = 5


@dataclass
class Made:
    """What making the stale files of a digest took."""

    hashing: float
    """Seconds for the hashes of all papers."""
    listing: float
    """Seconds to find what every file is made from."""
    making: float
    """Seconds to make those that are stale."""
    stale: dict[str, float] = field(default_factory=dict)
    """Seconds a stale file."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What every file is made from."""
    bytes: int = 0
    """Of all files together."""


def make(corpus: edits.Corpus, stage: Path, old: Generation) -> Made:
    """Write the stale feeds and exports of a digest into `stage`."""
    catalog = edits.catalog_of(corpus)
    gc.disable()  # as the build does
    start = process_time()
    pages = Pages(catalog)
    for paper in catalog.papers:  # for the pages, who have them first
        pages.prints.paper(paper)
        pages.prints.row(paper)
    done = Made(process_time() - start, 0.0, 0.0)
    addresses = _addresses(pages)
    start = process_time()
    listed = [*one_by_one(data_files(pages, old)), *all_feeds(pages, {}), *sitemap_files(catalog.config.url, addresses)]
    done.listing = process_time() - start
    done.files = {file.path: file.made_from for file in listed}
    for file in listed:
        if old.files.get(file.path) != file.made_from:
            done.stale[file.path] = _write(stage, file)
    done.making = sum(done.stale.values())
    gc.enable()
    done.bytes = sum(
        (stage / path if path in done.stale else (old.folder or stage) / path).stat().st_size for path in done.files
    )
    return done


def _addresses(pages: Pages) -> list[Addresses]:
    """Return where all pages are: known to a build, which lists its pages anyway."""
    few = [(page.address, page.day) for page in pages.few()]
    return [Addresses(len(few), few, lambda: few), *(many.addresses() for many in pages.many)]


def _write(stage: Path, file: File) -> float:
    path = stage / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    start = process_time()
    path.unlink(missing_ok=True)
    path.write_bytes(file.make())
    return process_time() - start


def _generation(site: Path, made: Made) -> Generation:
    write_manifest(site, Manifest.of(site, b"", made.files))
    return Generation.at(site, Inspection.of(site))


def _kinds(stale: dict[str, float]) -> Iterator[str]:
    """Say what the stale files cost by their kind, the dearest first."""
    kinds: dict[str, list[float]] = {}
    for path, seconds in stale.items():
        folder, _, name = path.rpartition("/")
        kinds.setdefault(f"{folder.split('/')[0]}/…/{name}" if "/" in folder else path, []).append(seconds)
    for kind, costs in sorted(kinds.items(), key=lambda item: -sum(item[1]))[:25]:
        yield f"    {sum(costs):6.3f} s  {len(costs):6,} × {kind}"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=edits.SIZES, default="hf", help="how many papers (default: hf)")
    parser.add_argument("--files", action="store_true", help="say what each kind of file costs")
    arguments = parser.parse_args()
    if absent := edits.missing(arguments.size):
        sys.exit(f"no recorded papers at {absent[0]}; name the folder that holds corpus/: DIGEST_RECORDED")
    with tempfile.TemporaryDirectory(prefix="digest-bench-") as scratch:
        site = Path(scratch, "site")
        site.mkdir()
        corpus = edits.write_corpus(Path(scratch, "digest"), arguments.size)
        clean = make(corpus, site, Generation())
        edits.add_a_day(corpus)
        old = _generation(site, clean)
        # What else the machine does only adds to it: the least of several is nearest to the truth.
        stage = Path(scratch, "stage")
        new_day = min((make(corpus, stage, old) for _ in range(RUNS)), key=lambda made: made.listing + made.making)
    print(f"{corpus.papers:,} papers; seconds of this process, one of {os.cpu_count()} cores\n")
    print("| feeds and exports | s listing | s making | files made | of | MB | s hashing papers |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, made in (("all", clean), (f"a new day of {edits.A_DAY} papers", new_day)):
        cells = [f"{made.listing:.2f}", f"{made.making:.2f}", f"{len(made.stale):,}", f"{len(made.files):,}"]
        print(f"| {' | '.join([name, *cells, f'{made.bytes / 1e6:.1f}', f'{made.hashing:.2f}'])} |")
        if arguments.files:
            print("\n".join(_kinds(made.stale)))


if __name__ == "__main__":
    main()
