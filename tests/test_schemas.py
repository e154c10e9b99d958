"""The schemas accept what the reader accepts, see what an editor can see, and every curation file names its own."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from check_jsonschema import main as check_jsonschema
from check_jsonschema.parsers.yaml import construct_yaml_implementation
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generator.cli import main
from generator.schemas import FOLDER, KINDS, schema_line, schema_name, schemas
from generator.starter import FILES
from generator.yamlfile import read_yaml
from tests.content import AUTHORS, CONFIG, CORRECTIONS, CURATORS, DECLINED, DIGEST, HAND, TOPICS, put
from tests.mistakes import MISTAKES, Mistake

ROOT = Path(__file__).parents[1]
WRITTEN = [
    path
    for base in (ROOT, FILES)
    for path in [base / "site_config.yml", *sorted((base / "content").rglob("*.yml"))]
    if schema_name(path.relative_to(base).as_posix()) is not None
]
"""What people write, in our digest and in the starter."""
PLACES = {
    "digest": DIGEST,
    "topics": TOPICS,
    "authors": AUTHORS,
    "corrections": CORRECTIONS,
    "declined": DECLINED,
    "curators": CURATORS,
    "papers": HAND,
    "config": "site_config.yml",
}
ABOVE = {"topics": "- {id: systems, name: Systems}\n"}
"""What a mistake at the end of a file needs above it."""

ELSEWHERE = "it takes other files, or other entries of this one"
NUMBER = "to an editor it is a number, which may end in zeros that do not show"
READING = "it takes more than the form of the text"
DIALECT = "YAML allows it; our reader does not"
NAME = "the file's place or name is wrong, not what it holds"
PARSER = "the YAML parser of the schema checker fails on it, not the schema"
UNSEEN = {
    "digest: hash in a text": "to YAML the rest is a comment",
    "digest: alias": DIALECT,
    "digest: anchor": DIALECT,
    "digest: merge key": DIALECT,
    "digest: 500 open brackets": PARSER,
    "digest: deep without brackets": PARSER,
    "digest: absurd size": "a schema knows no size of a file",
    "digest: UTF-16": DIALECT,
    "digest: a digit too few": NUMBER,
    "digest: unknown paper": ELSEWHERE,
    "digest: unknown paper passed": ELSEWHERE,
    "digest: picked twice": ELSEWHERE,
    "digest: picked and passed": ELSEWHERE,
    "digest: picked on an earlier day": ELSEWHERE,
    "digest: unknown topic": ELSEWHERE,
    "digest: topic of nowhere": ELSEWHERE,
    "digest: wrong year's folder": NAME,
    "digest: German date": NAME,
    "digest: no such day": NAME,
    "digest: another ending": NAME,
    "digest: no ending": NAME,
    "digest: another folder": NAME,
    "topics: another ending": NAME,
    "a file of another name": NAME,
    "page: name that the site needs": NAME,
    "page: latin-1": "a page is Markdown",
    "topics: parent of nowhere": ELSEWHERE,
    "topics: its own parent": ELSEWHERE,
    "topics: cycle of three": ELSEWHERE,
    "topics: id twice": ELSEWHERE,
    "topics: former id that is in use": ELSEWHERE,
    "authors: former id of two": ELSEWHERE,
    "curators: unknown topic": ELSEWHERE,
    "curators: id twice": ELSEWHERE,
    "curators: signs as another": ELSEWHERE,
    "curators: ORCID of another": ELSEWHERE,
    "authors: wrong check digit": "a pattern cannot add up digits",
    "authors: ORCID of another": ELSEWHERE,
    "authors: a profile of another": ELSEWHERE,
    "authors: name not on the paper": ELSEWHERE,
    "authors: claimed twice": ELSEWHERE,
    "authors: claimed twice by one": ELSEWHERE,
    "authors: claim of an unknown paper": ELSEWHERE,
    "authors: id twice": ELSEWHERE,
    "corrections: unknown paper": ELSEWHERE,
    "corrections: field twice": ELSEWHERE,
    "declined: the same twice": ELSEWHERE,
    "papers: paper twice": ELSEWHERE,
    "papers: nothing at all": "an empty file looks like one with nothing but comments, which is right",
    "whole file: config: source twice": ELSEWHERE,
    "whole file: config: DOI where arXiv ids are due": "arXiv's own DOIs and addresses are arXiv ids: " + READING,
    "whole file: config: arXiv id where DOIs are due": "addresses of DOIs are DOIs: " + READING,
    "whole file: config: rule about no source": ELSEWHERE,
}
"""Mistakes that no schema can see, each with the reason."""


def validated(path: Path, schema: str) -> tuple[int, str]:
    done = CliRunner().invoke(check_jsonschema, ["--schemafile", str(ROOT / FOLDER / schema), str(path)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_committed_schemas_are_what_the_code_makes() -> None:
    committed = {path.name: path.read_bytes() for path in sorted((ROOT / FOLDER).iterdir())}
    assert committed == dict(sorted(schemas().items())), "run: digest schema"


def test_the_command_writes_the_schemas_where_it_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["schema", "--output", str(tmp_path / "a")])
    assert (done.exit_code, done.output.count("wrote ")) == (0, len(KINDS)), done.output
    assert {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()} == schemas()
    assert CliRunner().invoke(main, ["schema", "--root", str(tmp_path / "b")]).exit_code == 0
    assert {path.name for path in (tmp_path / "b" / FOLDER).iterdir()} == schemas().keys()


@pytest.mark.parametrize("name", schemas())
def test_a_schema_fits_its_dialect_and_says_what_every_file_is(name: str) -> None:
    schema = json.loads(schemas()[name])
    Draft202012Validator.check_schema(schema)
    assert schema["description"]
    structs = [part for part in [schema, *schema["$defs"].values()] if "properties" in part]
    assert all(part["additionalProperties"] is False for part in structs)


def patterns(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {found for part in schema for found in patterns(part)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own | {found for part in schema.values() for found in patterns(part)}


def test_patterns_are_such_that_an_editor_can_read_them() -> None:
    found = sorted({one for text in schemas().values() for one in patterns(json.loads(text))})
    assert len(found) > 10
    for one in found:
        # JavaScript with the flag "u", which editors set, refuses an escape of what needs none.
        assert set(re.findall(r"\\(.)", one)) <= set("sSdwu.\\/[](){}^$|?*+"), one
    if node := shutil.which("node"):
        script = "for (const one of JSON.parse(process.argv[1])) new RegExp(one, 'u')"
        done = subprocess.run([node, "-e", script, json.dumps(found)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_curation_file_names_its_schema_and_fits_it(path: Path) -> None:
    base = FILES if path.is_relative_to(FILES) else ROOT
    name = schema_name(path.relative_to(base).as_posix())
    assert name is not None
    first = path.read_text("utf-8").partition("\n")[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found is not None, first
    assert (path.parent / found[1]).resolve() == base / FOLDER / name
    if base == ROOT:
        assert validated(path, name) == (0, "ok -- validation done\n")


def test_a_new_digest_has_its_schemas_and_fits_them(tmp_path: Path) -> None:
    folder = tmp_path / "bees"
    assert CliRunner().invoke(main, ["init", str(folder), "--url", "https://example.org/bees/"]).exit_code == 0
    assert {path.name for path in (folder / FOLDER).iterdir()} == schemas().keys()
    for path in [folder / "site_config.yml", *sorted((folder / "content").rglob("*.yml"))]:
        place = path.relative_to(folder).as_posix()
        name = schema_name(place)
        assert name is not None, place
        assert path.read_text("utf-8").startswith(schema_line(folder, place))
        assert validated(path, name) == (0, "ok -- validation done\n"), place


@pytest.mark.parametrize(
    "path",
    [path for path in WRITTEN if path.is_relative_to(FILES) and path.parent != FILES],
    ids=lambda path: path.name,
)
def test_examples_of_the_starter_fit_their_schema_when_uncommented(path: Path, tmp_path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    example = [line[2:] for line in lines if re.match(r"# (- |  )", line)]
    assert example
    name = schema_name(path.relative_to(FILES).as_posix())
    assert name is not None
    (tmp_path / "example.yml").write_text("\n".join(example), "utf-8")
    assert validated(tmp_path / "example.yml", name) == (0, "ok -- validation done\n")


def test_only_mistakes_that_are_there_are_said_to_be_unseen() -> None:
    assert UNSEEN.keys() <= {mistake.name for mistake in MISTAKES}


def written(mistake: Mistake, folder: Path) -> tuple[Path, str | None]:
    place = PLACES.get(mistake.file, mistake.file)
    text = mistake.text if isinstance(mistake.text, bytes) else mistake.text.encode()
    put(folder, {place: ABOVE.get(mistake.file, "").encode() + text.replace(b"PAPER", b"00017")})
    return folder / place, schema_name(place)


@pytest.mark.parametrize(
    "mistake", [mistake for mistake in MISTAKES if mistake.name not in UNSEEN], ids=lambda mistake: mistake.name
)
def test_a_mistake_that_a_schema_can_see_is_rejected(mistake: Mistake, tmp_path: Path) -> None:
    path, name = written(mistake, tmp_path)
    assert name is not None
    code, output = validated(path, name)
    assert code == 1, output
    assert str(path) in output


@pytest.mark.parametrize(
    "mistake",
    [mistake for mistake in MISTAKES if UNSEEN.get(mistake.name) not in (None, PARSER) and len(mistake.text) < 10_000],
    ids=lambda mistake: mistake.name,
)
def test_what_is_said_to_be_unseen_is_accepted(mistake: Mistake, tmp_path: Path) -> None:
    path, name = written(mistake, tmp_path)
    if name is not None:  # else nothing would look at it
        path = path.rename(path.with_name("any.yml"))
        assert validated(path, name) == (0, "ok -- validation done\n")


# The reader and the schema, on the same text

AUTHOR = """\
- {{id: {3}, name: {0}, also: [{1}], papers: [{2}], links: {{a: {5}, semantic_scholar: {8}}}, note: {1}}}
"""
CORRECTION = """\
- {{id: {2}, field: title, value: {0}, why: {1}, by: {1}}}
- {{id: {2}, field: published, value: {6}, why: {1}, by: {1}}}
- {{id: {2}, field: withdrawn, value: {4}, why: {1}, by: {1}}}
"""
REMEMBERED = """\
- {{what: paper, id: {2}, why: {0}, by: {1}, date: {6}, issue: 3}}
- {{what: correction, id: {2}, field: title, value: {0}, why: {1}, by: {1}, date: {6}}}
- {{what: merge, names: [{0}, {1}], id: , why: {1}, by: {1}, date: {6}}}
"""
CURATOR = """\
- {{id: {3}, name: {0}, also: [{1}], link: {5}, account: {3}, topics: [{3}], areas: [topics], note: {1}, was: [{3}]}}
"""
PAPER = """\
- {{id: {2}, title: {0}, date: {6}, published: {6}, authors: [{{name: n{1}}}], links: {{a: {5}}}}}
"""
SETTINGS = """\
title: {0}
url: https://example.org/
repository: {5}
branch: {3}
feeds: {{days: {7}, entries: {7}}}
sources:
  - {{name: {1}, kind: arxiv, papers: [{2}], url: , categories: [], period: day}}
  - {{name: {0}, kind: feed, url: {5}}}
  - {{name: {0}, kind: arxiv, query: {0}, categories: [cs.CL, hep-th]}}
