"""A pick is put into a digest file as a person would put it: nothing that was there changes."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import ContentProblems
from generator.ingest.picking import digest_path, draft_pick
from generator.model import Digest, Pick
from generator.yamlfile import read_yaml
from tests.content import put

DAY = date(2025, 12, 11)
NAME = "content/digests/2025/2025-12-11.yml"
NEW = Pick(id="arxiv:2512.00109", note="Short: the new part.")


def draft(root: Path, text: str | None, pick: Pick = NEW, title: str = "A Title") -> str:
    if text is not None:
        (root / NAME).parent.mkdir(parents=True, exist_ok=True)
        (root / NAME).write_bytes(text.encode())
    name, data = draft_pick(root, DAY, pick, title)
    assert name == NAME == digest_path(DAY)
    return data.decode()


def digest(root: Path, text: str) -> Digest:
    put(root, {NAME: text})
    file, problems = read_yaml(root, root / NAME, Digest)
    assert problems == []
    assert file is not None
    return file.value


def test_a_new_file_has_the_pick_and_its_title_as_a_comment(tmp_path: Path) -> None:
    text = draft(tmp_path, None)
    assert text == 'picks:\n  - id: arxiv:2512.00109  # A Title\n    note: "Short: the new part."\n'
    assert digest(tmp_path, text) == Digest(picks=(NEW,))


ENTRY = '- id: arxiv:2512.00109  # A Title\n{0}  note: "Short: the new part."\n'
TWO, NONE = "  " + ENTRY.format("  "), ENTRY.format("")
FOLDED = "# top\npicks:\n  - id: 2512.00101   # odd   spaces\n    note: >\n      # no comment\n      folded\n"
REST = "  # - id: 2512.00105\n\npassed:\n  - {id: 2512.00102, why: no}\n"
FILES = {
    "comments alone": ("# nothing yet\n", "# nothing yet\npicks:\n" + TWO),
    "nothing at all": ("", "picks:\n" + TWO),
    "no picks": ("curator: editors\nintro: A day.  # so\n", "curator: editors\nintro: A day.  # so\npicks:\n" + TWO),
    "picks of nothing": ("picks:  # later\ncurator: a\n", "picks:  # later\n" + TWO + "curator: a\n"),
    "an empty list": ("picks: []  # later\ncurator: a\n", "picks:  # later\n" + TWO + "curator: a\n"),
    "no end of line": ("picks:\n  - id: '2512.00101'", "picks:\n  - id: '2512.00101'\n" + TWO),
    "no indent": ("picks:\n- id: 2512.00101\ncurator: a\n", "picks:\n- id: 2512.00101\n" + NONE + "curator: a\n"),
    "keys after it": (f"{FOLDED}\n\n{REST}", FOLDED + TWO + f"\n\n{REST}"),
    "a list at its end": (
        "picks:\n  - id: 2512.00101\n    topics:\n      - a\n      - b   # last\n# end\n",
        "picks:\n  - id: 2512.00101\n    topics:\n      - a\n      - b   # last\n" + TWO + "# end\n",
    ),
    "a note over lines": (
        'picks:\n  - note: "one\n      two"\n    id: 2512.00101\n  - id: 2512.00102\n    note: plain\n      on\n\n',
        'picks:\n  - note: "one\n      two"\n    id: 2512.00101\n  - id: 2512.00102\n    note: plain\n      on\n'
        + TWO
        + "\n",
    ),
    "brackets": (
        "picks: [{id: 2512.00101}]  # so\n",
        'picks: [{id: 2512.00101}, {id: "arxiv:2512.00109", note: "Short: the new part."}]  # so\n',
    ),
    "brackets over lines": (
        "picks: [\n  {id: 2512.00101},  # a, b\n  ]\n",
        'picks: [\n  {id: 2512.00101},  # a, b\n   {id: "arxiv:2512.00109", note: "Short: the new part."}]\n',
    ),
    "other letters": ("intro: 日 𝔄\npicks: [{id: 2512.00101, note: 𝔄}]\n",
        'intro: 日 𝔄\npicks: [{id: 2512.00101, note: 𝔄}, {id: "arxiv:2512.00109", note: "Short: the new part."}]\n'),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), FILES.values(), ids=FILES)
def test_a_pick_is_added_and_nothing_else_changes(tmp_path: Path, before: str, after: str) -> None:
    assert draft(tmp_path, before) == after
    assert digest(tmp_path, after).picks[-1] == NEW


def test_line_ends_of_another_system_stay(tmp_path: Path) -> None:
    text = draft(tmp_path, "picks:\r\n  - id: 2512.00101\r\ncurator: a\r\n")
    assert text.count("\r\n") == text.count("\n") == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("picks:\n  - id: arxiv:2512.00109\n", ":2:9: 'arxiv:2512.00109' is picked already"),
        ("passed:\n  - {id: 2512.00109, why: no}\n", ":2:10: 'arxiv:2512.00109' is among 'passed'; take it out there"),
        ("picks:\n  - id: 2512.00101\n   note: x\n", ":3:"),
        (
            "{curator: a}\n",
            ":1:1: no pick can be added to the way 'picks' is written here; add it by hand: - id: arxiv",
        ),
        ("picks:\n  []\n", "add it by hand"),
    ],
)
def test_a_file_that_cannot_take_the_pick_is_left_alone(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ContentProblems) as refused:
        draft(tmp_path, text)
    assert NAME + message in str(refused.value) or message in str(refused.value)
    assert (tmp_path / NAME).read_text("utf-8") == text


printable = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)


@settings(deadline=None)
@given(note=printable.filter(lambda text: text.strip() == text), title=printable)
def test_any_note_and_title_come_back_from_the_file(
    tmp_path_factory: pytest.TempPathFactory, note: str, title: str
) -> None:
    root = tmp_path_factory.mktemp("notes")
    pick = Pick(id="doi:10.1234/a_b(c)", note=note or None)
    once = digest(root, draft(root, None, pick, title))
    assert once.picks == (pick,)
    again = digest(root, draft(root, "picks: [{id: 2512.00101}]\n", pick, title))
    assert again.picks[1:] == (pick,)
