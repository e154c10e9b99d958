"""``digest new``: a day's file to edit, in which the papers of the day become picks when they are uncommented."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog.check import check
from generator.catalog.content import load
from generator.cli import main
from generator.model import Digest, Pick
from generator.schemas import FOLDER, write_schemas
from tests.content import DAY, DIGEST, catalog_of, put, record, write

PAPERS = [
    record("arxiv:2512.00101", "Ann One", "Jo Two", "Bo Three", "Cy Four", "Di Five", title="Caches: #1 of *all*"),
    record("arxiv:2512.00102", "Ann One", title="Plain"),
    record("doi:10.5555/a_b(c)", title="Nobody wrote this"),
]
COUNTS = [("arxiv:2512.00101", 1), ("arxiv:2512.00102", 1200)]


def content(root: Path, *more: dict[str, Any], **files: str) -> Path:
    write(root, *PAPERS, *more, **files)
    lines = [json.dumps({"as_of": DAY, "id": paper, "upvotes": count}) + "\n" for paper, count in COUNTS]
    return put(root, {f"content/metrics/{DAY[:7]}.jsonl": "".join(lines)})


def new(root: Path, day: str = DAY) -> Result:
    return CliRunner().invoke(main, ["new", day, "--root", str(root)])


def uncommented(root: Path, name: str = DIGEST) -> None:
    """Do what an editor does to all lines under 'picks'."""
    above, key, below = (root / name).read_text("utf-8").partition("picks:\n")
    put(root, {name: above + key + re.sub(r"^  # ", "  ", below, flags=re.MULTILINE)})


def test_new_file_offers_the_papers_of_its_day_as_the_page_ranks_them(tmp_path: Path) -> None:
    root = content(tmp_path)
    done = new(root)
    assert (done.exit_code, done.output) == (0, f"wrote {DIGEST} with 3 papers to pick from\n")
    assert (root / DIGEST).read_text("utf-8").partition("curator:")[2] == (
        "\nintro:\npicks:\n"
        "  # - id: arxiv:2512.00102  # Plain\n"
        "  #   # Ann One; 1,200 upvotes\n"
        "  #   note:\n"
        "  # - id: arxiv:2512.00101  # Caches: #1 of *all*\n"
        "  #   # Ann One, Jo Two, Bo Three and 2 more; 1 upvote\n"
        "  #   note:\n"
        '  # - id: "doi:10.5555/a_b(c)"  # Nobody wrote this\n'
        "  #   note:\n"
    )


def test_new_file_is_no_problem_as_it_is_and_picks_nothing(tmp_path: Path) -> None:
    root = content(tmp_path)
    assert new(root).exit_code == 0
    day = catalog_of(root).days[date.fromisoformat(DAY)]
    assert (day.digest, day.picks, len(day.rest)) == (Digest(), (), 3)


def test_lines_become_picks_when_uncommented(tmp_path: Path) -> None:
    root = content(tmp_path)
    assert new(root).exit_code == 0
    uncommented(root)
    picks = [pick for pick, _ in catalog_of(root).days[date.fromisoformat(DAY)].picks]
    assert picks == [Pick(id=name) for name in ("arxiv:2512.00102", "arxiv:2512.00101", "doi:10.5555/a_b(c)")]


def test_paper_can_be_added_to_a_new_file(tmp_path: Path) -> None:
    root = content(tmp_path)
    assert new(root).exit_code == 0
    before = (root / DIGEST).read_text("utf-8")
    assert CliRunner().invoke(main, ["add", "2512.00102", "--date", DAY, "--root", str(root)]).exit_code == 0
    added = "picks:\n  - id: arxiv:2512.00102  # Plain\n"
    assert (root / DIGEST).read_text("utf-8") == before.replace("picks:\n", added)
    assert check(load(root)) == []


def test_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    root = content(tmp_path, digest="curator: x\n")
    done = new(root)
    assert (done.exit_code, done.output) == (
        1,
        f"{DIGEST}: is there already; edit it, or add a paper with 'digest add'\n",
    )
    assert (root / DIGEST).read_text("utf-8") == "curator: x\n"


def test_papers_picked_on_another_day_and_withdrawn_ones_are_not_offered(tmp_path: Path) -> None:
    root = content(tmp_path, record("arxiv:2512.00103", "Ann One", withdrawn=True))
    put(root, {"content/digests/2025/2025-12-12.yml": "picks: [{id: 2512.00101}]\n"})
    assert new(root).output == f"wrote {DIGEST} with 2 papers to pick from\n"
    uncommented(root)
    assert check(load(root)) == []


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2025-12-13", "2025-12-13: no paper to pick from was listed; run 'digest ingest --since 2025-12-13', or"),
        ("12.11.2025", "'12.11.2025' is not a day like 2025-12-11"),
    ],
)  # fmt: skip
def test_day_without_papers_gets_no_file(tmp_path: Path, day: str, message: str) -> None:
    root = content(tmp_path)
    done = new(root, day)
    assert done.exit_code != 0
    assert message in done.output
    assert not (root / "content/digests").exists()


def test_mistakes_elsewhere_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    root = content(tmp_path, topics="- id: a\n")
    done = new(root)
    assert (done.exit_code, (root / DIGEST).exists()) == (1, False)
    assert "content/topics.yml:1:3: key 'name' is missing; add it" in done.output


def test_new_file_names_its_schema_where_the_digest_has_one(tmp_path: Path) -> None:
    root = content(tmp_path)
    write_schemas(root / FOLDER)
    assert new(root).exit_code == 0
    line = "# yaml-language-server: $schema=../../../schemas/digest.schema.json\n"
    assert (root / DIGEST).read_text("utf-8").startswith(line + "# The papers listed on")
    assert CliRunner().invoke(main, ["add", "2512.00102", "--date", "2025-12-12", "--root", str(root)]).exit_code == 0
    added = (root / "content/digests/2025/2025-12-12.yml").read_text("utf-8")
    assert added == line + "picks:\n  - id: arxiv:2512.00102  # Plain\n"
    assert check(load(root)) == []


hostile = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40)


@settings(deadline=None, max_examples=60)
@given(title=hostile, name=hostile)
def test_whatever_a_source_says_its_paper_is_offered_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, title: str, name: str
) -> None:
    root = write(tmp_path_factory.mktemp("hostile"), record("arxiv:2512.00101", name, title=title))
    if check(load(root)):
        return  # such a record is refused: nothing is offered
    assert new(root).exit_code == 0
    assert catalog_of(root).days[date.fromisoformat(DAY)].digest == Digest()
    uncommented(root)
    assert catalog_of(root).days[date.fromisoformat(DAY)].digest == Digest(picks=(Pick(id="arxiv:2512.00101"),))


def test_a_paper_that_was_suggested_and_declined_is_not_offered(tmp_path: Path) -> None:
    entry = f"- {{what: paper, id: 2512.00101, why: no measurement, by: ann, date: {DAY}, issue: 3}}\n"
    root = content(tmp_path, declined=entry)
    assert new(root).output == f"wrote {DIGEST} with 2 papers to pick from\n"
    assert "2512.00101" not in (root / DIGEST).read_text("utf-8")
