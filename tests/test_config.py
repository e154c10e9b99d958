"""``site_config.yml``: what is read, and what stands in for what cannot be."""

from pathlib import Path

import pytest

from generator.config import DEFAULTS, FeedSettings, SiteConfig, read_config
from generator.errors import ConfigError
from generator.inputs import CONFIG_NAME
from tests.content import put


def read(root: Path, text: str) -> SiteConfig:
    file, problems = read_config(put(root, {CONFIG_NAME: text}))
    assert problems == []
    assert file.path == CONFIG_NAME
    return file.value


def test_a_title_and_an_address_are_enough(tmp_path: Path) -> None:
    config = read(tmp_path, "title: A\nurl: https://example.org/digest/\n")
    assert config == SiteConfig(title="A", url="https://example.org/digest/")
    assert (config.language, config.branch, config.sources) == ("en", "main", ())
    assert config.feeds == FeedSettings(entries=40, days=30, author_papers=15)


@pytest.mark.parametrize("written", ["https://example.org", "https://example.org/a", "https://example.org/a/"])
def test_the_address_ends_in_a_slash(tmp_path: Path, written: str) -> None:
    assert read(tmp_path, f"title: A\nurl: {written}\n").url == written.rstrip("/") + "/"


def test_norwegian_titles_and_version_numbers_stay_texts(tmp_path: Path) -> None:
    config = read(tmp_path, "title: NO\nurl: https://example.org/\nbranch: 1.10\n")
    assert (config.title, config.branch) == ("NO", "1.10")


def test_sources_and_feeds_are_read(tmp_path: Path) -> None:
    text = """\
title: A
url: https://example.org/
sources:
  - {name: huggingface, kind: huggingface, base_url: "https://huggingface.co"}
  - {name: systems, kind: arxiv, categories: [cs.DC], keywords: ["KV cache"]}
  - {name: today, kind: arxiv-rss, categories: [cs.CL]}
  - {name: a-journal, kind: feed, url: "https://example.org/toc.xml"}
feeds: {entries: 10}
"""
    config = read(tmp_path, text)
    assert [source.kind for source in config.sources] == ["huggingface", "arxiv", "arxiv-rss", "feed"]
    assert config.sources[1].keywords == ("KV cache",)
    assert config.feeds == FeedSettings(entries=10)


def test_content_without_a_configuration_has_defaults(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    file, problems = read_config(tmp_path)
    assert (file.value, problems) == (DEFAULTS, [])


def test_a_configuration_of_another_ending_is_not_overlooked(tmp_path: Path) -> None:
    put(tmp_path, {"content/pages/about.md": "x", "site_config.yaml": "title: A\n"})
    _, [problem] = read_config(tmp_path)
    assert str(problem) == "site_config.yaml:1:1: not read; call it site_config.yml"


def test_a_configuration_with_mistakes_leaves_the_defaults(tmp_path: Path) -> None:
    file, problems = read_config(put(tmp_path, {CONFIG_NAME: "title: A\n"}))
    assert file.value == DEFAULTS
    assert [problem.message for problem in problems] == ["key 'url' is missing; add it"]


def test_an_empty_folder_is_no_digest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no site_config\.yml and no content/; run 'digest init DIR'"):
        read_config(tmp_path)


@pytest.mark.parametrize(
    ("url", "tag"),
    [
        ("https://example.org/", "tag:example.org,2025:"),
        ("https://example.org/digest/", "tag:example.org,2025:digest/"),
        ("https://example.org:8443/a/b/", "tag:example.org,2025:a/b/"),
    ],
)
def test_ids_are_made_from_the_address_unless_they_are_settled(tmp_path: Path, url: str, tag: str) -> None:
    assert read(tmp_path, f"title: A\nurl: {url}\n").tag == tag
    settled = f"title: A\nurl: {url}\nfeeds: {{tag: 'tag:old.example,2024:'}}\n"
    assert read(tmp_path, settled).tag == "tag:old.example,2024:"


@pytest.mark.parametrize(
    "tag", ["example.org", "tag:example.org:x/", "tag:example.org,2025:x", "tag:example.org,2025:a b/", "tag:<a>,2025:"]
)
def test_a_tag_that_is_none_is_a_problem(tmp_path: Path, tag: str) -> None:
    text = f"title: A\nurl: https://example.org/\nfeeds:\n  tag: '{tag}'\n"
    _, problems = read_config(put(tmp_path, {CONFIG_NAME: text}))
    assert [(problem.line, problem.column) for problem in problems] == [(4, 8)]
