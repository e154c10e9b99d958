"""The page for operators tells no tales: its settings are read without a problem, its commands and options exist."""

import re
import shlex
from pathlib import Path

import click
import msgspec
import pytest
import yaml

from generator.cli import main
from generator.config import SourceSettings
from generator.starter import FILES
from tests.content import AUTHORS, catalog_of, put, record, write

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "content" / "pages" / "how-to-operate.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"^[ ]*```yaml\n(.*?)^[ ]*```$", TEXT, re.DOTALL | re.MULTILINE)
COMMANDS = sorted(
    {*re.findall(r"^[ ]*(digest [a-z].*?)(?: +#.*)?$", TEXT, re.MULTILINE), *re.findall(r"`(digest [a-z][^`]*)`", TEXT)}
)


def test_every_setting_on_the_page_is_one_that_there_is(tmp_path: Path) -> None:
    settings: dict[str, object] = {"title": "Invented", "url": "https://example.org/"}
    for block in BLOCKS:
        told = yaml.safe_load(block.replace("<owner>/<repository>", "owner/repository"))
        if isinstance(told, dict):
            settings |= told
    assert {"repository", "ingest", "sources", "rules", "metrics"} <= settings.keys()
    config = catalog_of(write(tmp_path, config=yaml.safe_dump(settings))).config
    assert config.ingest.contact == "you@example.org"
    assert len(config.sources) == 5


def test_the_persons_entry_on_the_page_is_one(tmp_path: Path) -> None:
    [entry] = [block for block in BLOCKS if block.startswith("- id:")]
    root = put(write(tmp_path, record("arxiv:2512.00001", "Ada Example")), {AUTHORS: entry})
    assert "ada-example" in catalog_of(root).people


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_on_the_page_is_one_that_there_is(line: str) -> None:
    words = shlex.split(line.replace("…", ""))
    command = main.commands[words[1]]
    known = {option for parameter in command.params if isinstance(parameter, click.Option) for option in parameter.opts}
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_every_kind_of_source_is_on_the_page() -> None:
    rows = {
        kind
        for line in TEXT.splitlines()
        if line.startswith("| `")
        for kind in re.findall(r"`([a-z-]+)`", line.split("|")[1])
    }
    kinds = msgspec.inspect.type_info(SourceSettings.__annotations__["kind"])
    while isinstance(kinds, msgspec.inspect.Metadata):
        kinds = kinds.type
    assert isinstance(kinds, msgspec.inspect.LiteralType)
    assert set(kinds.values) <= rows


def test_a_new_digest_has_the_same_page() -> None:
    assert (FILES / "content" / "pages" / PAGE.name).read_text("utf-8") == TEXT
