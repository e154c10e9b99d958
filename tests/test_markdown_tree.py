"""``digest markdown``: a tree that stock MkDocs and Zensical build as it is, safe under their extensions."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from playwright.sync_api import Page

from generator.cli import main
from generator.site.markdown_tree import ABOUT_FILES, write_markdown
from tests.built_site import BuiltSite
from tests.conftest import Sample
from tests.hostile import PAYLOADS, inventory, payload, plain, strange_elements
from tests.test_hostile import write_hostile

PROGRAMS = Path(sys.executable).parent
EXTENSIONS = [
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", {"toc": {"permalink": True}},
    "pymdownx.arithmatex", "pymdownx.betterem", "pymdownx.caret", "pymdownx.critic", "pymdownx.details",
    "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark",
    "pymdownx.smartsymbols", "pymdownx.snippets", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.tasklist",
    "pymdownx.tilde",
]  # fmt: skip
"""What operators switch on in their own ``mkdocs.yml``."""


@pytest.fixture(scope="module")
def tree(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's Markdown."""
    folder = tmp_path_factory.mktemp("markdown") / "tree"
    done = CliRunner().invoke(main, ["markdown", str(folder), "--root", str(sample.root)])
    assert done.exit_code == 0, done.output
    return folder


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_tree_has_the_markdown_of_every_page(tree: Path, sample: Sample) -> None:
    pages = _pages(sample)
    assert len(list((tree / "docs").rglob("*.md"))) == len(pages)
    assert {path.name for path in tree.iterdir()} >= {"docs", "mkdocs.yml"}


def test_configuration_is_plain(tree: Path, sample: Sample) -> None:
    settings = yaml.safe_load((tree / "mkdocs.yml").read_text("utf-8"))
    assert settings["site_name"] == sample.catalog.config.title
    assert settings["theme"]["name"] == "material"
    assert "custom_dir" not in settings["theme"]
    assert "plugins" not in settings
    assert str(sample.root) not in (tree / "mkdocs.yml").read_text("utf-8")


def _pages(sample: Sample) -> set[str]:
    """Return the addresses that the tree has: all but redirects, and pages on files that lie beside a built site."""
    return {address for address in sample.site.addresses if not sample.site.is_redirect(address)} - ABOUT_FILES


def test_stock_mkdocs_builds_the_tree_strictly_and_every_link_resolves(tree: Path, sample: Sample) -> None:
    said = _run(["mkdocs", "build", "--strict", "--site-dir", "stock"], tree)
    assert [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))] == []
    site = BuiltSite(tree / "stock", "/some/path/")
    assert set(site.addresses) == _pages(sample)
    assert [dead for address in site.addresses for dead in site.dead_links(address)] == []


def test_zensical_builds_the_tree(tree: Path, sample: Sample) -> None:
    _run(["zensical", "build", "--clean"], tree)
    built = BuiltSite(tree / "site")
    assert {f"papers/{paper.address}/" for paper in sample.catalog.papers.values()} <= set(built.addresses)
    paper = next(iter(sample.catalog.papers.values()))
    heading = built.soup(f"papers/{paper.address}/").find("h1")
    assert heading is not None
    assert paper.title in heading.text


def test_folder_with_something_else_in_it_is_left_alone(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    done = CliRunner().invoke(main, ["markdown", str(tmp_path), "--root", str(sample.root)])
    assert done.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_payloads_are_inert_in_stock_material_with_every_extension(
    page: Page, serve: Callable[..., str], tmp_path: Path
) -> None:
    """Operators may switch on what reads attributes, includes files or makes links of words: no field may reach it."""
    found = {}
    for name, fill in (("plain", plain), ("hostile", payload)):
        folder = tmp_path / name
        write_markdown(write_hostile(tmp_path / f"{name}-root", fill), folder)
        settings = yaml.safe_load((folder / "mkdocs.yml").read_text("utf-8"))
        settings |= {
            "markdown_extensions": EXTENSIONS,
            "plugins": [],
            "extra": {"generator": False},
            "nav": [{"Today": "/"}],
        }
        (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
        _run(["mkdocs", "build", "--quiet"], folder)
        site = BuiltSite(folder / "site")
        chosen = [a for a in site.addresses if a.startswith(("days/2", "papers/", "topics/t", "authors/entry"))]
        assert len(chosen) > 5 * len(PAYLOADS)
        found[name] = inventory(page, serve(site.folder), chosen)
        for one in found[name].values():
            one["kind"] = "stock"
    assert strange_elements(found["hostile"], found["plain"]) == []
