"""YAML that people wrote takes an entry, an item or a key more: what comes back is what was put in, the rest stays."""

from collections.abc import Mapping

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.yamledit import Value, add_items, add_value, append, comment, entry

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30).map(
    lambda text: text.replace("\r", " ").replace("\n", " ").strip() or "x"
)
LAYOUTS = {
    "block": "# top\n- id: a   # first\n  also:\n  - one\n  - 'two'  # last\n  links:\n    x: 'y'\n\n# end\n",
    "brackets": "- id: a\n  also: [one,\n    two]  # so\n  links: {x: y}  # so\n- id: b\n",
    "all in brackets": "- {id: a, also: [one, two, ], links: {x: y}}  # so\n",
    "indented": "  - also:\n      - one\n      - >-\n        two\n\n    links: {x: y,}\n    id: a",
    "Windows": "- id: a\r\n  also: [one, two]\r\n  links:\r\n    x: y\r\n",
}


def read(text: str | None) -> list[dict[str, object]]:
    assert text is not None
    value: list[dict[str, object]] = yaml.load(text, Loader=yaml.BaseLoader)
    return value


@settings(deadline=None, max_examples=60)
@given(layout=st.sampled_from(sorted(LAYOUTS)), items=st.lists(texts, min_size=1, max_size=3), value=texts)
def test_what_is_added_comes_back_and_the_rest_stays(layout: str, items: list[str], value: str) -> None:
    before = LAYOUTS[layout]
    first = {"id": "a", "also": ["one", "two"], "links": {"x": "y"}}
    rest = read(before)[1:]
    assert read(add_items("f", before, (0,), "also", items)) == [{**first, "also": ["one", "two", *items]}, *rest]
    assert read(add_items("f", before, (0,), "papers", items)) == [{**first, "papers": items}, *rest]
    assert read(add_value("f", before, (0,), "note", value)) == [{**first, "note": value}, *rest]
    assert read(add_value("f", before, (0, "links"), "z", value)) == [{**first, "links": {"x": "y", "z": value}}, *rest]
    values: Mapping[str, Value | Mapping[str, list[str]]] = {"id": value, "also": items, "match": {"any": items}}
    after = append("f", before, entry(values))
    assert read(after) == [first, *rest, values]
    assert after is not None
    assert all(line in after.splitlines() for line in before.splitlines())


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ("[{id: a}]\n", (1,), "also"),
        ("- a\n", (0,), "also"),
        ("{id: a}\n", (0,), "also"),
        ("- {}\n", (0,), "also"),
        ("- also: one\n", (0,), "also"),
        ("- also: []\n", (0,), "also"),
        ("- {id: [\n", (0,), "also"),
        ("", (), "also"),
    ],
)
def test_where_nothing_fits_nothing_is_added(text: str, place: tuple[int, ...], key: str) -> None:
    assert add_items("f", text, place, key, ["x"]) is None


def test_a_key_that_is_there_is_not_written_again() -> None:
    assert add_value("f", "- {id: a, note: x}\n", (0,), "note", "y") is None


@pytest.mark.parametrize("text", ["{id: a}\n", "[{id: a}]\n", "- {id: [\n", "[\n]\n"])
def test_what_is_no_plain_list_takes_no_entry(text: str) -> None:
    assert append("f", text, "- id: b\n") is None


@given(text=st.text(max_size=40))
def test_a_comment_never_ends_early(text: str) -> None:
    line = comment(text)
    assert line == "" or (line.startswith("# ") and line.isprintable())
