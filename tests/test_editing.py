"""Every page's way to the repository's web editor: the right file, at the line where what it shows was written."""

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from generator.site.build import build
from tests.conftest import Sample
from tests.digest_folder import record, write_digest

EDIT = "https://example.org/forge/digest/edit/main/"
NEW = "https://example.org/forge/digest/new/main?filename="


def edits(site: Path, address: str) -> dict[str, str]:
    """Return what a page's links to the editor say, and where they lead."""
    soup = BeautifulSoup((site / address / "index.html").read_text("utf-8"), "html.parser")
    found = {tag.get_text(): str(tag["href"]) for tag in soup.find_all("a", href=True)}
    return {text: href for text, href in found.items() if href.startswith((EDIT, NEW))}


def line_of(root: Path, href: str) -> str:
    """Return the line that an address of the editor leads to."""
    path, _, line = unquote(href.removeprefix(EDIT)).partition("#L")
    return (root / path).read_text("utf-8").splitlines()[int(line) - 1]


def test_every_way_to_the_editor_leads_to_a_file_or_begins_one_that_is_not_there(sample: Sample) -> None:
    seen = set()
    for address in sample.site.addresses:
        for href in edits(sample.site.folder, address).values():
            parts = urlsplit(href)
            name = parse_qs(parts.query)["filename"][0] if href.startswith(NEW) else parts.path.partition("/main/")[2]
            assert (sample.root / unquote(name)).is_file() is href.startswith(EDIT), (address, href)
            seen.add((name.split("/")[1], href.startswith(EDIT), bool(parts.fragment)))
    assert seen == {
        ("digests", True, False),
        ("digests", True, True),
        ("digests", False, False),
        ("topics.yml", True, False),
        ("topics.yml", True, True),
        ("authors.yml", True, False),
        ("authors.yml", True, True),
        ("corrections.yml", True, False),
        ("corrections.yml", True, True),
        ("papers", True, True),
        ("curators.yml", True, False),
        ("curators.yml", True, True),
        ("pages", True, False),
    }


def test_picked_papers_are_edited_where_they_were_picked_and_corrected_where_they_were_corrected(
    sample: Sample,
) -> None:
    picked = [paper for paper in sample.catalog.papers.values() if paper.choices]
    assert len(picked) == 2
    for paper in picked:
        found = edits(sample.site.folder, f"papers/{paper.address}/")
        assert found["edit"] == found["Edit this page"]
        assert line_of(sample.root, found["edit"]) == f"- id: {paper.id}"
        assert found["Correct a field"] == f"{EDIT}content/corrections.yml"
    [corrected] = [paper for paper in sample.catalog.papers.values() if paper.corrections]
    found = edits(sample.site.folder, f"papers/{corrected.address}/")
    assert found["Correct a field"] == found["Edit this page"]
    assert line_of(sample.root, found["Edit this page"]) == f"- id: {corrected.id}"


def test_papers_by_hand_people_and_topics_are_edited_at_their_entry(sample: Sample) -> None:
    [by_hand] = [paper for paper in sample.catalog.papers.values() if paper.by_hand]
    way = edits(sample.site.folder, f"papers/{by_hand.address}/")["Edit this page"]
    assert line_of(sample.root, way) == "- id: https://example.org/hand"
    for kind, ids in (("authors", ["ada-invented-second", "bo"]), ("topics", list(sample.catalog.topics))):
        for one in ids:
            way = edits(sample.site.folder, f"{kind}/{one}/")["Edit this page"]
            assert line_of(sample.root, way) == f"- id: {one}"


def test_the_page_of_a_shared_name_leads_to_the_first_who_was_entered_for_it(sample: Sample) -> None:
    way = edits(sample.site.folder, "authors/ada-invented/")["Edit this page"]
    assert line_of(sample.root, way) == "- id: ada-invented-first"
    assert edits(sample.site.folder, "authors/kim-sample/")["Edit this page"] == f"{EDIT}content/authors.yml"


def test_the_front_page_leads_to_the_day_that_it_shows(sample: Sample) -> None:
    day = max(day for day, shown in sample.catalog.days.items() if shown.readable)
    assert edits(sample.site.folder, "") == {"Edit this page": f"{EDIT}content/digests/{day.year}/{day}.yml"}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A digest about which nobody has written anything yet."""
    papers = [record(f"arxiv:2411.0000{number}", "A", "2024-11-20", authors=[{"name": "A B"}]) for number in (1, 2)]
    root = write_digest(tmp_path / "root", papers, config={"branch": "next/2025"})
    (root / "content/pages/about.md").write_text("---\ntitle: Ours\n---\n\n# About\n", "utf-8")
    return root


def test_a_file_that_is_not_there_is_begun_on_the_branch_that_is_published(bare: Path) -> None:
    build(bare, bare / "site", 1)
    new = "https://example.org/forge/digest/new/next/2025?filename=content/"
    for address, name in (
        ("papers/2411.00001/", "corrections.yml"),
        ("authors/a-b/", "authors.yml"),
        ("days/2024-11-20/", "digests/2024/2024-11-20.yml"),
    ):
        assert f'href="{new}{name}"' in (bare / "site" / address / "index.html").read_text("utf-8")
    about = (bare / "site/about/index.html").read_text("utf-8")
    assert 'href="https://example.org/forge/digest/edit/next/2025/content/pages/about.md"' in about
    assert "<title>Ours" in about


def test_what_is_written_above_moves_the_line(bare: Path) -> None:
    people = bare / "content/authors.yml"
    people.write_text("- {id: a-b, name: A B}\n", "utf-8")
    (bare / "content/digests/2024").mkdir(parents=True)
    digest = bare / "content/digests/2024/2024-11-20.yml"
    digest.write_text("picks:\n  - id: 2411.00001\n", "utf-8")
    build(bare, bare / "site", 1)
    assert lines(bare) == {"authors/a-b/": {"1"}, "papers/2411.00001/": {"2"}}
    people.write_text("# Who is who.\n- {id: c-d, name: C D}\n- {id: a-b, name: A B}\n", "utf-8")
    digest.write_text("picks:\n  - id: 2411.00002\n  - id: 2411.00001\n", "utf-8")
    build(bare, bare / "site", 1)
    assert lines(bare) == {"authors/a-b/": {"3"}, "papers/2411.00001/": {"3"}}


def lines(root: Path) -> dict[str, set[str]]:
    pages = ("authors/a-b/", "papers/2411.00001/")
    texts = {page: (root / "site" / page / "index.html").read_text("utf-8") for page in pages}
    return {page: set(re.findall(r"\.yml#L(\d+)", text)) for page, text in texts.items()}


def test_first_correction_of_a_digest_without_a_repository_renders_its_paper_and_no_other(tmp_path: Path) -> None:
    day = "2025-01-06"
    papers = [record(f"arxiv:2501.0000{number}", f"Invented {number}", day) for number in range(1, 6)]
    write_digest(tmp_path, papers, config={"repository": None})
    for name in ("corrections.yml", "authors.yml"):
        (tmp_path / "content" / name).unlink(missing_ok=True)
    build(tmp_path, tmp_path / "site", 1)
    correction = "- {id: arxiv:2501.00001, field: comment, value: Ten pages, why: left out, by: editors}\n"
    (tmp_path / "content/corrections.yml").write_text(correction, "utf-8")
    assert build(tmp_path, tmp_path / "site", 1).counts["pages rendered"] == 1
