"""The recorded 415 days, imported, counted and built; what is counted here is counted without the catalog.

By default a few weeks are built; ``make test-full`` builds all of it, some 34,000 pages, in a few minutes.
"""

import json
import os
import random
import shutil
import tarfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from benchmarks.search import title_words
from generator.catalog.catalog import assemble
from generator.catalog.content import load
from generator.catalog.similar import find_likenesses
from generator.cli import main
from generator.model import Paper
from generator.site.generations.manifest import MANIFEST
from generator.site.pages import Pages
from generator.site.picture import NAME as PICTURE
from generator.site.search.documents import AUTHORS_INDEXED
from generator.text import clean_name, slug
from tests.built_site import BuiltSite
from tests.digest_folder import CONFIG, write_yaml
from tests.loopback import serving
from tools.screenshots import LOST, SIZES, kinds

RECORDED = Path(os.environ.get("DIGEST_RECORDED") or Path(__file__).parents[1] / "../shared/data")
ARCHIVE = RECORDED / "hf_daily" / "hf_daily_2024-05_2025-12.tar.xz"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All recorded days, damaged ones too, oldest first."""
    if not ARCHIVE.is_file():
        pytest.skip(f"no recorded days at {ARCHIVE}; name their folder: DIGEST_RECORDED")
    folder = tmp_path_factory.mktemp("recorded")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return sorted(folder.rglob("*.json"))


def _root(folder: Path, files: list[Path]) -> tuple[Path, Any]:
    write_yaml(folder / "site_config.yml", CONFIG)
    (folder / "content").mkdir(exist_ok=True)
    shutil.copy(Path(__file__).parents[1] / "content/topics.yml", folder / "content/topics.yml")
    paths = [str(path) for path in files]
    return folder, CliRunner().invoke(main, ["import", "--root", str(folder), "--format", "huggingface", *paths])


@pytest.fixture(scope="module")
def imported(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A digest of all recorded days."""
    return _root(tmp_path_factory.mktemp("all-days"), files)


def _items(path: Path) -> list[dict[str, Any]] | None:
    """Return a day's items, or None for a damaged file: one that is no list of objects with a paper in each."""
    try:
        items = json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
    if not isinstance(items, list) or not all(isinstance(item, dict) and "paper" in item for item in items):
        return None
    return items


def _counts(files: list[Path]) -> dict[str, int]:
    """Count papers, days and names straight from the recorded JSON; one name is what has one address."""
    papers, days, people = set(), set(), set()
    for path in files:
        for item in _items(path) or []:
            paper = item["paper"]
            papers.add(paper["id"])
            days.add((paper.get("submittedOnDailyAt") or path.stem)[:10])
            for author in paper["authors"]:
                if name := clean_name(author["name"]):
                    people.add(slug(name, "person"))
    return {"papers": len(papers), "days": len(days), "people": len(people)}


def _stats(root: Path) -> dict[str, int]:
    done = CliRunner().invoke(main, ["stats", "--root", str(root)])
    assert done.exit_code == 0, done.output
    return {noun: int(count.replace(",", "")) for noun, count in map(str.split, done.output.splitlines())}


def test_there_are_damaged_days_among_the_recorded(files: list[Path]) -> None:
    assert len(files) == 415
    assert 0 < sum(_items(path) is None for path in files) < 50


def test_damaged_days_are_named_and_none_of_their_papers_is_half_taken(
    files: list[Path], imported: tuple[Path, Any]
) -> None:
    root, done = imported
    assert done.exit_code == 1
    told = [line for line in done.output.splitlines() if line.startswith("huggingface: ")]
    damaged = [path for path in files if _items(path) is None]
    assert len(told) == len(damaged)
    assert all(any(str(path) in line for line in told) for path in damaged)
    days = {path.stem for path in (root / "content/records").rglob("*.jsonl")}
    assert not days & {path.stem for path in damaged}


def test_stats_are_those_of_an_independent_count(files: list[Path], imported: tuple[Path, Any]) -> None:
    assert _stats(imported[0]).items() >= _counts(files).items()


