"""``digest from-issue``: what people send by the forms changes what was asked, and nothing else, or is refused."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.catalog.check import check
from generator.catalog.content import load
from generator.cli import main
from generator.errors import ConfigError
from generator.forms.following import decline, follow
from generator.forms.form import FOLDER, NEEDED, read_forms
from generator.forms.ground import Ground
from generator.forms.issue import Issue
from generator.forms.refusal import RefusedError
from generator.ids import build_address
from generator.ingest.asking import Fetched, NotNow
from generator.site.pages import Pages
from generator.site.rendering.markdown import MarkdownWriter, environment
from generator.starter import FILES
from tests.content import CONFIG, CORRECTIONS, DECLINED, catalog_of, put, record, write
from tests.issue_bodies import (
    CLAIM,
    CORRECT,
    FORMS,
    FRIENDLY,
    HOSTILE,
    MERGE,
    PAPER,
    SENT,
    SPLIT,
    TOPIC,
    Sent,
    written,
)
from tests.replay import Reply, replaying
from tests.test_adding import ATOM, ENTRY

ROOT = Path(__file__).parent.parent
TODAY = "2025-12-12"
AUTHORS = """\
# Who is who.

- id: wei-zhang-vision   # kept
  name: Wei Zhang
  papers: [arxiv:2512.00005]   # sure

# Asked by mail.
- id: cy-third
  name: "Cy Third"
  also:
    - C. Third
  links: {homepage: "https://example.org/cy"}   # his own

# The end.
"""
TOPICS = """\
# Two levels.
- id: systems
  name:   Systems

- id: caching   # its address
  name: 'Caching'
  parent: systems
  match: {any: [cache]}
"""
CORRECTED = """\
# Set right.
- {id: 2512.00002, field: title, value: Words as printed, why: a slip, by: ann}
"""
REMEMBERED = """\
- {what: paper, id: 2512.00009, why: an announcement, by: ann, date: 2025-12-01, issue: 4}
- what: merge
  names: [Bo Other, Dee Four]
  why: two fields
  by: ann
  date: 2025-12-01
"""
DAY = """\
curator: ann   # for now
picks:
  - id: 2512.00001   # first
    note: >-
      Read it.
passed:
  - {id: 2512.00003, why: no measurement}
