"""Who is who, guessed: on an invented literature whose people are known."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from generator.catalog.content import load
from generator.cli import main
from generator.identity.corpus import corpus_of
from generator.identity.features import FEATURES, Features
from generator.identity.grouping import NEVER, SURE, constrain
from generator.identity.logistic import fit
from generator.identity.merges import candidates
from generator.identity.partitions import BY_RULE, Example, Groupings, every_grouping, learn
from generator.identity.report import as_json, as_yaml
from generator.identity.suggest import MergeSuggestion, Suggestions, suggest
from generator.model import AuthorEntry
from generator.yamlfile import read_yaml
from tests.anthology import literature, merged, papers_of, written
from tests.content import AUTHORS, catalog_of, put, record, write
from tests.test_names import ONE, TWO


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return literature()


def prolific(lines: list[dict[str, Any]]) -> list[str]:
    """Return names on four papers or more, those of different circles far from each other."""
    found = sorted({author["name"] for line in lines for author in line["authors"]})
    return [name for name in found if len(papers_of(lines, name)) >= 4]


@pytest.fixture(scope="module")
def homonym(lines: list[dict[str, Any]]) -> tuple[str, set[str], set[str]]:
    """A name, and the papers of the two people whose name it becomes."""
    one = prolific(lines)[0]
    about = {line["title"].split()[0] for line in lines if line["id"] in papers_of(lines, one)}
    other = next(
        name
        for name in prolific(lines)
        if not about
        & {word for line in lines if line["id"] in papers_of(lines, name) for word in line["title"].split()}
    )
    return one, papers_of(lines, one), papers_of(lines, other)


@pytest.fixture(scope="module")
def root(lines: list[dict[str, Any]], homonym: tuple[str, set[str], set[str]], tmp_path_factory: Any) -> Path:
    one, _, others = homonym
    other = next(name for name in prolific(lines) if papers_of(lines, name) == others)
    return written(tmp_path_factory.mktemp("homonym"), merged(lines, one, other))


def lines_of(root: Path) -> list[dict[str, Any]]:
    """Return the record lines of a digest."""
    return [json.loads(line) for path in sorted(root.rglob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]


def ask(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["authors", "suggest", "--root", str(root), *arguments])


def test_two_people_of_one_name_fall_apart_when_asked(root: Path, homonym: tuple[str, set[str], set[str]]) -> None:
    name, one, other = homonym
    found = json.loads(ask(root, "--format", "json", name).stdout)
    assert list(found) == ["splits", "merges"]
    assert [split["name"] for split in found["splits"]] == [name]
    grouped = [set(group["papers"]) for group in found["splits"][0]["groups"]]
    assert sorted(map(sorted, grouped)) == sorted(map(sorted, (one, other)))
    assert all(group["evidence"] for group in found["splits"][0]["groups"])


def test_two_people_of_one_name_are_found_unasked(root: Path, homonym: tuple[str, set[str], set[str]]) -> None:
    found = json.loads(ask(root, "--format", "json").stdout)
    assert homonym[0] in [split["name"] for split in found["splits"]]
    sure = [split["confidence"] for split in found["splits"]]
    assert sure == sorted(sure, reverse=True)
    assert min(sure) >= 0.9


def test_new_papers_limit_the_names_that_are_looked_at(
    root: Path, homonym: tuple[str, set[str], set[str]], tmp_path: Path
) -> None:
    everything = written(tmp_path, lines_of(root))
    assert ask(everything, "--since", "2025-12-12").stdout == "# nothing to suggest\n"
    late = record("arxiv:2512.00001", homonym[0], "Somebody New", day="2025-12-12")
    put(everything, {"content/records/2025/2025-12-12.jsonl": json.dumps(late, sort_keys=True) + "\n"})
    found = json.loads(ask(everything, "--since", "2025-12-12", "--format", "json", "--confidence", "0").stdout)
    assert [split["name"] for split in found["splits"]] == [homonym[0]]


def test_same_content_gives_the_same_bytes(root: Path) -> None:
    assert ask(root, "--format", "json").stdout == ask(root, "--format", "json").stdout


@pytest.mark.parametrize("spelling", ["{1}, {0}", "{1} {0}", "{0}-{1}"])
def test_name_asked_in_another_spelling_is_understood(
    root: Path, homonym: tuple[str, set[str], set[str]], spelling: str
) -> None:
    name, one, other = homonym
    asked = spelling.format(*name.split())
    found = json.loads(ask(root, "--format", "json", asked).stdout)["splits"]
    assert [split["name"] for split in found] == [asked]
    assert {paper for group in found[0]["groups"] for paper in group["papers"]} == one | other


def test_unknown_name_has_an_answer_without_groups(root: Path) -> None:
    found = json.loads(ask(root, "--format", "json", "Nobody Whatever").stdout)
    assert found["splits"] == [{"name": "Nobody Whatever", "confidence": 0.0, "groups": []}]


def test_yaml_can_be_pasted_and_splits_the_name(
    root: Path, homonym: tuple[str, set[str], set[str]], tmp_path: Path
) -> None:
    name, one, other = homonym
    text = ask(root, name).stdout
    pasted = write(tmp_path, *lines_of(root), authors=text)
    people = [person for person in catalog_of(pasted).people.values() if person.name == name]
    assert sorted(sorted(person.papers) for person in people if person.papers) == sorted(map(sorted, (one, other)))


def test_nothing_of_content_is_changed(root: Path, homonym: tuple[str, set[str], set[str]]) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert ask(root, homonym[0]).exit_code == 0
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_curators_claims_are_kept(root: Path, homonym: tuple[str, set[str], set[str]], tmp_path: Path) -> None:
    """A person that the guess would not have made: one paper of each group."""
    name, one, other = homonym
    odd = [min(one), min(other)]
    entries = [
        {"id": "odd-one", "name": name, "papers": odd},
        {"id": "rest", "name": name, "papers": [max(one)]},
    ]
    copy = write(tmp_path, *lines_of(root), authors=json.dumps(entries))
    found = suggest(load(copy), [name]).splits[0]
    of_paper = {paper: number for number, group in enumerate(found.groups) for paper in group.papers}
    assert of_paper[odd[0]] == of_paper[odd[1]] != of_paper[max(one)]
    assert found.confidence == 1
    assert any(group.claimed == ("odd-one",) for group in found.groups)


def test_name_that_a_curator_entered_once_is_not_questioned(
    root: Path, homonym: tuple[str, set[str], set[str]], tmp_path: Path
) -> None:
    entry = f"- {{id: the-only-one, name: {homonym[0]}}}\n"
    copy = write(tmp_path, *lines_of(root), authors=entry)
    assert homonym[0] not in [split.name for split in suggest(load(copy), least=0.0).splits]


def small(tmp_path: Path, *authors: dict[str, str]) -> Path:
    """Write a digest of papers by one author each beside the same co-author."""
    found = [
        record(f"arxiv:2401.{number:05}", authors=[author, {"name": "Con Stant"}])
        for number, author in enumerate(authors)
    ]
    return write(tmp_path, *found)


def test_two_orcids_are_two_people_and_one_orcid_is_one(tmp_path: Path) -> None:
    first, second = "0000-0002-1825-0097", "0000-0001-5109-3700"
    root = small(
        tmp_path,
        {"name": "Ann Lee", "orcid": first},
        {"name": "Ann Lee", "orcid": second},
        {"name": "Ann Lee", "orcid": first},
    )
    found = suggest(load(root)).splits
    assert [split.confidence for split in found] == [1.0]
    assert [set(group.papers) for group in found[0].groups] == [
        {"arxiv:2401.00000", "arxiv:2401.00002"},
        {"arxiv:2401.00001"},
    ]


def test_two_names_of_one_orcid_are_merged_for_sure(tmp_path: Path) -> None:
    orcid = "0000-0002-1825-0097"
    root = small(tmp_path, {"name": "Ann B. Lee", "orcid": orcid}, {"name": "Ann Lee", "orcid": orcid})
    found = suggest(load(root)).merges
    assert [(set(merge.names), merge.confidence) for merge in found] == [({"Ann B. Lee", "Ann Lee"}, 1.0)]


def test_merge_as_yaml_joins_the_names(tmp_path: Path) -> None:
    orcid = "0000-0002-1825-0097"
    root = small(tmp_path, {"name": "Ann B. Lee", "orcid": orcid}, {"name": "Ann Lee", "orcid": orcid})
    put(root, {AUTHORS: ask(root).stdout})
    people = [person for person in catalog_of(root).people.values() if "Lee" in person.name]
    assert [len(person.papers) for person in people] == [2]


def test_what_was_declined_is_not_suggested_again_but_told_when_asked_by_name(tmp_path: Path) -> None:
    first, second = "0000-0002-1825-0097", "0000-0001-5109-3700"
    papers = [{"name": "Ann Lee", "orcid": first}, {"name": "Ann Lee", "orcid": second}]
    merge = [{"name": "Bo B. Li", "orcid": first}, {"name": "Bo Li", "orcid": first}]
    root = small(tmp_path, *papers, *merge)
    before = json.loads(ask(root, "--format", "json").stdout)
    assert (len(before["splits"]), len(before["merges"])) == (1, 1)
    end = "why: x, by: ann, date: 2025-12-11}\n"
    declined = f"- {{what: split, names: [ANN LEE], {end}- {{what: merge, names: [Bo Li, Bo B. Li], {end}"
    put(root, {"content/declined.yml": declined})
    assert ask(root).stdout == "# nothing to suggest\n"
    assert "Ann Lee: 2 people likely" in ask(root, "Ann Lee").stdout


def test_what_was_declined_takes_no_place_among_those_asked_for(tmp_path: Path) -> None:
    first, second = "0000-0002-1825-0097", "0000-0001-5109-3700"
    pairs = [{"name": name, "orcid": orcid} for orcid, name in ((first, "Bo B. Li"), (first, "Bo Li"))]
    pairs += [{"name": name, "orcid": orcid} for orcid, name in ((second, "Cy C. Mo"), (second, "Cy Mo"))]
    root = small(tmp_path, *pairs)
    most = ["--format", "json", "--most", "1"]
    surest = json.loads(ask(root, *most).stdout)["merges"]
    assert len(surest) == 1
    names = json.dumps(surest[0]["names"])
    put(root, {"content/declined.yml": f"- {{what: merge, names: {names}, why: x, by: ann, date: 2025-12-11}}\n"})
    others = json.loads(ask(root, *most).stdout)["merges"]
    assert len(others) == 1
    assert others[0]["names"] != surest[0]["names"]


def test_few_names_are_compared_with_all_that_may_be_like_them(tmp_path: Path) -> None:
    written = sorted({name for pair in (*ONE, *TWO) for name in pair[:2] if name} | {"Sean O'Neil", "S. O Neil"})
    records = [record(f"arxiv:2401.{number:05}", name) for number, name in enumerate(written)]
    corpus = corpus_of(load(write(tmp_path, *records)))
    every = candidates(corpus)
    assert len(every) > len(ONE)
    for name in range(len(corpus.names)):
        assert candidates(corpus, {name}) == [pair for pair in every if name in pair[:2]]


def test_names_on_one_paper_are_not_merged(tmp_path: Path) -> None:
    papers = [record("arxiv:2401.00001", "Ann Lee", "Lee Ann"), record("arxiv:2401.00002", "Ann Lee", "Con Stant")]
    assert suggest(load(write(tmp_path, *papers)), least=0.0).merges == ()


def test_small_digest_is_judged_by_shared_coauthors(tmp_path: Path) -> None:
    papers = [
        record("arxiv:2401.00001", "Bo Li", "Ann Lee", title="Bees"),
        record("arxiv:2401.00002", "Bo Li", "Ann Lee", title="Wasps"),
        record("arxiv:2401.00003", "Bo Li", "Max Mann", title="Steel"),
    ]
    found = suggest(load(write(tmp_path, *papers)), ["Bo Li"]).splits[0]
    assert [set(group.papers) for group in found.groups] == [
        {"arxiv:2401.00001", "arxiv:2401.00002"},
        {"arxiv:2401.00003"},
    ]


def test_empty_digest_has_nothing_to_suggest(tmp_path: Path) -> None:
    root = put(tmp_path, {"site_config.yml": "title: Empty\nurl: https://example.org/\n"})
    assert suggest(load(root)) == Suggestions()
    assert suggest(load(root), ["Ann Lee"]).splits[0].groups == ()


def test_name_that_is_asked_about_tells_nothing_of_itself(lines: list[dict[str, Any]], tmp_path: Path) -> None:
    """What a mention is compared by stays the same when its name is written otherwise."""
    one = prolific(lines)[0]
    tables = []
    for folder, name in (("a", one), ("b", "Zyzyzy Zazaza")):
        corpus = corpus_of(load(written(tmp_path / folder, merged(lines, name, one))))
        features = Features(corpus, np.arange(len(corpus.mentions)))
        mentions = np.array(corpus.of_name[corpus.number[name.lower().replace(" ", "-")]])
        tables.append(features.within([mentions])[0])
    close = [column for column, name in enumerate(FEATURES) if name not in ("origin", "origin_near", "walk")]
    np.testing.assert_allclose(tables[0][:, close], tables[1][:, close], atol=0.02)


def test_hostile_names_and_titles_stay_in_their_comments_and_values(tmp_path: Path) -> None:
    name = "Ann\u2028Lee\n- id: evil"
    papers = [record(f"arxiv:2401.0000{n}", name, "Max Mann", title="x\u2029::error y\n- id: z") for n in range(3)]
    root = write(tmp_path, *papers)
    text = as_yaml(suggest(load(root), [name]), set())
    path = tmp_path / "pasted.yml"
    path.write_text(text + "- {id: last, name: Last}\n", "utf-8")
    file, problems = read_yaml(tmp_path, path, tuple[AuthorEntry, ...])
    assert problems == []
    assert file is not None
    assert [entry.id for entry in file.value if not entry.id.startswith("ann-lee")] == ["last"]


def test_ids_that_are_taken_are_not_given_again() -> None:
    found = Suggestions(merges=(MergeSuggestion(("Ann Lee", "A. Lee"), 0.99, ("initials",)),))
    assert "authors.yml has ann-lee already" in as_yaml(found, {"ann-lee"})
    assert "- id: ann-lee\n" in as_yaml(found, ())


def test_json_keeps_the_shape_that_programs_read() -> None:
    found = Suggestions(merges=(MergeSuggestion(("Ann Lee", "A. Lee"), 0.98765, ("initials",)),))
    merge = {"names": ["Ann Lee", "A. Lee"], "confidence": 0.9877, "evidence": ["initials"]}
    assert json.loads(as_json(found)) == {"splits": [], "merges": [merge]}


@pytest.mark.parametrize("count", [6, 12])
def test_known_people_are_never_joined_however_alike(count: int) -> None:
    alike = constrain(np.full((count, count), 5.0), {0: "a", 1: "b", 5: "a"})
    assert alike[0, 1] == NEVER
    assert alike[0, 5] == SURE
    for least in (1, 2, 4):
        of_row = {row: number for number, group in enumerate(BY_RULE.best(alike, least)) for row in group}
        assert of_row[0] == of_row[5] != of_row[1]


def two_circles(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the likeness of mentions of which the even ones are one person's and the odd ones another's."""
    own = np.arange(count) % 2
    return np.where(own[:, None] == own[None, :], 4.0, -4.0)


