"""How long a reader waits for results after the last key, and how often the paper that was meant is among the first.

In a real browser, on loopback, over the recorded papers; that the right papers are found at all is tested elsewhere.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.corpus import SIZES, catalog_of, missing, write_corpus
from generator.catalog.catalog import Catalog
from generator.site.build import build
from tests.conftest import BROWSER_ARGUMENTS
from tests.loopback import serving
from tools import browser

PAPERS, PEOPLE, FRESH = 200, 50, 20
"""Searches for papers by words, for people by name, and for papers on a page that has just been opened."""
WORDS, FIRST = 3, 5
"""Words of a title that are typed, and results among which its paper should be."""
PATIENCE = 30_000
"""Milliseconds."""
_TYPE = """async ([text, patience]) => {
  const field = document.getElementById("q"), results = document.getElementById("results");
  const write = (value) => { field.value = value; field.dispatchEvent(new Event("input", { bubbles: true })); };
  const settled = () => new Promise((done) => {
    const start = performance.now();
    let first = null;
    results.querySelectorAll("h3").forEach((title) => title.classList.add("before"));
    const look = () => {
      const now = performance.now() - start;
      if (first === null && results.querySelector("h3:not(.before)")) first = now;
      if (results.getAttribute("aria-busy") === "true" && now < patience) return;
      watching.disconnect();
      clearTimeout(late);
      done([first ?? now, now]);
    };
    const watching = new MutationObserver(look), late = setTimeout(look, patience + 1);
    watching.observe(results, { attributeFilter: ["aria-busy"], childList: true });
  });
  if (results.getAttribute("aria-busy") === "false") {
    const before = settled();
    write(text.slice(0, -1));
    await before;
  }
  const after = settled();
  write(text);
  return [...await after, [...results.querySelectorAll("h3")].map((title) => title.textContent)];
}"""
"""Types all but the last letter, waits, types the last; returns milliseconds to the first card, to the end, titles."""


@dataclass(frozen=True)
class Wait:
    """One search."""

    first: float
    """Milliseconds after the last key until a card is there."""
    whole: float
    """Until nothing will change any more."""
    right: bool


def three_words(catalog: Catalog) -> list[tuple[str, str]]:
    """Choose papers; return the three rarest words of each title, and the title."""
    words = {paper: sorted(set(title_words(catalog.papers[paper].title))) for paper in catalog.papers}
    frequency = Counter(word for found in words.values() for word in found)
    chosen = random.Random(5).sample(sorted(words), min(PAPERS, len(words)))
    rarest = {paper: sorted(words[paper], key=lambda word: (frequency[word], word))[:WORDS] for paper in chosen}
    return [(" ".join(rarest[paper]), catalog.papers[paper].title) for paper in chosen if rarest[paper]]


def title_words(title: str) -> list[str]:
    """Return the words of a title as they are written there, without short ones and formulas: 'if-vidcap', 'qwen3'."""
    words = (word.strip(".,:;!?()[]\"'“”‘’") for word in title.lower().split())
    return [word for word in words if len(word) >= 4 and not set(word) & set("$\\{}")]


def names(catalog: Catalog) -> list[tuple[str, str]]:
    """Choose people; return the name of each, and the title of a paper."""
    people = catalog.people
    chosen = random.Random(6).sample(sorted(people), min(PEOPLE, len(people)))
    return [(people.name_of(one), catalog.papers[people.papers_of(one)[0]].title) for one in chosen]


def search(page: Page, text: str, title: str) -> Wait:
    """Search for `text` on an open page."""
    first, whole, titles = page.evaluate(_TYPE, [text, PATIENCE])
    return Wait(first, whole, title in titles[:FIRST])


def fresh(chromium: Browser, address: str, text: str, title: str) -> Wait:
    """Search in a profile that has nothing of the site."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}search/", wait_until="networkidle")
    wait = search(page, text, title)
    context.close()
    return wait


def told(label: str, waits: Sequence[Wait]) -> str:
    """Write a row of the table."""

    def ms(of: Callable[[Wait], float]) -> str:
        ordered = sorted(map(of, waits))
        return f"{median(ordered):.0f} | {ordered[int(0.95 * (len(ordered) - 1))]:.0f} | {ordered[-1]:.0f}"

    right = sum(wait.right for wait in waits)
    return f"| {label} | {len(waits)} | {ms(lambda w: w.first)} | {ms(lambda w: w.whole)} | {right} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the digest of a size, search in it, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", choices=SIZES, default="hf")
    size: str = parser.parse_args(arguments).size
    if absent := missing(size):
        print(f"not there: {', '.join(map(str, absent))}; name their folder: DIGEST_RECORDED", file=sys.stderr)
        return 1
    executable = browser.find()
    if executable is None:
        print("no browser; python -m tools.browser installs one", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        corpus = write_corpus(Path(folder, "digest"), size)
        started = time.perf_counter()
        build(corpus.root, corpus.root / "site", jobs=2)
        catalog = catalog_of(corpus)
        print(f"{len(catalog.papers):,} papers, built in {time.perf_counter() - started:.0f} s\n", flush=True)
        papers, people = three_words(catalog), names(catalog)
        with sync_playwright() as playwright, serving(corpus.root / "site") as address:
            chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
            page = chromium.new_page()
            page.goto(f"{address}search/?q=reasoning", wait_until="networkidle")
            rows = [
                told(f"{WORDS} rare words of a title", [search(page, *one) for one in papers]),
                told("a name", [search(page, *one) for one in people]),
                told(f"{WORDS} words, page just opened", [fresh(chromium, address, *one) for one in papers[:FRESH]]),
            ]
            chromium.close()
    print(f"| what is typed | searches | first card ms | 95 % | most | all ms | 95 % | most | in first {FIRST} |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    print(*rows, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