def test_importing_all_again_changes_no_byte(files: list[Path], imported: tuple[Path, Any]) -> None:
    root, _ = imported
    before = {path: path.read_bytes() for path in root.rglob("*.jsonl")}
    _root(root, files)
    assert {path: path.read_bytes() for path in root.rglob("*.jsonl")} == before


def _assert_builds_whole(root: Path) -> BuiltSite:
    done = CliRunner().invoke(main, ["build", "--root", str(root)])
    assert done.exit_code == 0, done.output
    site = BuiltSite(root / "site")
    counts = _stats(root)
    for folder, noun in (("papers", "papers"), ("days", "days"), ("authors", "people")):
        pages = [address for address in site.addresses if address.startswith(f"{folder}/") and address.count("/") == 2]
        assert len([page for page in pages if not site.is_redirect(page)]) == counts[noun], folder
    return site


def test_some_recorded_weeks_build_with_a_page_for_everyone_and_no_dead_link(files: list[Path], tmp_path: Path) -> None:
    root, _ = _root(tmp_path, files[-8:])
    site = _assert_builds_whole(root)
    assert [dead for address in site.addresses[::7] for dead in site.dead_links(address)] == []


@pytest.mark.corpus
def test_all_recorded_days_build_with_a_page_for_everyone(imported: tuple[Path, Any]) -> None:
    site = _assert_builds_whole(imported[0])
    assert len(site.addresses) > 30_000
    assert [dead for address in site.addresses[::50] for dead in site.dead_links(address)] == []
    others = [
        path for path in site.folder.rglob("*") if path.is_file() and not _is_shown(path.relative_to(site.folder))
    ]
    assert len(others) > 20_000
    assert sum(path.stat().st_size for path in others) <= 60_000_000


def _is_shown(path: Path) -> bool:
    """Tell whether a browser reads a file that stands at a path of the site; programs read the others."""
    return path.suffix == ".html" or path.parts[0] in ("assets", "pagefind") or path.name in (MANIFEST, PICTURE)


@pytest.mark.corpus
def test_front_page_and_first_search_load_little(imported: tuple[Path, Any], page: Page) -> None:
    """Counted by the server, files uncompressed; the fixture sees to it that no other host is asked."""
    root, _ = imported
    _assert_builds_whole(root)
    sent: list[int] = []
    with serving(root / "site", "/digest/", sent) as address:
        page.goto(address, wait_until="networkidle")
        assert 0 < sum(sent) < 150_000
        sent.clear()
        page.goto(f"{address}search/")
        page.fill("#q", "reasoning")
        page.locator("#results h3").first.wait_for()
        assert 0 < sum(sent) < 300_000


@pytest.mark.corpus
def test_filters_and_orders_of_a_search_hold_over_all_days(imported: tuple[Path, Any], page: Page) -> None:
    root, _ = imported
    _assert_builds_whole(root)
    catalog = assemble(load(root))
    scores = Pages(catalog, partial(find_likenesses, catalog.papers)).prints.scores
    papers = list(catalog.papers.values())
    topic = max(catalog.topics.values(), key=lambda topic: len(topic.papers))
    person = max(catalog.people, key=lambda person: len(catalog.people[person].papers))
    filters = {
        f"topic={quote(topic.name)}": len(topic.papers),
        f"author={person}": len(catalog.people[person].papers),
        "year=2024": sum((paper.published or paper.day).year == 2024 for paper in papers),
        "code=yes": sum("code" in paper.links for paper in papers),
        f"code=yes&author={person}": sum(
            "code" in catalog.papers[paper].links for paper in catalog.people[person].papers
        ),
    }
    orders: dict[str, Callable[[Paper], float]] = {
        "date": lambda paper: paper.day.toordinal(),
        "score": lambda paper: scores.points(paper) or 0,
        "upvotes": lambda paper: (paper.measured.upvotes or 0) if paper.measured else 0,
    }
    with serving(root / "site") as address:
        for query, count in filters.items():
            page.goto(f"{address}search/?{query}")
            assert count > 0
            expect(page.locator("#sum")).to_have_text(f"{count:,} paper{'' if count == 1 else 's'}", timeout=20_000)
        for order, value in orders.items():
            page.goto(f"{address}search/?sort={order}")
            page.locator("#results[aria-busy=false] h3").nth(9).wait_for()
            links = page.locator("#results h3 a").evaluate_all("links => links.map(link => link.pathname)")
            of = {paper.address: value(paper) for paper in papers}
            assert [of[link.split("/")[-2]] for link in links] == sorted(of.values(), reverse=True)[: len(links)], order