"""
PAPERS = [
    record("arxiv:2512.00001", "Ada Example", "Bo Other"),
    record("arxiv:2512.00002", "Ada Example", "Cy Third"),
    record("arxiv:2512.00003", "Ada Example"),
    record("arxiv:2512.00004", "A. Example", "Cy Third"),
    record("arxiv:2512.00005", "Wei Zhang"),
    record("arxiv:2512.00006", "Wei Zhang"),
    record("doi:10.5555/a", "Dee Four"),
]
FILES_OF_DIGEST = {
    "authors": AUTHORS,
    "topics": TOPICS,
    "corrections": CORRECTED,
    "declined": REMEMBERED,
    "digest": DAY,
}


class Repository:
    """A digest under version control, whose arXiv is played on loopback."""

    def __init__(self, root: Path, arxiv: str) -> None:
        self.root = root
        source = f"  - {{name: a, kind: arxiv, base_url: '{arxiv}', query: 'ti:a'}}\n"
        config = f"title: Invented\nurl: https://example.org/\nsources:\n{source}"
        write(root, *PAPERS, **FILES_OF_DIGEST, config=config)
        put(root, {".gitignore": ".cache/\n"})
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "start")

    def git(self, *words: str) -> str:
        known = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "core.quotepath=false"]
        return subprocess.run(["git", *known, *words], cwd=self.root, check=True, capture_output=True, text=True).stdout

    def changes(self) -> dict[str, str]:
        """Give the lines that are different now, by file, as ``git diff`` shows them."""
        self.git("add", "--all")
        found: dict[str, str] = {}
        for part in self.git("diff", "--cached", "--unified=0").split("diff --git ")[1:]:
            head, *hunks = part.split("\n@@ ")
            name = head.split("\n", 1)[0].split(" b/")[-1]
            lines = [line for hunk in hunks for line in hunk.split("\n")[1:] if line[:1] in ("+", "-")]
            found[name] = "\n".join(lines)
        return found

    def clean(self) -> None:
        self.git("add", "--all")
        self.git("reset", "--quiet", "--hard")

    def send(self, body: str, *options: str, labels: tuple[str, ...] = ("accept",), **more: Any) -> Result:
        issue = {"number": 17, "user": {"login": "someone"}, "body": body, "labels": [{"name": n} for n in labels]}
        text = json.dumps(more.get("event") or issue)
        return CliRunner().invoke(
            main, ["from-issue", "-", "--root", str(self.root), "--today", TODAY, *options], input=text
        )


@pytest.fixture(scope="module")
def all_tests_repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    routes: dict[str, Any] = {
        "/api/query?id_list=2512.00101&max_results=1": Reply(ENTRY.encode(), content_type=ATOM),
        "/api/query?id_list=2512.00404&max_results=1": Reply(b"no", 404, "text/plain"),
    }
    with replaying(routes, strict=False) as server:  # which tests run here is not known
        yield Repository(tmp_path_factory.mktemp("digest") / "root", server.address)


@pytest.fixture
def repository(all_tests_repository: Repository) -> Iterator[Repository]:
    yield all_tests_repository
    all_tests_repository.clean()


def test_there_are_thirty_bodies_and_ten_hostile_ones() -> None:
    assert len(SENT) >= 30
    assert len(HOSTILE) >= 10
    assert {sent.body.split("\n")[0] for sent in FRIENDLY} == {f"### {form.labels[0]}" for form in FORMS.values()}


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.name)
def test_a_body_changes_what_it_asks_for_or_is_refused(repository: Repository, sent: Sent, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    done = repository.send(sent.body, "--report", str(report), labels=sent.labels)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    changes = repository.changes()
    told = report.read_text("utf-8")
    if sent.refused:
        assert (done.exit_code, changes) == (1, {})
        assert done.stderr.startswith(f"refused: {sent.refused}"), done.stderr
        assert told.startswith(f"No change was made\n\nNothing was changed: {sent.refused}")
    else:
        assert done.exit_code == 0, done.output
        records = {name: lines for name, lines in changes.items() if "/records/" in name}
        assert {**changes, **dict.fromkeys(records, "+{RECORD}")} == sent.changes
        assert "Closes #17" in told
        assert "They say: `" in told
        assert CliRunner().invoke(main, ["check", "--root", str(repository.root)]).output == "no problems\n"
    assert not [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("::")]


def test_a_body_with_windows_ends_of_lines_is_the_same(repository: Repository) -> None:
    assert repository.send(written("suggest-topic", **TOPIC).replace("\n", "\r\n")).exit_code == 0
    assert repository.changes()["content/topics.yml"].endswith("any: [energy efficiency]")


# Declined -------------------------------------------------------------------------------------------------------------

DECLINES = [
    ("suggest-paper", PAPER, "- what: paper\n  id: arxiv:2512.00004\n"),
    ("correct-paper", CORRECT, "- what: correction\n  id: arxiv:2512.00001\n  field: title\n  value: A better title\n"),
    ("split-author", SPLIT, "- what: split\n  names: [Ada Example]\n"),
    ("merge-authors", MERGE, "- what: merge\n  names: [Ada Example, A. Example]\n"),
    ("claim-author", CLAIM, "- what: claim\n  value: 0000-0002-1825-0097\n  names: [Ada Example]\n"),
    ("suggest-topic", TOPIC, "- what: topic\n  names: [Energy]\n"),
]


@pytest.mark.parametrize(("form", "answers", "entry"), DECLINES, ids=[form for form, _, _ in DECLINES])
def test_a_declined_suggestion_is_remembered_and_refused_the_next_time(
    repository: Repository, form: str, answers: dict[str, str], entry: str
) -> None:
    body = written(form, **answers)
    done = repository.send(body, "--declined", "Not for\nthis digest: see #3", "--by", "ann")
    assert (done.exit_code, done.output) == (
        0,
        f"Declined: {entry[8:].split(maxsplit=1)[0]} of issue 17\nwrote {DECLINED}\n",
    )
    end = f'  why: "Not for this digest: see #3"\n  by: ann\n  date: {TODAY}\n  issue: 17\n'
    assert (repository.root / DECLINED).read_text("utf-8") == REMEMBERED + entry + end
    for again in (repository.send(body), repository.send(body, "--declined", "Again", "--by", "ann")):
        assert again.exit_code == 1
        assert again.stderr == f"refused: this was declined on {TODAY}: `Not for this digest: see #3`\n"
    assert list(repository.changes()) == [DECLINED]


def test_who_closed_the_issue_declined_it_and_may_have_given_no_reason(repository: Repository) -> None:
    issue = {"number": 18, "user": {"login": "someone"}, "body": written("suggest-topic", **TOPIC)}
    event = {"action": "closed", "issue": issue | {"labels": [{"name": "declined"}]}, "sender": {"login": "ann-b"}}
    assert repository.send("", "--declined", " ", event=event).exit_code == 0
    assert "+  why: no reason was given\n+  by: ann-b\n" in repository.changes()[DECLINED]


# Files as people lay them out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[]\n", "{0}"),
        ("# nothing yet\n[]\n# the end\n", "# nothing yet\n{0}# the end\n"),
        ("# nothing yet\n", "# nothing yet\n{0}"),
        ("\ufeff# marked\r\n- {id: 2512.00002, field: title, value: x, why: y, by: z}",
         "\ufeff# marked\r\n- {id: 2512.00002, field: title, value: x, why: y, by: z}\r\n{0}"),
        ("  - id: 2512.00002\n    field: title\n    value: x\n    why: y\n    by: >-\n      z\n\n  # end\n",
         "  - id: 2512.00002\n    field: title\n    value: x\n    why: y\n    by: >-\n      z\n{0}\n  # end\n"),
        ("[{id: 2512.00002, field: title, value: x, why: y, by: z}]\n", None),
        ("[ ]   # later\n", None),
    ],
)  # fmt: skip
def test_an_entry_is_added_to_a_list_as_it_is_laid_out(repository: Repository, text: str, after: str | None) -> None:
    (repository.root / CORRECTIONS).write_bytes(text.encode())
    done = repository.send(written("correct-paper", **CORRECT))
    entry = (
        "- id: arxiv:2512.00001\n  field: title\n  value: A better title\n  why: the paper has it so\n  by: someone\n"
    )
    if text.startswith(" "):
        entry = "".join(f"  {line}\n" for line in entry.splitlines())
    if "\r\n" in text:
        entry = entry.replace("\n", "\r\n")
    if after is None:
        assert done.stderr.startswith("refused: `content/corrections.yml` is laid out so that nothing can be added")
    expected = after.replace("{0}", entry) if after is not None else text
    assert (repository.root / CORRECTIONS).read_bytes().decode() == expected


def test_a_file_that_is_not_there_is_made_with_the_line_of_its_schema(repository: Repository) -> None:
    (repository.root / CORRECTIONS).unlink()
    put(repository.root, {"schemas/corrections.schema.json": "{}"})
    assert repository.send(written("correct-paper", **CORRECT)).exit_code == 0
    text = (repository.root / CORRECTIONS).read_text("utf-8")
    assert text.startswith(
        "# yaml-language-server: $schema=../schemas/corrections.schema.json\n- id: arxiv:2512.00001\n"
    )


def test_a_digest_with_a_problem_of_its_own_is_left_alone(repository: Repository) -> None:
    put(repository.root, {"content/topics.yml": "- {id: a}\n"})
    done = repository.send(written("correct-paper", **CORRECT))
    assert done.stderr == (
        "refused: the digest has a problem of its own now, which its maintainers have to see to first: "
        "`content/topics.yml:1:3: key 'name' is missing; add it`\n"
    )


# How it is asked ------------------------------------------------------------------------------------------------------


def test_a_text_alone_does_as_well(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "body.md").write_text(written("correct-paper", **CORRECT), "utf-8")
    options = ["--body", str(tmp_path / "body.md"), "--login", "ann", "--form", "correct-paper"]
    done = CliRunner().invoke(main, ["from-issue", *options, "--root", str(repository.root)])
    assert (done.exit_code, done.output) == (0, f"Correct title of arxiv:2512.00001\nwrote {CORRECTIONS}\n")
    other = CliRunner().invoke(main, ["from-issue", *options[:-1], "suggest-topic", "--root", str(repository.root)])
    assert other.stderr.startswith("refused: its headings are not those of the form `suggest-topic`, in their order")


@pytest.mark.parametrize(
    ("options", "data", "code", "message"),
    [
        (["-"], b"{}", 1, "not an issue; give what 'gh api repos/OWNER/NAME/issues/17' prints"),
        (["-"], b"\xff", 1, "not an issue"),
        (["-"], b"[" * 100_000, 1, "not an issue"),
        (["-"], b'{"number": 1, "user": {"login": "a\\nb"}, "body": null}', 1, r"'a\nb' is no name of an account"),
        (["-"], b" " * 5_000_001, 1, "not an issue"),
        (["--body", "-", "--login", "ann"], b"\xff", 1, "not UTF-8; save the text as UTF-8"),
        (["--body", "-"], b"x", 2, "--body needs --login: who wrote it"),
        ([], b"", 2, "give ISSUE, or --body"),
        (["-", "--form", "x"], b"", 2, "'x' is not one of suggest-paper, correct-paper"),
        (["--body", "-", "--login", "ann", "--declined", "x"], b"x", 2, "--declined needs --by: who declined it"),
    ],
)
def test_what_is_no_issue_is_told(
    repository: Repository, options: list[str], data: bytes, code: int, message: str
) -> None:
    done = CliRunner().invoke(main, ["from-issue", *options, "--root", str(repository.root)], input=data)
    assert (done.exit_code, repository.changes()) == (code, {})
    assert message in done.stderr


# The forms ------------------------------------------------------------------------------------------------------------


def test_the_forms_fit_githubs_schema_and_new_digests_have_the_same() -> None:
    ours = sorted((ROOT / FOLDER).iterdir())
    starters = sorted((FILES / FOLDER.replace(".github", "github")).iterdir())
    assert [path.stem for path in ours] == sorted([*NEEDED, "config"])
    assert [(path.name, path.read_bytes()) for path in ours] == [(path.name, path.read_bytes()) for path in starters]
    for schema, names in (("vendor.github-issue-forms", sorted(NEEDED)), ("vendor.github-issue-config", ["config"])):
        paths = [str(ROOT / FOLDER / f"{name}.yml") for name in names]
        done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, *paths])
        assert (done.exit_code, done.output) == (0, "ok -- validation done\n")


def test_each_form_has_headings_of_its_own() -> None:
    assert len({form.labels for form in FORMS.values()}) == len(NEEDED)


def test_a_form_may_be_worded_as_the_digest_likes(repository: Repository) -> None:
    shipped = (ROOT / FOLDER / "claim-author.yml").read_text("utf-8")
    put(repository.root, {f"{FOLDER}/claim-author.yml": shipped.replace("Which page is yours?", "Welche Seite?")})
    body = written("claim-author", **CLAIM)
    assert "its headings are not those of one form" in repository.send(body).stderr
    assert repository.send(body.replace("Which page is yours?", "Welche Seite?")).exit_code == 0


@pytest.mark.parametrize(
    ("form", "given", "refusal"),
    [
        ("suggest-paper", PAPER, ""),
        ("correct-paper", CORRECT, "it would not be right: `empty text; write something, or leave the key out`"),
        ("split-author", SPLIT, ""),
        ("merge-authors", MERGE, ""),
        ("claim-author", CLAIM, ""),
        ("suggest-topic", TOPIC, ""),
    ],
)
def test_a_form_may_ask_for_no_reason(repository: Repository, form: str, given: dict[str, str], refusal: str) -> None:
    shipped = (ROOT / FOLDER / f"{form}.yml").read_text("utf-8")
    put(repository.root, {f"{FOLDER}/{form}.yml": shipped.replace("required: true", "required: false")})
    result = repository.send(written(form, **{**given, "why": "", "proof": "", "description": ""}))
    assert result.exit_code == bool(refusal), result.output
    assert refusal in result.output + result.stderr
    assert "They say" not in result.output


def test_a_new_digest_has_the_forms_and_the_workflow(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", str(tmp_path / "new")]).exit_code == 0
    names = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*")}
    assert {f"{FOLDER}/{name}.yml" for name in [*NEEDED, "config"]} <= names
    assert {".github/workflows/from-issue.yml", DECLINED, "schemas/declined.schema.json"} <= names


def test_pages_lead_to_the_forms_with_an_answer_that_is_understood(tmp_path: Path) -> None:
    config = f"{CONFIG}repository: https://github.com/a/b/\n"
    root = write(tmp_path, *PAPERS, record("arxiv:math/0211159", "Ada Example"), config=config, authors=AUTHORS)
    pages = Pages(catalog_of(root))
    writer = MarkdownWriter(pages, environment([ROOT / "theme"]))
    texts = {page.address: writer.text(page) for page in pages}
    found = {
        (address, unescape(link))
        for address, text in texts.items()
        for link in re.findall(r'href="https://github.com/a/b/issues/new\?([^"]*)"', text)
    }
    links = {address: sorted(link for of, link in found if of == address) for address, _ in found}
    assert links[""] == ["template=suggest-paper.yml"]
    assert links["topics/"] == ["template=suggest-topic.yml"]
    assert links["papers/math-0211159/"] == ["template=correct-paper.yml&paper=arxiv%3Amath/0211159"]
    assert links["authors/cy-third/"] == ["template=claim-author.yml&author=cy-third"]
    assert links["authors/ada-example/"] == [
        "template=claim-author.yml&author=ada-example",
        "template=split-author.yml&author=ada-example",
    ]
    ground = Ground(load(root), Issue(17, "someone", ""), date.fromisoformat(TODAY), unasked)
    for address, link in found:
        given = dict(parse_qsl(link))
        form = FORMS[given.pop("template").removesuffix(".yml")]
        assert given.keys() <= {field.id for field in form.fields}
        if "paper" in given:
            assert f"papers/{build_address(ground.known_paper(given['paper']))}/" == address
        if "author" in given:
            assert f"authors/{ground.person(given['author']).id}/" == address


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("claim-author", "id: orcid", "id: orchid", "no field with the id 'orcid'; add it"),
        ("claim-author", "label: ORCID", "label: Your papers", "two fields with the same label; tell them apart"),
        ("claim-author", "        - All of them are mine\n", "", "the field 'share' needs two options"),
        ("correct-paper", "- title", "- Titel", "'Titel' is no field to correct; they are title, abstract"),
        ("correct-paper", "body:", "bodies:", "not an issue form; see one that 'digest init' writes"),
        ("correct-paper", "body:", "\t{", "not an issue form"),
    ],
)
def test_a_form_that_cannot_be_understood_is_told(tmp_path: Path, name: str, old: str, new: str, message: str) -> None:
    text = (ROOT / FOLDER / f"{name}.yml").read_text("utf-8")
    assert old in text
    put(tmp_path, {f"{FOLDER}/{name}.yml": text.replace(old, new)})
    with pytest.raises(ConfigError) as told:
        read_forms(tmp_path)
    assert str(told.value).startswith(f"{FOLDER}/{name}.yml: {message}")


# Anything at all ------------------------------------------------------------------------------------------------------

PIECES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [f"### {label}" for form in FORMS.values() for label in form.labels]
        + [
            "2512.00004",
            "Ada Example",
            "title",
            "\n\n",
            "### ",
            "<!--",
            "- [x] a",
            "_No response_",
            "```",
            "\r",
            "\x00",
        ]
    ),
)
MENTIONED = st.sampled_from(
    ["2512.00004", "arxiv:2512.00001", "10.5555/a", "Ada Example", "Wei Zhang\nCy Third", "cy-third", "Systems", "",
     "\x00", "title", "authors", "withdrawn", "2025-12-11", "https://example.org/papers/2512.00001/", "\ud800",
     "a\n\nb", "]: {*x", "0000-0002-1825-0097", "All of them are mine", "Only those that I list below", "'", "#", "|",
     "\u2028- id: x\u0085"]
)  # fmt: skip


ANY = st.text(min_size=1, max_size=60).map(lambda text: text.strip() or "x")
LIKELY: dict[str, st.SearchStrategy[str]] = {
    "paper": st.sampled_from(["2512.00004", "arxiv:2512.00005", "10.5555/a"]),
    "day": st.sampled_from(["", "2025-12-11", "2025-12-10"]),
    "author": st.sampled_from(["Ada Example", "Wei Zhang", "cy-third", "https://example.org/authors/dee-four/"]),
    "groups": st.sampled_from(["2512.00001\n2512.00002\n\n2512.00003", "2512.00006", "* 2512.00003"]),
    "names": st.sampled_from(["Ada Example\nA. Example", "Bo Other\nCy Third", "Dee Four\nWei Zhang"]),
    "papers": st.sampled_from(["", "2512.00001", "2512.00006"]),
    "orcid": st.just("0000-0002-1825-0097"),
    "links": st.sampled_from(["", "https://example.org/cy", "https://openalex.org/A5023888391"]),
    "also": st.just("") | ANY,
    "parent": st.sampled_from(["", "Systems"]),
    "any": ANY.map(lambda text: f"word\n{text}"),
    "none": st.just("") | ANY,
    "categories": st.sampled_from(["", "cs.DC, hep-th"]),
}
"""Answers that may well be right, by the field's id; others are any text."""


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """Write a form filled in well but for one answer, or pieces of forms in any order."""
    if draw(st.integers(0, 4)) == 0:
        return "\n\n".join(draw(st.lists(PIECES, max_size=12)))
    form = draw(st.sampled_from(list(FORMS.values())))
    given = {
        one.id: draw(st.sampled_from(one.options) if one.options else LIKELY.get(one.id, ANY)) for one in form.fields
    }
    if draw(st.booleans()):
        given[draw(st.sampled_from(form.fields)).id] = draw(MENTIONED | ANY)
    return written(form.name, **given)


