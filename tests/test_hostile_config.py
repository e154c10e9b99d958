"""The settings of a site, set in turn to every payload: refused with a clear message, or shown and harmless.

Each site of the row has another payload as its title, its description and the name of its source; all its pages are
read by Chromium's parser and compared with those of a site with plain settings, and all are opened with their scripts.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from defusedxml import ElementTree
from playwright.sync_api import Page

from generator.catalog.check import check
from generator.catalog.content import load
from generator.errors import ContentProblems
from generator.site import search
from generator.site.build import build
from generator.text import xml_text
from tests.built_site import BuiltSite
from tests.digest_folder import record, write_digest
from tests.hostile import PAYLOADS, changed_elements, inventory, live, payload, plain, strange_elements

COUNT = len(PAYLOADS)
REFUSED = ["url", "repository", "branch", "language"]


def _write(root: Path, number: int, fill: Callable[[int, str], str]) -> dict[str, str]:
    shown = {"title": fill(number, "q0z0q"), "description": fill(number + 1, "q1z1q")}
    sources = [{"name": fill(number + 2, "q2z2q"), "kind": "huggingface"}]
    paper = record(
        "arxiv:2501.10001", "A paper", "2025-01-06", authors=[{"name": "Ada Invented"}], categories=["cs.DC"]
    )
    write_digest(
        root,
        [paper],
        config={**shown, "sources": sources, "feeds": {"author_papers": 1}},
        topics=[{"id": "topic", "name": "Topic", "match": {"any": ["paper"]}}],
    )
    (root / "content/pages/about.md").write_text("# About\n\nWords.\n", "utf-8")
    return shown


def test_nothing_appears_or_runs_whatever_the_title_and_description(
    page: Page, serve: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The index knows neither title nor description.
    monkeypatch.setattr(search.Search, "start", lambda *_: (0, {}))
    written = {}
    for number in range(COUNT):
        written[number] = _write(tmp_path / "roots" / str(number), number, payload)
        build(tmp_path / "roots" / str(number), tmp_path / "sites" / str(number), 1)
    _write(tmp_path / "roots" / "plain", 0, plain)
    build(tmp_path / "roots" / "plain", tmp_path / "sites" / "plain", 1)
    (tmp_path / "sites" / "index.html").write_text("<!doctype html><link rel=icon href=data:,>", "utf-8")
    addresses = BuiltSite(tmp_path / "sites" / "plain").addresses
    root = serve(tmp_path / "sites")

    twins = inventory(page, root, [f"plain/{address}" for address in addresses])
    for number in range(COUNT):
        found = inventory(page, root, [f"{number}/{address}" for address in addresses])
        assert strange_elements(found, twins) == []
        for address in addresses:
            assert not changed_elements(found[f"{number}/{address}"], twins[f"plain/{address}"])
        opened = [f"{number}/{address}" for address in ("", "papers/2501.10001/", "topics/topic/", "about/")]
        assert live(page, root, opened) == {address: [] for address in opened}
        for path in (tmp_path / "sites" / str(number)).rglob("*.xml"):
            channel = ElementTree.parse(path, forbid_dtd=True).find("channel")
            if channel is not None:
                # A parser of XML reads a carriage return as a line end.
                title = xml_text(written[number]["title"]).replace("\r\n", "\n")
                assert channel.findtext("title", "").startswith(title)


@pytest.mark.parametrize("key", REFUSED)
def test_addresses_branches_and_languages_that_are_none_are_refused(key: str, tmp_path: Path) -> None:
    for number in range(COUNT):
        value = payload(number, "q0z0q")
        write_digest(tmp_path, [], config={key: value})
        if value.startswith("https://") and key in ("url", "repository"):
            # An address it is: what could leave an attribute or a line of YAML is written in percent signs.
            config = load(tmp_path).config.value
            assert not set("\"'<> ") & set(config.url + (config.repository or ""))
            continue
        if key == "branch" and re.fullmatch(r"\w+", value):
            continue  # a very long word is the name of a branch
        with pytest.raises(ContentProblems) as caught:
            build(tmp_path, tmp_path / "site", 1)
        (problem,) = caught.value.problems
        assert (problem.path, problem.message != "") == ("site_config.yml", True)
        assert not (tmp_path / "site").exists()
        assert check(load(tmp_path)) == [problem]
