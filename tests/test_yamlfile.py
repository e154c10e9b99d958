"""YAML that people write: scalars stay as written, problems have a place, nothing raises. All data is invented."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import Meta, msgpack

from generator import yamltext
from generator.catalog.curation import LISTS
from generator.config import SiteConfig
from generator.errors import ContentError
from generator.model import AuthorEntry, Digest, Frozen, HandPaper, Pick, TopicEntry
from generator.yamlfile import YamlFile, read_yaml
from generator.yamlvalue import parse_day


class Numbers(Frozen, frozen=True):
    """A struct with what the curation files have none of."""

    ratio: Annotated[float, Meta(gt=0)] = 1.0
    maybe: date | None = None


def read(tmp_path: Path, text: str | bytes, kind: Any, **options: Any) -> tuple[Any, list[ContentError]]:
    path = tmp_path / "some" / "file.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_yaml(tmp_path, path, kind, **options)


def good(tmp_path: Path, text: str | bytes, kind: Any) -> Any:
    file, problems = read(tmp_path, text, kind)
    assert problems == []
    return file.value


def told(tmp_path: Path, text: str | bytes, kind: Any) -> list[str]:
    return [f"{one.line}:{one.column}: {one.message}" for one in read(tmp_path, text, kind)[1]]


# Values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["NO", "yes", "on", "True", "1.10", "1_000", "0o17", "12:30", "2025-12-11", ".inf", "Null"]
)
def test_an_unquoted_scalar_stays_as_written(tmp_path: Path, name: str) -> None:
    [entry] = good(tmp_path, f"- {{id: a, name: {name}}}\n", tuple[TopicEntry, ...])
    assert entry.name == name


def test_an_unquoted_arxiv_id_keeps_its_trailing_zero(tmp_path: Path) -> None:
    digest = good(tmp_path, "picks:\n  - id: 2401.10020\n  - id: 2611.00010\n", Digest)
    assert [pick.id for pick in digest.picks] == ["arxiv:2401.10020", "arxiv:2611.00010"]


def test_a_version_is_taken_off_an_id(tmp_path: Path) -> None:
    assert good(tmp_path, "picks: [{id: arxiv:2401.99999v2}]\n", Digest).picks[0].id == "arxiv:2401.99999"


def test_a_quoted_true_is_true(tmp_path: Path) -> None:
    assert good(tmp_path, 'picks: [{id: 2401.10020, highlight: "true"}]\n', Digest).picks[0].highlight is True


def test_a_quoted_null_is_a_text(tmp_path: Path) -> None:
    assert good(tmp_path, "curator: 'null'\n", Digest).curator == "null"


@pytest.mark.parametrize("blank", ["", "~", "null"])
def test_an_optional_key_may_be_left_blank(tmp_path: Path, blank: str) -> None:
    assert good(tmp_path, f"curator: {blank}\npicks: {blank}\n", Digest) == Digest()


def test_every_kind_of_field_is_read(tmp_path: Path) -> None:
    text = """\