@pytest.mark.parametrize("count", [4, 7, 9, 40])
def test_mentions_fall_apart_where_their_likeness_does(count: int) -> None:
    evens, odds = tuple(range(0, count, 2)), tuple(range(1, count, 2))
    assert BY_RULE.best(two_circles(count)) == [evens, odds]
    assert len(BY_RULE.best(two_circles(count), least=3)) == 3
    assert BY_RULE.best(np.full((count, count), 2.0)) == [tuple(range(count))]


def test_one_person_for_sure_is_not_taken_apart() -> None:
    assert BY_RULE.best(constrain(np.zeros((2, 2)), {0: "a", 1: "a"}), least=2) == [(0, 1)]


def test_grouping_says_how_well_its_mentions_sit() -> None:
    """Of two alike and a third: the strongest tie between groups, the weakest within, what moving would gain."""
    likeness = np.array([[0.0, 4.0, -4.0], [4.0, 0.0, -4.0], [-4.0, -4.0, 0.0]])
    right_and_wrong = Groupings(np.array([[0, 0, 1], [0, 1, 1]]))
    assert right_and_wrong.seats(likeness).tolist() == [[-4, 4, 0], [0, -4, 8]]


def test_groupings_of_a_large_name_are_described_as_each_is_alone() -> None:
    labels = np.random.default_rng(0).integers(0, 90, (90, 90))
    noise = np.random.default_rng(1).normal(0, 3, (90, 90))
    alone = [Groupings(each[None, :]).traits(noise + noise.T)[0] for each in labels]
    np.testing.assert_allclose(Groupings(labels).traits(noise + noise.T), alone)