subscribe: {{action: {5}, field: {3}}}
rules: {{include: [{{phrases: [a{0}], sources: }}]}}
"""
DOCUMENTS = {
    "digest": (DIGEST, "curator: {0}\nintro: {1}\npicks: [{{id: {2}, note: {0}, topics: [{3}], highlight: {4}}}]\n"),
    "passed": (DIGEST, "picks:\npassed:\n  - id: {2}\n    why: {1}\n"),
    "topics": (TOPICS, "- id: {3}\n  name: {0}\n  parent: {1}\n  match: {{any: [a{0}], categories: [{1}]}}\n"),
    "authors": (AUTHORS, AUTHOR),
    "corrections": (CORRECTIONS, CORRECTION),
    "declined": (DECLINED, REMEMBERED),
    "curators": (CURATORS, CURATOR),
    "papers": (HAND, PAPER),
    "config": ("site_config.yml", SETTINGS),
}
ODD = ["true", "False", "yes", "NO", "1", "-1.5", ".5", "1e3", "0x1F", "0o17", "012", "+3", "1_000", ".inf", ".nan",
       "2025-12-11", "2025-12-11T10:00:00Z", "12:30:45", "~x", "a: b", "«é»", "日本", "C++", "1.0", "o'k"]  # fmt: skip
IDS = ["2401.10020", "2503.16525v2", "0704.0001", "arXiv: 2503.16525", "ARXIV:2503.16525V3", "math.GT/0309136",
       "hep-th/9901001v1", "10.1145/3600006.3613165", "DOI: 10.1145/1.2", "https://doi.org/10.1145/1.2",
       "HTTPS://arXiv.org/abs/2503.16525", "arxiv.org/abs/2503.16525", "www.arxiv.org/pdf/2503.16525v1.pdf",
       "huggingface.co/papers/2503.16525", "url:example.org/a?b=c", "https://exämple.org/ä", "2503.00000"]  # fmt: skip
SLUGS = ["a", "llm-serving", "1", "2025", "2025-12-11", "true", "404x", "1e3", "007", "0x1f"]
BOOLS = ["true", "false", ""]
LINKS = ["https://example.org", "HTTP://EXAMPLE.ORG/a b", "https://日本.example/?q=1#x", "http://127.0.0.1:8000/"]
DAYS = ["2025-12-11", "2024-02-29"]
PROFILES = ["https://www.semanticscholar.org/author/2262347", "HTTPS://SemanticScholar.org/author/A-B/1/#"]
NUMBERS = ["1", "40", "366", "40.0", "4e1", "040", "0x10", "1_0"]


def scalars(values: list[str]) -> st.SearchStrategy[str]:
    """Write one of the values, bare or in quotes of either kind."""
    return st.one_of(st.sampled_from(values), st.sampled_from([f'"{value}"' for value in values if value]))


@settings(deadline=None, max_examples=300)
@given(
    document=st.sampled_from(sorted(DOCUMENTS)),
    text=scalars(ODD),
    other=scalars(ODD),
    paper=scalars(IDS),
    slug=scalars(SLUGS),
    truth=scalars(BOOLS),
    link=scalars(LINKS),
    day=scalars(DAYS),
    number=scalars(NUMBERS),
    profile=scalars(PROFILES),
)
def test_what_the_reader_accepts_the_schema_accepts(
    tmp_path_factory: pytest.TempPathFactory,
    document: str,
    text: str,
    other: str,
    paper: str,
    slug: str,
    truth: str,
    link: str,
    day: str,
    number: str,
    profile: str,
) -> None:
    place, template = DOCUMENTS[document]
    written = template.format(text, other, paper, slug, truth, link, day, number, profile)
    root = put(tmp_path_factory.mktemp("read"), {place: written, "more.yml": CONFIG})
    name = schema_name(place)
    assert name is not None
    file, problems = read_yaml(root, root / place, KINDS[name.partition(".")[0]])
    if problems or file is None:
        return
    value = construct_yaml_implementation().load(written)
    errors = [error.message for error in Draft202012Validator(json.loads(schemas()[name])).iter_errors(value)]
    assert errors == [], written


@pytest.mark.parametrize("text", ["# nothing yet\n", "[]\n", "- {id: a, name: 1, parent: , match: ~}\n"])
def test_blank_values_and_lists_are_accepted(tmp_path: Path, text: str) -> None:
    put(tmp_path, {TOPICS: text})
    assert read_yaml(tmp_path, tmp_path / TOPICS, KINDS["topics"], blank=())[1] == []
    assert validated(tmp_path / TOPICS, "topics.schema.json") == (0, "ok -- validation done\n")