- id: 10.1234/ABC
  title: "A: title"
  date: 2025-12-11
  authors: [{name: Ada Example, affiliation: Some Lab}]
  links: {code: https://example.org/a b}
"""
    [paper] = good(tmp_path, text, tuple[HandPaper, ...])
    assert (paper.id, paper.date, paper.links) == (
        "doi:10.1234/abc",
        date(2025, 12, 11),
        {"code": "https://example.org/a%20b"},
    )
    assert good(tmp_path, "ratio: 0.5\nmaybe: 2025-12-11\n", Numbers) == Numbers(ratio=0.5, maybe=date(2025, 12, 11))
    assert told(tmp_path, "ratio: -1\n", Numbers) == ["1:8: expected a number, got '-1'; it must be > 0.0"]
    assert told(tmp_path, "ratio: much\n", Numbers) == ["1:8: expected a number, got 'much'"]


def test_a_long_note_keeps_every_character(tmp_path: Path) -> None:
    note = "word " * 100_000 + "end"
    assert good(tmp_path, f"intro: >-\n  {note}\n", Digest).intro == note


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    text = "curator: x\npicks:\n  - id: 2401.10020\n    note: |\n      a\n      b\n"
    assert good(tmp_path, text.replace("\n", "\r\n"), Digest) == good(tmp_path, text, Digest)
    assert told(tmp_path, "curator: x\r\npicks:\r\n  - id: 2401.10020\r\n    not: x\r\n", Digest) == [
        "4:5: unknown key 'not'; did you mean 'note'?"
    ]


def test_a_byte_order_mark_changes_nothing(tmp_path: Path) -> None:
    assert good(tmp_path, b"\xef\xbb\xbfcurator: x\n", Digest) == Digest(curator="x")
    assert told(tmp_path, b"\xef\xbb\xbfcurator: x\n\xff", Digest) == [
        "2:1: not UTF-8: byte 0xff; save the file as UTF-8"
    ]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_line_separator_of_unicode_does_not_shift_the_lines_below(tmp_path: Path, separator: str) -> None:
    text = f"curator: x\nintro: a{separator}b\nnope: x\n"
    assert told(tmp_path, text, Digest) == ["3:1: unknown key 'nope'; known keys are curator, intro, picks, passed"]


def test_a_list_of_comments_is_an_empty_list(tmp_path: Path) -> None:
    file, problems = read(tmp_path, "# - id: later\n", tuple[TopicEntry, ...], blank=())
    assert (file.value, problems) == ((), [])
    assert read(tmp_path, "[]\n", tuple[TopicEntry, ...])[0].value == ()


def test_a_comment_behind_a_value_is_a_comment(tmp_path: Path) -> None:
    assert good(tmp_path, "curator: editors # who else\nintro: 'ranks #1' #2\n", Digest).intro == "ranks #1"


def test_an_ampersand_in_a_text_is_no_anchor(tmp_path: Path) -> None:
    assert good(tmp_path, "intro: R&D & more\n", Digest).intro == "R&D & more"


def test_an_orcid_may_end_in_x(tmp_path: Path) -> None:
    [entry] = good(tmp_path, "- {id: a, name: A, orcid: 0000-0002-1694-233X}\n", tuple[AuthorEntry, ...])
    assert entry.orcid == "0000-0002-1694-233X"


@pytest.mark.parametrize("text", ["20251211", "2025-W50-4", "11.12.2025", "2025-12-11\n", "٢٠٢٥-١٢-١١", "2025-13-01"])
def test_a_date_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(expected a date like 2025-12-11, got|there is no day) "):
        parse_day(text)


# Problems -------------------------------------------------------------------------------------------------------------


def test_all_problems_of_a_file_come_at_once_in_order(tmp_path: Path) -> None:
    text = "passed: x\ncurator: [a]\npicks:\n  - {id: nope}\n  - {id: 2401.10020, nte: a}\n"
    places = [one.split(": ")[0] for one in told(tmp_path, text, Digest)]
    assert places == ["1:9", "2:10", "4:10", "5:22"]


def test_what_is_right_beside_a_mistake_is_kept(tmp_path: Path) -> None:
    file, problems = read(tmp_path, "curator: [a]\nintro: x\npicks:\n  - {id: nope}\n  - {id: 2401.10020}\n", Digest)
    assert len(problems) == 2
    assert file.value == Digest(intro="x", picks=(Pick(id="arxiv:2401.10020"),))


def test_a_mistake_in_a_required_key_leaves_its_entry_out(tmp_path: Path) -> None:
    file, problems = read(tmp_path, "- {id: A A, name: x}\n- {id: b, name: x}\n", tuple[TopicEntry, ...])
    assert [entry.id for entry in file.value] == ["b"]
    assert len(problems) == 1


def test_a_rule_with_a_mistake_is_no_rule(tmp_path: Path) -> None:
    text = "- {id: a, name: x, match: {any: [{}], none: [KV], categories: []}}\n"
    file, problems = read(tmp_path, text, tuple[TopicEntry, ...])
    assert [entry.match for entry in file.value] == [None]
    assert len(problems) == 1


def test_a_list_of_which_nothing_can_be_used_leaves_no_value(tmp_path: Path) -> None:
    file, problems = read(tmp_path, "- x\n- y\n", tuple[TopicEntry, ...])
    assert file is None
    assert [one.line for one in problems] == [1, 2]


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    file, [problem] = read_yaml(tmp_path, tmp_path / "gone.yml", Digest)
    assert file is None
    assert str(problem) == "gone.yml:1:1: cannot be read: No such file or directory; see to its permissions"


def test_a_document_without_content_is_an_empty_file(tmp_path: Path) -> None:
    file, [problem] = read(tmp_path, "---\n", tuple[TopicEntry, ...])
    assert file is None
    assert problem.message == "nothing but comments in it; write a list, or [] for none, or delete the file"


def test_values_of_links_are_checked_one_by_one(tmp_path: Path) -> None:
    text = "- id: a\n  name: A\n  links:\n    one: https://example.org/\n    two:\n    three: nope\n"
    assert told(tmp_path, text, tuple[AuthorEntry, ...]) == [
        "5:9: no value; write text, or leave it out",
        "6:12: expected an address like https://example.org/, got 'nope'",
    ]
    assert told(tmp_path, "- {id: a, name: A, links: [x]}\n", tuple[AuthorEntry, ...]) == [
        "1:27: expected keys and values, got a list"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n b: 2\n", "2:2: the indentation of this line does not fit"),
        ("a: !<x y\n", "1:4: a text cannot begin with '!' here"),
        ("a: !e!x y\n", "1:4: a text cannot begin with '!' here"),
        ("a: 'x\n---\n", "1:4: a quotation mark is never closed"),
        ("%YAML 9.9\n---\na: b\n", "1:1: a text cannot begin with '%' here"),
        ("%TAG ! x\n%TAG ! y\n---\na: b\n", "2:1: not YAML: found duplicate %TAG directive"),
        ("a: b\n\tc: d\n", "2:1: a tab; indent with spaces"),
        ("a: [1,,2]\n", "1:7: a stray ','; delete it"),
        ("a: &x y\nb: [*x]\n", "2:5: alias '*x'; write the value out"),
        ("a:\nb: {\n", "2:5: a bracket is never closed"),
    ],
)
def test_what_the_parser_says_is_put_in_plain_words(tmp_path: Path, text: str, message: str) -> None:
    [problem] = told(tmp_path, text, Digest)
    assert problem.startswith(message)


def test_a_problem_is_placed_at_the_value_or_the_nearest_place_above_it(tmp_path: Path) -> None:
    file, _ = read(tmp_path, "curator: x\npicks:\n  - id: 2401.10020\n    note: a\n", Digest)

    def place(*key: str | int) -> tuple[int, int]:
        problem = file.problem(key, "m")
        return problem.line, problem.column

    assert place("curator") == (1, 10)
    assert place("picks", 0, "note") == (4, 11)
    assert place("picks", 0, "topics", 3) == (3, 5)
    assert place("picks", 7) == (3, 3)
    assert place("intro") == (1, 1)
    assert YamlFile("a.yml", Digest()).problem(("intro",), "m") == ContentError("a.yml", 1, 1, "m")


@pytest.mark.parametrize(
    ("kind", "text", "above"),
    [
        (tuple[TopicEntry, ...], "# above\n- name: lost\n- {id: a, name: A}\n\n- id: b\n  name: B\n", ()),
        (Digest, "picks:\n  - lost\n  - id: 2401.10020\n  # above\n  - id: 2401.10021\npicks: []\n", ("picks",)),
    ],
)
def test_an_item_is_where_its_problem_is_though_others_were_left_out(
    tmp_path: Path, kind: Any, text: str, above: tuple[str, ...]
) -> None:
    file, _ = read(tmp_path, text, kind)
    assert [file.line_of((*above, nth)) for nth in range(2)] == [3, 5]
    assert [file.problem((*above, nth), "m").line for nth in range(2)] == [3, 5]
    assert file.line_of((*above, 0, "id")) == 3
    assert file.line_of((*above, 2)) == file.problem(above, "m").line


# Properties -----------------------------------------------------------------------------------------------------------

KINDS = [Digest, SiteConfig, *LISTS.values(), tuple[HandPaper, ...], Numbers]
PIECES = [
    *"-?:,[]{}#&*!|>'\"%@` \n\t\r~\u00a0\u2028\x85\ufeffé\x00",
    *("- ", ": ", "\n  ", "\n    ", "id", "picks", "name", "2401.10020", "---\n", "...", "<<", "null", "true"),
]
yaml_like = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)


def hold_to_their_lines(data: bytes, problems: list[ContentError]) -> None:
    lines = re.split(rb"\r\n|\r|\n", data.removeprefix(b"\xef\xbb\xbf"))
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message
        assert problem.message.isprintable()
        assert len(problem.message) < 400


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=60) | yaml_like.map(lambda text: text.encode("utf-8", "surrogatepass")),
    kind=st.sampled_from(KINDS),
)
def test_no_file_raises_and_each_gives_a_value_or_problems_inside_it(tmp_path: Path, data: bytes, kind: Any) -> None:
    file, problems = read(tmp_path, data, kind)
    assert file is not None or problems
    assert problems == sorted(problems)
    if file is not None:  # it can be handed to another process
        assert msgpack.decode(msgpack.encode(file.value), type=kind) == file.value
    hold_to_their_lines(data, problems)


plain_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip)
slugs = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
topic_lists = st.lists(
    st.fixed_dictionaries(
        {"id": slugs, "name": plain_texts},
        optional={
            "parent": slugs,
            "description": plain_texts,
            "match": st.fixed_dictionaries({"any": st.lists(plain_texts)}),
        },
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=topic_lists, flow=st.booleans())
def test_what_a_yaml_writer_wrote_is_read_back(tmp_path: Path, written: list[dict[str, Any]], flow: bool) -> None:
    text = yaml.safe_dump(written, allow_unicode=True, default_flow_style=flow, default_style='"')
    values = good(tmp_path, text, tuple[TopicEntry, ...])
    assert [(value.id, value.name, value.parent) for value in values] == [
        (one["id"], one["name"], one.get("parent")) for one in written
    ]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(["", "# note", "curator: x", "intro: y", "oops: z"]), unique=True))
def test_an_unknown_key_is_told_in_its_line_whatever_stands_above(tmp_path: Path, lines: list[str]) -> None:
    if "oops: z" not in lines:
        lines.append("oops: z")
    [problem] = read(tmp_path, "\n".join(lines), Digest)[1]
    assert (problem.line, problem.column) == (lines.index("oops: z") + 1, 1)


def test_the_python_loader_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Loader(yaml.SafeLoader):
        resolve = yamltext._Loader.resolve

    text = "- {id: a, name: NO}\n- {id: b, name: 2401.10020, parent: ~}\n"
    fast = good(tmp_path, text, tuple[TopicEntry, ...])
    monkeypatch.setattr(yamltext, "_Loader", Loader)
    assert good(tmp_path, text, tuple[TopicEntry, ...]) == fast
    assert told(tmp_path, "- id: a\n  nme: b\n", tuple[TopicEntry, ...]) == [
        "1:3: key 'name' is missing; add it",
        "2:3: unknown key 'nme'; did you mean 'name'?",
    ]


def events(text: str) -> list[Any]:
    """Return what the parser sees, [] where it stops."""
    try:
        return list(yaml.parse(text, Loader=yamltext._Loader))
    except yaml.YAMLError:
        return []


YAML_SIGNS = st.lists(
    st.sampled_from([*"[]{}\"'#&*,:-?|>", " ", " ", "\n", "a", "[]", "[a, ", "]\n", '"]', ": "]), max_size=40
)


@given(YAML_SIGNS)
@example(["[]"])
@example(["[[", "{a: []}", "]]"])
@example(["[", '"\n]\n]\n"', ", [", "'", "]", "'", "]", "]"])
def test_what_is_counted_of_brackets_is_never_less_than_they_nest(signs: list[str]) -> None:
    text = "".join(signs)
    depth = deepest = 0
    for event in events(text):
        if isinstance(event, yaml.CollectionStartEvent) and (event.flow_style or depth):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent) and depth:
            depth -= 1
        deepest = max(deepest, depth)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamltext, "MAX_DEPTH", 0)
        assert yamltext._opened(text) >= deepest


@given(YAML_SIGNS)
@example(["- ", "&a", " ", "b"])
@example(['{"a":', "&a", " ", "b}"])
def test_no_anchor_goes_unseen(signs: list[str]) -> None:
    text = "".join(signs)
    nodes = [event for event in events(text) if isinstance(event, yaml.NodeEvent)]
    anchored = any(event.anchor for event in nodes if not isinstance(event, yaml.AliasEvent))
    assert not anchored or yamltext._needs_scan(text)


def test_a_link_and_flat_brackets_need_no_second_look() -> None:
    assert not yamltext._needs_scan("- {code: https://example.org/?a=1&b=2, also: [Q & A]}\n" * 200)
    assert yamltext._needs_scan("[" * 51)
    assert yamltext._needs_scan("- " * 30 + "a")