ALLOWED = {"content/authors.yml", "content/topics.yml", CORRECTIONS, DECLINED}


def unasked(url: str, **_: object) -> Fetched:
    raise NotNow(url, "HTTP 503", 503)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies(), closed=st.booleans())
def test_any_body_makes_a_valid_change_of_one_file_or_is_refused(tmp_path: Path, body: str, closed: bool) -> None:
    root = tmp_path / "root"
    if not root.is_dir():
        write(root, *PAPERS, **FILES_OF_DIGEST)
    before = tree(root)
    issue = Issue(17, "someone", body, ())
    today = date.fromisoformat(TODAY)
    try:
        if closed:
            _, names = decline(root, issue, today, body[-200:], "ann", unasked)
        else:
            _, names = follow(root, issue, today, unasked)
    except RefusedError as refused:
        names, told = (), refused.reason
    else:
        told = "done"
    after = tree(root)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == set(names)
    assert told.isprintable()
    assert len(changed) == (1 if told == "done" else 0)
    assert all(name in ALLOWED or name.startswith("content/digests/2025/2025-") for name in changed)
    assert before.keys() <= after.keys()
    assert check(load(root)) == []
    for name in changed:  # what was there stays, but for the lines that a list in brackets is on
        lost = set(before.get(name, b"").splitlines()) - set(after[name].splitlines())
        assert all(b"[" in line or b"{" in line for line in lost)
        (root / name).write_bytes(before[name]) if name in before else (root / name).unlink()


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
