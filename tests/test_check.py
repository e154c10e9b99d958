"""``digest check``: every mistake of a curator gives one message, at its place, in words that say what to do."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from generator.catalog import curation
from generator.catalog.curation import read_curation
from generator.cli import main
from generator.errors import ContentError
from generator.yamlfile import read_yaml
from tests.content import AUTHORS, CORRECTIONS, CURATORS, DECLINED, TOPICS, problems_of, put, record, write
from tests.mistakes import MISTAKES, Mistake

SHARED = {
    TOPICS: "- {id: systems, name: Systems}\n- {id: llm-serving, name: LLM serving, parent: systems}\n",
    AUTHORS: "- {id: ada-example, name: Ada Example, orcid: 0000-0002-1825-0097}\n",
    CORRECTIONS: "# nothing yet\n",
    CURATORS: "- {id: editors, name: The editors, orcid: 0000-0002-1825-0097}\n",
}
"""What stands in the shared files before a curator adds to them."""
ADDED = {
    "topics": TOPICS,
    "authors": AUTHORS,
    "corrections": CORRECTIONS,
    "curators": CURATORS,
    "declined": DECLINED,
}


def tree(root: Path) -> Path:
    """Write a root without a problem: a paper for each mistake, and one that was picked already."""
    papers = [record(f"arxiv:2501.{number:05}", "Ann One", "Jo Two") for number in range(len(MISTAKES))]
    write(root, record("arxiv:2503.16525"), *papers)
    return put(root, {**SHARED, "content/digests/2024/2024-12-31.yml": "picks: [{id: 2503.16525}]\n"})


def place(mistakes: list[Mistake], root: Path) -> list[ContentError]:
    """Make the mistakes in the tree at `root`; return the problems to expect."""
    texts = {name: text.encode() for name, text in SHARED.items()}
    expected = []
    for number, mistake in enumerate(mistakes):
        day = date(2025, 1, 1) + timedelta(days=number)
        own = {
            "digest": f"content/digests/2025/{day}.yml",
            "papers": f"content/papers/{number}.yml",
            "config": "site_config.yml",
        }
        path = ADDED.get(mistake.file) or own.get(mistake.file) or mistake.file
        text = mistake.text.encode() if isinstance(mistake.text, str) else mistake.text
        above = texts.get(path, b"")
        paper = f"{MISTAKES.index(mistake):05}"
        texts[path] = above + text.replace(b"PAPER", paper.encode())
        message = mistake.message.replace("PAPER", paper).replace("FILE", path)
        expected.append(ContentError(path, above.count(b"\n") + mistake.line, mistake.column, message))
    put(root, texts)
    return expected


def run(root: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["check", "--root", str(root), *options])


def test_the_tree_without_mistakes_is_clean(tmp_path: Path) -> None:
    result = run(tree(tmp_path))
    assert (result.exit_code, result.output) == (0, "no problems\n")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, mistake: Mistake) -> None:
    [expected] = place([mistake], tree(tmp_path))
    result = run(tmp_path)
    assert result.output == f"{expected}\n1 problem\n"
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


def test_all_mistakes_of_a_tree_are_told_in_one_run_by_place(tmp_path: Path) -> None:
    together = [mistake for mistake in MISTAKES if not mistake.breaks]
    together.append(next(mistake for mistake in MISTAKES if mistake.file == "config"))
    expected = sorted(place(together, tree(tmp_path)))
    assert len(expected) > 100
    result = run(tmp_path)
    assert result.output.splitlines() == [*map(str, expected), f"{len(expected)} problems"]
    assert result.exit_code == 1


def test_files_read_in_several_processes_are_what_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place([mistake for mistake in MISTAKES if not mistake.breaks], tree(tmp_path))
    alone = read_curation(tmp_path)
    monkeypatch.setattr(curation, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    read: list[Path] = []

    def noted(root: Path, path: Path, kind: Any, **options: Any) -> Any:
        read.append(path)
        return read_yaml(root, path, kind, **options)

    monkeypatch.setattr(curation, "read_yaml", noted)
    together = read_curation(tmp_path)
    assert together == alone
    assert len(alone.problems) > 100
    assert 0 < len(read) < len(alone.digests)  # the others were read elsewhere


def test_every_message_says_what_to_do_in_one_sentence() -> None:
    for mistake in MISTAKES:
        assert not mistake.message.endswith("."), mistake.name
        assert len(mistake.message) < 260, mistake.name


def test_annotations_escape_what_a_runner_would_take_for_a_command(tmp_path: Path) -> None:
    name = "content/papers/a,b: 100%\n::error::c.yml"
    put(write(tmp_path), {name: "- id: '50%::x'\n  title: A\n  date: 2025-12-11\n"})
    result = run(tmp_path, "--format", "github")
    [line] = result.output.splitlines()
    assert line.startswith(
        "::error file=content/papers/a%2Cb%3A 100%25\\n%3A%3Aerror%3A%3Ac.yml,line=1,col=7::"
        "not a paper id: '50%25::x'; write"
    )
    assert result.exit_code == 1


def test_all_problems_stand_in_the_summary_of_the_step_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    together = [mistake for mistake in MISTAKES if not mistake.breaks]
    expected = sorted(place(together, tree(tmp_path / "root")))
    assert run(tmp_path / "root", "--format", "github").output.count("::error ") == len(expected)
    soup = BeautifulSoup(MarkdownIt("gfm-like", {"linkify": False}).render(summary.read_text("utf-8")), "html.parser")
    assert [item.get_text() for item in soup.find_all("li")] == [plain_line(str(problem)) for problem in expected]
    assert {tag.name for tag in soup.find_all()} == {"h2", "ul", "li"}


def plain_line(text: str) -> str:
    """A text as a summary shows it: white space of any kind is a space there."""
    return " ".join(text.split())


def test_a_summary_of_very_many_problems_is_cut_below_githubs_megabyte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    entries = "".join(f"- {{id: '{number}<>', name: x}}\n" for number in range(9_000))
    run(put(write(tmp_path / "root"), {TOPICS: entries}), "--format", "github")
    written = (tmp_path / "summary.md").read_text("utf-8")
    assert written.startswith("## 9,000 problems in the content\n")
    assert 500_000 < len(written.encode()) < 2**20
    assert re.search(r"\n- and [1-9],\d\d\d more\n", written)


def test_text_keeps_a_file_name_on_one_line(tmp_path: Path) -> None:
    put(write(tmp_path), {"content/papers/a\n::error::b.txt": "x"})
    assert run(tmp_path).output.splitlines() == [
        "content/papers/a\\n::error::b.txt:1:1: not read: the name ends in '.txt'; end it in '.yml'",
        "1 problem",
    ]


def test_json_holds_every_problem(tmp_path: Path) -> None:
    root = put(write(tmp_path), {"content/digests/2025/2025-12-11.yml": 'curatr: "\\u2028"\nintr: x\n'})
    result = run(root, "--format", "json")
    path = "content/digests/2025/2025-12-11.yml"
    assert json.loads(result.output) == [
        {
            "path": path,
            "line": line,
            "column": 1,
            "severity": "error",
            "message": f"unknown key {wrong!r}; did you mean {right!r}?",
        }
        for line, wrong, right in ((1, "curatr", "curator"), (2, "intr", "intro"))
    ]
    assert result.exit_code == 1


def test_json_of_no_problems_is_an_empty_list(tmp_path: Path) -> None:
    result = run(tree(tmp_path), "--format", "json")
    assert (result.exit_code, json.loads(result.output)) == (0, [])


def test_a_folder_without_a_digest_is_said_so(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1
    assert result.output == (
        f"{tmp_path}: no site_config.yml and no content/; run 'digest init DIR' or give --root DIR\n"
    )


def test_a_bad_item_does_not_shift_the_places_of_those_below(tmp_path: Path) -> None:
    root = write(tmp_path, topics="- id: One\n  name: A\n- {id: two, name: B, parent: three}\n")
    assert [(problem.line, problem.column) for problem in problems_of(root)] == [(1, 7), (3, 30)]


def test_a_bad_field_leaves_the_rest_of_its_file_checked(tmp_path: Path) -> None:
    root = write(tmp_path, digest="curator: []\npicks:\n  - {id: 2401.99999, highlight: maybe}\n")
    assert [problem.line for problem in problems_of(root)] == [1, 3, 3]


def test_two_people_of_one_name_may_claim_one_paper(tmp_path: Path) -> None:
    claim = "- {{id: {0}, name: Jo Two, papers: [2501.00001]}}\n"
    both = "".join(map(claim.format, "ab"))
    root = write(tmp_path, record("arxiv:2501.00001", "Jo Two", "Jo Two"), authors=both)
    assert problems_of(root) == []
    put(root, {AUTHORS: "".join(map(claim.format, "abc"))})
    assert [problem.line for problem in problems_of(root)] == [3]


def test_a_claim_may_rest_on_corrected_authors(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        record("arxiv:2501.00001", "J. T."),
        authors="- {id: a, name: Jo Two, papers: [2501.00001]}\n",
        corrections="- {id: 2501.00001, field: authors, value: Ann One; Jo Two, why: x, by: y}\n",
    )
    assert problems_of(root) == []


def test_curation_may_name_a_paper_by_any_of_its_ids(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        record("arxiv:2501.00001", "Jo Two", doi="10.1234/ABC"),
        digest="picks: [{id: https://doi.org/10.1234/abc}]\n",
        authors="- {id: a, name: Jo Two, papers: [doi:10.1234/abc]}\n",
        corrections="- {id: 10.1234/abc, field: title, value: x, why: y, by: z}\n",
    )
    assert problems_of(root) == []
    later = "content/digests/2025/2025-12-12.yml"
    put(root, {later: "picks: [{id: 2501.00001}]\n"})
    message = "paper 'arxiv:2501.00001' was picked on 2025-12-11 already; delete one"
    assert problems_of(root) == [ContentError(later, 1, 14, message)]


def test_what_is_no_curation_is_left_alone(tmp_path: Path) -> None:
    files = ["papers/README.md", "papers/.gitkeep", "images/a.png", ".draft.yml", "pages/about.md", "notes.txt"]
    assert problems_of(put(write(tmp_path), {f"content/{name}": "x" for name in files})) == []