def test_every_grouping_is_weighed_once() -> None:
    bell = [1, 2, 5, 15, 52, 203, 877]
    assert [len(every_grouping(count).labels) for count in range(1, 8)] == bell
    assert len(np.unique(every_grouping(5).labels, axis=0)) == 52


def test_groupings_are_learned_from_likeness_that_is_off() -> None:
    """Where even one person's pairs look like strangers, the pairs alone would join nobody."""
    random = np.random.default_rng(0)
    examples = []
    for number in range(60):
        count = 4 + number % 6
        noise = random.normal(0, 0.3, (count, count))
        owners = np.arange(count) % 2
        examples.append(Example(two_circles(count) / 2 - 5 + noise + noise.T, owners, 1.0))
    likeness = two_circles(5) / 2 - 5
    assert len(BY_RULE.best(likeness)) == 5
    assert learn(examples).best(likeness) == [(0, 2, 4), (1, 3)]
    assert learn([]) is BY_RULE


def test_regression_finds_the_column_that_tells() -> None:
    random = np.random.default_rng(0)
    rows = random.standard_normal((500, 3))
    rows[:, 2] = 7.0
    fitted = fit(rows, (rows[:, 1] > 0).astype(float))
    assert abs(fitted.weights[2]) > 10 * abs(fitted.weights[1])
    assert fitted.weights[3] == 0
    assert ((fitted.log_odds(rows) > 0) == (rows[:, 1] > 0)).mean() > 0.95


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.cli.authors.find_spec", lambda package: None)
    done = ask(put(tmp_path, {"site_config.yml": "title: T\nurl: https://example.org/\n"}))
    assert done.exit_code == 1
    assert done.stderr == "not installed: numpy, scipy; run: pip install 'paper-digest[people]'\n"


@pytest.mark.parametrize("names", [(), ("Nobody",)])
def test_names_without_papers_in_common_need_no_learning(names: tuple[str, ...], tmp_path: Path) -> None:
    root = write(tmp_path, record("arxiv:2401.00001", "Ann Lee", "Max Mann"))
    assert suggest(load(root), names).merges == ()