@pytest.mark.corpus
@pytest.mark.parametrize("size", SIZES)
def test_no_kind_of_page_scrolls_sideways_or_complains_over_all_days(
    imported: tuple[Path, Any], page: Page, size: str
) -> None:
    """That no other host is asked and nothing is written to the console, the fixture sees."""
    root, _ = imported
    _assert_builds_whole(root)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    wide = []
    with serving(root / "site", "/digest/") as address:
        for kind, place in kinds(root / "site").items():
            if place == LOST:
                continue  # that it leads nowhere stands on the console
            page.goto(address + place, wait_until="networkidle")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wide += [f"{kind}: {over} px"] if over else []
    assert wide == []


@pytest.mark.corpus
def test_reader_walks_saves_and_finds_again_over_all_days(imported: tuple[Path, Any], page: Page) -> None:
    root, _ = imported
    _assert_builds_whole(root)
    with serving(root / "site", "/digest/") as address:
        page.goto(address)
        page.click("#palette")
        page.keyboard.press("j")
        page.keyboard.press("s")
        title = page.locator(".card h3").first.inner_text()
        page.keyboard.press("/")
        page.keyboard.type("reasoning")
        page.keyboard.press("Enter")
        page.locator("#results[aria-busy=false] h3").first.wait_for()
        shared = page.locator("#results h3").all_inner_texts()
        page.goto(f"{address}search/?q=reasoning")  # as someone else opens it
        page.locator("#results[aria-busy=false] h3").first.wait_for()
        assert page.locator("#results h3").all_inner_texts() == shared
        page.goto(f"{address}reading-list/")
        expect(page.locator("#saved h3")).to_have_text([title])
        page.click("#saved h3 a")
        expect(page.locator("h1")).to_have_text(title)
        assert page.evaluate("document.documentElement.dataset.mdColorScheme") == "default"
        page.emulate_media(media="print")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("nav").first).not_to_be_visible()


@pytest.mark.corpus
def test_three_words_of_a_title_find_its_paper_and_a_name_its_papers(imported: tuple[Path, Any], page: Page) -> None:
    root, _ = imported
    _assert_builds_whole(root)
    catalog = assemble(load(root))
    frequency = Counter(word for paper in catalog.papers.values() for word in set(title_words(paper.title)))
    chosen = random.Random(5).sample(sorted(catalog.papers), 200)
    missed = []
    with serving(root / "site") as address:
        for paper in map(catalog.papers.__getitem__, chosen):
            words = sorted(set(title_words(paper.title)), key=lambda word: (frequency[word], word))[:3]
            page.goto(f"{address}search/?q={quote(' '.join(words))}")
            page.locator("#results[aria-busy=false]").wait_for(state="attached")
            if paper.title not in page.locator("#results h3").all_inner_texts()[:5]:
                missed.append((words, paper.title))
        for person in random.Random(6).sample(sorted(catalog.people), 20):
            page.goto(f"{address}search/?author={person}")
            count = len(catalog.people[person].papers)
            expect(page.locator("#sum")).to_have_text(f"{count} paper{'' if count == 1 else 's'}", timeout=20_000)
            page.goto(f"{address}search/?q={quote(catalog.people[person].name)}")
            page.locator("#results[aria-busy=false]").wait_for(state="attached")
            titles = page.locator("#results h3").all_inner_texts()
            papers = [catalog.papers[paper] for paper in catalog.people[person].papers]
            own = {paper.title for paper in papers if len(paper.authors) <= AUTHORS_INDEXED}
            if count <= 5 and not own <= set(titles):
                missed.append(([catalog.people[person].name], ", ".join(own - set(titles))))
    assert missed == []
