"""The built site as a whole: links lead somewhere, nothing is asked, every build is the same, none is half there."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from defusedxml import ElementTree

from generator.cli import main
from generator.errors import BuildError, ContentProblems
from generator.site import sitemaps
from generator.site.build import build
from generator.site.feeds import opml
from generator.site.generations.following import NextGeneration
from generator.site.generations.manifest import MANIFEST
from generator.site.rendering import workers
from generator.site.search import making
from tests.built_site import HOST, BuiltSite, tree_hash
from tests.conftest import Sample
from tests.digest_folder import record, write_digest, write_yaml

ROOT = Path(__file__).parent.parent


def small(root: Path) -> Path:
    """Write a digest of two papers, quick to build."""
    papers = [
        record(f"arxiv:2501.1000{n}", f"Paper {n}", "2025-01-06", authors=[{"name": "Ada Invented"}]) for n in (1, 2)
    ]
    return write_digest(root, papers)


# Links


@pytest.mark.parametrize("mount", ["/", "/some/path/"])
def test_every_link_and_fragment_leads_somewhere_under_any_mount(sample: Sample, mount: str) -> None:
    site = BuiltSite(sample.site.folder, mount)
    assert [dead for address in site.addresses for dead in site.dead_links(address)] == []


def test_link_checker_sees_dead_links(tmp_path: Path) -> None:
    page = '<a href="x/">1</a><a href="#no">2</a><a href="/y/">3</a><a href="y/#here">4</a><img src="no.png">'
    (tmp_path / "y").mkdir()
    (tmp_path / "index.html").write_text(page, "utf-8")
    (tmp_path / "y" / "index.html").write_text('<b id="here"></b>', "utf-8")
    assert len(BuiltSite(tmp_path, "/some/path/").dead_links("")) == 4
    assert len(BuiltSite(tmp_path).dead_links("")) == 3


def test_every_kind_of_page_is_in_the_sample(sample: Sample) -> None:
    """What the tests of this module say of all pages, they say of every template."""
    kinds = {
        str(tag["class"][0]) for a in sample.site.addresses for tag in sample.site.soup(a).find_all("html", class_=True)
    }
    templates = {path.name.removesuffix(".md.j2") for path in (ROOT / "theme" / "pages").glob("*.md.j2")} - {"period"}
    assert kinds == {f"k-{kind}" for kind in templates | {"page"}}


def test_nothing_on_a_page_is_loaded_from_elsewhere_or_from_the_servers_root(sample: Sample) -> None:
    for address in sample.site.addresses:
        soup = sample.site.soup(address)
        for tag, target in sample.site.references(address, soup):
            loads = tag.name in ("script", "img", "iframe") or (
                tag.name == "link" and tag.get("rel") in (["stylesheet"], ["icon"])
            )
            if loads:
                assert target.startswith(f"{HOST}{sample.site.mount}"), (address, str(tag))
        for tag in soup.find_all(["a", "link", "script", "img", "form"]):
            written = tag.get("href") or tag.get("src") or tag.get("action") or ""
            assert not str(written).startswith("/"), (address, str(tag))


def test_style_sheets_and_scripts_name_no_other_host(sample: Sample) -> None:
    for path in [*sample.site.folder.glob("assets/*.css"), *sample.site.folder.glob("assets/*.js")]:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path
        assert "https://" not in text, path
        assert "//cdn" not in text, path


def test_sitemap_lists_every_page_once(sample: Sample) -> None:
    tree = ElementTree.parse(sample.site.folder / "sitemap.xml")
    listed = [element.text or "" for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    pages = {a for a in sample.site.addresses if not sample.site.is_redirect(a)}
    assert sorted(listed) == sorted(sample.catalog.config.url + address for address in pages)


def test_redirects_lead_from_the_emptied_addresses_to_pages(sample: Sample) -> None:
    found = {address for address in sample.site.addresses if sample.site.is_redirect(address)}
    assert found == {"papers/doi-10.1145-3600006.3613165/", "authors/bo-imaginary/", "authors/b-imaginary/"}


def test_every_paper_day_person_and_topic_has_its_page(sample: Sample) -> None:
    catalog, pages = sample.catalog, set(sample.site.addresses)
    assert {f"papers/{paper.address}/" for paper in catalog.papers.values()} <= pages
    assert {f"days/{day}/" for day in catalog.days} <= pages
    assert {f"authors/{person}/" for person in catalog.people} <= pages
    assert {f"topics/{topic}/" for topic in catalog.topics} <= pages


def test_foot_of_every_page_leads_to_the_pages_that_people_wrote(sample: Sample) -> None:
    for address in ("", "papers/math-0211159/", "topics/"):
        foot = sample.site.soup(address).find("footer")
        assert foot is not None
        assert "About" in [link.text for link in foot.find_all("a")]


# The same every time


def test_two_builds_are_the_same_to_the_byte_whatever_the_jobs_and_the_surroundings(
    sample: Sample, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "another" / "place"
    shutil.copytree(sample.root, elsewhere)
    surroundings = {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "generator", "build", "--root", str(elsewhere), "--output", "site", "--jobs", "1"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **surroundings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert tree_hash(tmp_path / "site") == tree_hash(sample.site.folder)


def test_second_build_into_the_same_folder_changes_no_byte(tmp_path: Path) -> None:
    root = small(tmp_path)
    build(root, root / "site", 1)
    first = tree_hash(root / "site")
    build(root, root / "site", 2)
    assert tree_hash(root / "site") == first
    assert {path.name for path in root.iterdir() if path.name.startswith(".")} == {".cache", ".site-other"}


# Never half there


def test_folder_that_no_build_wrote_is_left_alone(tmp_path: Path) -> None:
    root = small(tmp_path)
    (root / "site").mkdir()
    (root / "site" / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(BuildError, match="not a folder that a build wrote"):
        build(root, root / "site", 1)
    assert tree_hash(root / "site").keys() == {"thesis.txt"}
    done = CliRunner().invoke(main, ["build", "--root", str(root)])
    assert done.exit_code == 1
    assert "give another one" in done.output


@pytest.mark.parametrize("where", ["root", "content", "above"])
def test_build_never_replaces_the_digest_itself(tmp_path: Path, where: str) -> None:
    root = small(tmp_path / "digest")
    folder = {"root": root, "content": root / "content", "above": tmp_path}[where]
    with pytest.raises(BuildError):
        build(root, folder, 1)
    assert (root / "site_config.yml").is_file()


def test_file_in_the_sites_place_is_left_alone(tmp_path: Path) -> None:
    root = small(tmp_path)
    (root / "site").write_text("a file", "utf-8")
    with pytest.raises(BuildError):
        build(root, root / "site", 1)
    assert (root / "site").read_text("utf-8") == "a file"


def test_old_site_stands_when_the_content_has_problems(tmp_path: Path) -> None:
    root = small(tmp_path)
    build(root, root / "site", 1)
    before = tree_hash(root / "site")
    write_yaml(root / "content/digests/2025/2025-01-06.yml", {"picks": [{"id": "2401.99999"}]})
    with pytest.raises(ContentProblems):
        build(root, root / "site", 1)
    assert tree_hash(root / "site") == before


@pytest.mark.parametrize(
    ("room", "step"),
    [
        (opml, "of_all"),
        (sitemaps, "sitemap"),
        (making, "laid"),
        (workers, "render"),
        (NextGeneration, "publish"),
    ],
)
def test_old_site_stands_when_a_step_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: ModuleType | type, step: str
) -> None:
    root = small(tmp_path)
    build(root, root / "site", 1)
    before = tree_hash(root / "site")

    def fail(*_: object) -> None:
        raise BuildError("step", "no room left")

    monkeypatch.setattr(room, step, fail)
    with pytest.raises(BuildError, match="no room left"):
        build(root, root / "site", 1, clean=True)
    assert tree_hash(root / "site") == before
    assert not (root / ".site-stage").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_old_site_stands_when_the_renderer_warns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    root = small(tmp_path)
    build(root, root / "site", 1)
    before = tree_hash(root / "site")
    (root / "content/pages/broken.md").write_text("# Broken\n\n[nowhere](nowhere.md)\n", "utf-8")
    with pytest.raises(BuildError, match=r"nowhere\.md"):
        build(root, root / "site", jobs)
    assert tree_hash(root / "site") == before


def test_pictures_of_peoples_pages_stand_beside_them_and_are_renewed_alone(tmp_path: Path) -> None:
    root = small(tmp_path)
    page, picture = root / "content/pages/help.md", root / "content/pictures/deep/one.webp"
    page.write_text('# Help\n\n<img src="../pictures/deep/one.webp" alt="a pick">\n', "utf-8")
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"one")
    (picture.parent / "script.svg").write_text("<svg><script>alert(1)</script></svg>", "utf-8")
    build(root, root / "site", 1)
    site = BuiltSite(root / "site")
    assert site.dead_links("help/") == []
    assert [path.name for path in (root / "site/pictures").rglob("*.*")] == ["one.webp"]
    picture.write_bytes(b"two")
    done = build(root, root / "site", 1)
    assert (root / "site/pictures/deep/one.webp").read_bytes() == b"two"
    assert done.counts["pages rendered"] == 0
    picture.unlink()
    build(root, root / "site", 1)
    assert not (root / "site/pictures").exists()


def test_site_survives_a_build_that_is_killed(tmp_path: Path, sample: Sample) -> None:
    shutil.copytree(sample.root, tmp_path / "root")
    shutil.copytree(sample.site.folder, tmp_path / "root" / "site")
    command = [sys.executable, "-m", "generator", "build", "--clean", "--root", str(tmp_path / "root"), "--jobs", "1"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list((tmp_path / "root").glob(".site-stage/site/index.html")) and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert tree_hash(tmp_path / "root" / "site") == tree_hash(sample.site.folder)
    # What the killed build left does not trouble the next.
    build(tmp_path / "root", tmp_path / "root" / "site", 2)
    assert tree_hash(tmp_path / "root" / "site") == tree_hash(sample.site.folder)


def test_marker_of_a_build_is_all_that_makes_a_folder_replaceable(tmp_path: Path) -> None:
    root = small(tmp_path)
    build(root, root / "site", 1)
    (root / "site" / "left.html").write_text("of no build", "utf-8")
    (root / "content/pages/new.md").write_text("# New\n", "utf-8")
    build(root, root / "site", 1)
    assert not (root / "site" / "left.html").exists()
    (root / "site" / MANIFEST).unlink()
    with pytest.raises(BuildError):
        build(root, root / "site", 1)


# Nothing in it yet


def test_new_digest_checks_clean_builds_and_says_that_it_is_empty(tmp_path: Path) -> None:
    folder = tmp_path / "bees"
    run = CliRunner().invoke
    assert (
        run(
            main, ["init", str(folder), "--title", 'Papers on "Bees" & <Wasps>', "--url", "https://example.org/b"]
        ).exit_code
        == 0
    )
    checked = run(main, ["check", "--root", str(folder)])
    assert (checked.exit_code, checked.output) == (0, "no problems\n")
    built = run(main, ["build", "--root", str(folder)])
    assert built.exit_code == 0, built.output
    site = BuiltSite(folder / "site", "/b/")
    assert [dead for address in site.addresses for dead in site.dead_links(address)] == []
    front = site.soup("")
    assert front.title is not None
    assert front.title.text == 'Papers on "Bees" & <Wasps>'
    assert "no papers yet" in front.text
    for address in ("days/", "topics/", "authors/", "categories/"):
        text = site.soup(address).find("main")
        assert text is not None
        assert " yet" in text.text, address
    assert "about/" in site.addresses
    assert "0.0.0" not in front.text


def test_starting_a_digest_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    done = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert done.exit_code == 1
    assert "has something in it already" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_days_without_papers_have_pages_that_make_sense(tmp_path: Path) -> None:
    root = write_digest(tmp_path, [], digests={"2025-01-06": {"intro": "Nothing today."}})
    build(root, root / "site", 1)
    site = BuiltSite(root / "site")
    assert [dead for address in site.addresses for dead in site.dead_links(address)] == []
    assert "Nothing was listed" in site.soup("days/2025-01-06/").text
    assert "Nothing was listed" in site.soup("").text


# Counts


def test_every_link_of_the_sample_stays_under_the_configured_address(sample: Sample) -> None:
    for address in sample.site.addresses:
        canonical = sample.site.soup(address).find("link", rel="canonical")
        assert canonical is not None, address
        assert str(canonical["href"]).startswith(sample.catalog.config.url)


def test_chunks_and_jobs_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small(tmp_path)
    build(root, tmp_path / "whole", 1)
    monkeypatch.setattr(workers, "CHUNK", 3)
    build(root, tmp_path / "chunked", 2)
    assert tree_hash(tmp_path / "chunked") == tree_hash(tmp_path / "whole")


def test_weeks_and_months_hold_their_days(sample: Sample) -> None:
    for folder in ("weeks", "months"):
        linked = [
            date.fromisoformat(urlsplit(str(link["href"])).path.rstrip("/").rpartition("/")[2])
            for address in sample.site.addresses
            if address.startswith(folder)
            for link in sample.site.soup(address).select(".daylist > li > a")
        ]
        assert sorted(linked) == sorted(sample.catalog.days)
