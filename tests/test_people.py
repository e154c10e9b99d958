"""Which written name is which person: every sentence of the rule, and the addresses that follow from it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.catalog.catalog import Catalog
from generator.catalog.people import Everyone, People
from generator.model import AuthorEntry, Person, Standing
from generator.site.build import build
from tests.built_site import BuiltSite
from tests.content import catalog_of, record, write

SPLIT = """\
- {id: jo-two-retina, name: Jo Two, papers: [2501.00001]}
- {id: jo-two-systems, name: Jo Two, papers: [2501.00002]}
"""


def people(root: Path, *papers: dict[str, Any], authors: str = "[]\n") -> Everyone:
    return catalog_of(write(root, *papers, authors=authors)).people


def paper(number: int, *names: str, **more: Any) -> dict[str, Any]:
    return record(f"arxiv:2501.{number:05}", *names, **more)


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(f"arxiv:2501.{number:05}" for number in numbers)


def names_on(catalog: Catalog, number: int) -> list[tuple[str, str]]:
    return [(mention.name, mention.person) for mention in catalog.papers[ids(number)[0]].authors]


# The rule -------------------------------------------------------------------------------------------------------------


def test_a_name_nobody_entered_is_one_unverified_page_of_all_its_mentions(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two", "Ann One"))
    assert sorted(found) == ["ann-one", "jo-two"]
    assert found["jo-two"] == Person(id="jo-two", name="Jo Two", standing=Standing.UNVERIFIED, papers=ids(1, 2))


def test_the_one_person_entered_of_a_name_has_all_its_mentions(tmp_path: Path) -> None:
    entry = """\
- id: two
  name: Jo Two
  orcid: 0000-0002-1825-0097
  links: {homepage: "https://example.org/"}
  note: x
"""
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two"), authors=entry)
    assert list(found) == ["two"]
    assert found["two"].standing is Standing.VERIFIED
    assert found["two"].papers == ids(1, 2)
    assert (found["two"].orcid, found["two"].links, found["two"].note) == (
        "0000-0002-1825-0097",
        {"homepage": "https://example.org/"},
        "x",
    )


def test_a_claim_comes_before_everything(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two"), authors=SPLIT)
    assert found["jo-two-retina"].papers == ids(1)
    assert found["jo-two-systems"].papers == ids(2)


def test_what_several_people_of_a_name_did_not_claim_stays_on_the_ambiguous_page(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two"), paper(3, "Jo Two"), authors=SPLIT)
    assert found["jo-two"].papers == ids(3)
    assert found["jo-two"].standing is Standing.AMBIGUOUS
    assert found["jo-two"].others == ("jo-two-retina", "jo-two-systems")
    assert found["jo-two-retina"].others == ("jo-two-systems", "jo-two")
    assert found["jo-two-retina"].standing is Standing.VERIFIED


def test_an_ambiguous_name_keeps_its_page_when_every_paper_is_claimed(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two"), authors=SPLIT)
    assert (found["jo-two"].name, found["jo-two"].papers) == ("Jo Two", ())
    assert found["jo-two"].standing is Standing.AMBIGUOUS


def test_an_entry_under_the_names_own_address_is_the_rest_of_that_name(tmp_path: Path) -> None:
    entries = (
        "- {id: jo-two-retina, name: Jo Two, papers: [2501.00001]}\n- {id: jo-two, name: Jo Two, note: the rest}\n"
    )
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two"), authors=entries)
    assert sorted(found) == ["jo-two", "jo-two-retina"]
    assert (found["jo-two"].papers, found["jo-two"].note) == (ids(2), "the rest")
    assert found["jo-two"].standing is Standing.AMBIGUOUS
    assert found["jo-two-retina"].standing is Standing.VERIFIED


def test_a_claim_of_one_name_leaves_the_other_names_of_the_paper_alone(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "Jo Two", "Ann One"), authors=SPLIT.splitlines()[0])
    assert found["ann-one"].papers == ids(1)
    assert found["ann-one"].standing is Standing.UNVERIFIED


def test_two_people_of_one_name_on_one_paper_take_a_mention_each(tmp_path: Path) -> None:
    entries = "- {id: b, name: Jo Two, papers: [2501.00001]}\n- {id: a, name: Jo Two, papers: [2501.00001]}\n"
    catalog = catalog_of(write(tmp_path, paper(1, "Jo Two", "Ann One", "Jo Two"), authors=entries))
    assert names_on(catalog, 1) == [("Jo Two", "b"), ("Ann One", "ann-one"), ("Jo Two", "a")]
    assert catalog.people["a"].papers == catalog.people["b"].papers == ids(1)


def test_a_name_twice_on_a_paper_is_one_paper_on_the_persons_page(tmp_path: Path) -> None:
    assert people(tmp_path, paper(1, "Jo Two", "Jo Two"))["jo-two"].papers == ids(1)


def test_a_claim_may_name_the_paper_by_another_id(tmp_path: Path) -> None:
    entries = "- {id: a, name: Jo Two, papers: [10.1234/x]}\n- {id: b, name: Jo Two}\n"
    found = people(tmp_path, paper(1, "Jo Two", doi="10.1234/X"), authors=entries)
    assert found["a"].papers == ids(1)


# Spellings ------------------------------------------------------------------------------------------------------------


def test_another_spelling_of_an_entry_is_the_same_person(tmp_path: Path) -> None:
    entries = "- {id: jo, name: Jo Two, also: [Two Jo, J. Two]}\n"
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Two Jo"), paper(3, "J. Two"), authors=entries)
    assert list(found) == ["jo"]
    assert found["jo"].papers == ids(1, 2, 3)
    assert found["jo"].also == ("J. Two", "Two Jo")


def test_a_spelling_shared_with_someone_elses_name_is_ambiguous(tmp_path: Path) -> None:
    entries = "- {id: a, name: Jo Two}\n- {id: b, name: Joanna Two, also: [Jo Two]}\n"
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Joanna Two"), authors=entries)
    assert (found["jo-two"].papers, found["jo-two"].standing) == (ids(1), Standing.AMBIGUOUS)
    assert found["b"].papers == ids(2)
    assert found["b"].others == ("a", "jo-two")


def test_spellings_of_one_slug_are_one_page_under_the_usual_one(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "José Díaz"), paper(2, "Jose Diaz"), paper(3, "José Díaz"))
    assert (found["jose-diaz"].name, found["jose-diaz"].also) == ("José Díaz", ("Jose Diaz",))


def test_of_equally_usual_spellings_the_first_in_order_names_the_page(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "jo two"), paper(2, "Jo Two"))
    assert (found["jo-two"].name, found["jo-two"].also) == ("Jo Two", ("jo two",))


def test_names_are_read_as_a_person_would_write_them(tmp_path: Path) -> None:
    catalog = catalog_of(write(tmp_path, paper(1, "Jos{\\'e} D{\\'\\i}az", " : ", "Ann&nbsp;One,")))
    assert names_on(catalog, 1) == [("José Díaz", "jose-diaz"), ("Ann One", "ann-one")]


def test_names_in_han_script_have_pages_of_their_own(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "刘家文"), paper(2, "王小明"))
    assert {person.name for person in found.values()} == {"刘家文", "王小明"}
    assert all(person.isascii() for person in found)


def test_an_entry_may_be_named_in_any_script(tmp_path: Path) -> None:
    entries = "- {id: liu-jiawen, name: 刘家文, also: [Jiawen Liu]}\n"
    found = people(tmp_path, paper(1, "刘家文"), paper(2, "Jiawen Liu"), authors=entries)
    assert found["liu-jiawen"].papers == ids(1, 2)


# Addresses ------------------------------------------------------------------------------------------------------------


def test_a_name_whose_address_is_someone_elses_entry_moves_aside(tmp_path: Path) -> None:
    found = people(
        tmp_path, paper(1, "Jo Two"), paper(2, "Someone Else"), authors="- {id: jo-two, name: Someone Else}\n"
    )
    assert sorted(found) == ["jo-two", "jo-two--person"]
    assert (found["jo-two"].name, found["jo-two"].papers) == ("Someone Else", ids(2))
    assert (found["jo-two--person"].name, found["jo-two--person"].papers) == ("Jo Two", ids(1))
    assert found["jo-two--person"].standing is Standing.UNVERIFIED


def test_the_page_that_moved_aside_meets_no_other_name(tmp_path: Path) -> None:
    entry = "- {id: jo-two, name: Someone Else}\n"
    found = people(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two Person"), authors=entry)
    assert sorted(found) == ["jo-two", "jo-two--person", "jo-two-person"]


def test_addresses_that_a_merge_emptied_lead_to_the_person(tmp_path: Path) -> None:
    entries = "- {id: jo, name: Jo Two, also: [J. Two, Never Seen]}\n"
    catalog = catalog_of(write(tmp_path, paper(1, "Jo Two"), paper(2, "J. Two"), authors=entries))
    assert catalog.moved_people == {"j-two": "jo", "jo-two": "jo", "never-seen": "jo"}
    assert not catalog.moved_people.keys() & catalog.people.keys()


def test_the_page_of_an_ambiguous_name_is_no_redirect(tmp_path: Path) -> None:
    assert catalog_of(write(tmp_path, paper(1, "Jo Two"), paper(2, "Jo Two"), authors=SPLIT)).moved_people == {}


def test_an_entry_without_papers_has_its_page(tmp_path: Path) -> None:
    found = people(tmp_path, authors="- {id: jo-two, name: Jo Two}\n")
    assert found == {"jo-two": Person(id="jo-two", name="Jo Two", standing=Standing.VERIFIED)}


def test_people_come_sorted_and_their_papers_newest_first(tmp_path: Path) -> None:
    found = people(tmp_path, paper(1, "B", "A"), paper(2, "A", day="2025-12-12"), paper(3, "A", day="2025-12-10"))
    assert list(found) == ["a", "b"]
    assert found["a"].papers == ids(2, 1, 3)


# ORCIDs that sources give

ORCID, OTHER = "0000-0002-1825-0097", "0000-0001-5109-3700"


def signed(number: int, *names: tuple[str, str | None]) -> dict[str, Any]:
    """Make a record whose source gives ORCIDs with the names."""
    authors = [{"name": name, **({"orcid": orcid} if orcid else {})} for name, orcid in names]
    return record(f"arxiv:2501.{number:05}") | {"authors": authors}


def test_an_orcid_joins_a_record_to_its_person_under_another_spelling(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        signed(1, ("J. Two", ORCID)),
        signed(2, ("J. Two", None)),
        signed(3, ("Two, Jo", ORCID)),
        authors=f"- {{id: jo, name: Jo Two, orcid: {ORCID}}}\n",
    )
    catalog = catalog_of(root)
    assert set(catalog.people["jo"].papers) == {"arxiv:2501.00001", "arxiv:2501.00003"}
    assert catalog.people["j-two"].papers == ("arxiv:2501.00002",)
    assert catalog.moved_people == {"jo-two": "jo", "two-jo": "jo"}  # J. Two may be somebody else too


def test_an_orcid_tells_whose_a_paper_is_where_several_share_the_name(tmp_path: Path) -> None:
    entries = f"- {{id: a, name: Jo Two, orcid: {ORCID}}}\n- {{id: b, name: Jo Two}}\n"
    found = people(tmp_path, signed(1, ("Jo Two", ORCID)), signed(2, ("Jo Two", None)), authors=entries)
    assert (found["a"].papers, found["jo-two"].papers) == (("arxiv:2501.00001",), ("arxiv:2501.00002",))


def test_a_claim_comes_before_an_orcid(tmp_path: Path) -> None:
    entries = f"- {{id: a, name: Jo Two, orcid: {ORCID}}}\n- {{id: b, name: Jo Two, papers: [2501.00001]}}\n"
    assert people(tmp_path, signed(1, ("Jo Two", ORCID)), authors=entries)["b"].papers == ("arxiv:2501.00001",)


def test_an_orcid_beside_a_name_that_cannot_be_the_persons_joins_nothing(tmp_path: Path) -> None:
    entry = f"- {{id: jo, name: Jo Two, orcid: {ORCID}}}\n"
    found = people(tmp_path, signed(1, ("Ann One", ORCID)), authors=entry)
    assert (found["ann-one"].papers, found["jo"].papers) == (("arxiv:2501.00001",), ())


def test_an_address_that_an_orcid_emptied_leads_to_the_person(tmp_path: Path) -> None:
    entry = f"- {{id: jo, name: Jo Two, orcid: {ORCID}}}\n"
    catalog = catalog_of(write(tmp_path, signed(1, ("J. Two", ORCID)), authors=entry))
    assert catalog.moved_people == {"j-two": "jo", "jo-two": "jo"}


def test_a_name_with_two_orcids_is_ambiguous_though_nobody_has_an_entry(tmp_path: Path) -> None:
    found = people(tmp_path, signed(1, ("Jo Two", ORCID)), signed(2, ("Jo Two", OTHER)), signed(3, ("Ann One", ORCID)))
    assert (found["jo-two"].standing, found["jo-two"].orcids) == (Standing.AMBIGUOUS, (OTHER, ORCID))
    assert (found["ann-one"].standing, found["ann-one"].orcids) == (Standing.UNVERIFIED, ())


def test_page_of_a_name_with_two_orcids_says_so_and_leads_to_them(tmp_path: Path) -> None:
    root = write(tmp_path / "root", signed(1, ("Jo Two", ORCID)), signed(2, ("Jo Two", OTHER)))
    build(root, tmp_path / "site", 1)
    flag = BuiltSite(tmp_path / "site").soup("authors/jo-two/").select_one(".flag")
    assert flag is not None
    assert "tell 2 of them apart" in flag.get_text()
    assert [str(link["href"]) for link in flag.find_all("a")] == [f"https://orcid.org/{one}" for one in (OTHER, ORCID)]


def test_former_ids_of_a_person_lead_to_the_person(tmp_path: Path) -> None:
    entry = "- {id: jo, name: Jo Two, was: [jo-the-second, ann-one]}\n"
    catalog = catalog_of(write(tmp_path, paper(1, "Jo Two", "Ann One"), authors=entry))
    assert catalog.moved_people == {"jo-the-second": "jo", "jo-two": "jo"}  # Ann One has her page


# Properties -----------------------------------------------------------------------------------------------------------

few_names = st.sampled_from(["Jo Two", "J. Two", "Ann One", "jo two", "刘家文", "Two Person"])
mentions = st.dictionaries(st.sampled_from([f"p{n}" for n in range(6)]), st.lists(few_names, max_size=4), max_size=6)
entries = st.lists(
    st.builds(
        AuthorEntry,
        id=st.sampled_from(["jo-two", "j-two", "ann-one", "x", "y", "z"]),
        name=few_names,
        also=st.lists(few_names, max_size=2).map(tuple),
        papers=st.lists(st.sampled_from([f"p{n}" for n in range(6)]), max_size=3).map(tuple),
    ),
    max_size=5,
    unique_by=lambda entry: entry.id,
)


@settings(deadline=None, max_examples=200)
@given(mentions, entries)
def test_every_mention_is_on_exactly_one_page_of_the_catalog(
    papers: dict[str, list[str]], entered: list[AuthorEntry]
) -> None:
    resolver = People(tuple(entered), lambda paper: paper)
    resolved = {paper: resolver.resolve(paper, ((name, None) for name in names))[0] for paper, names in papers.items()}
    found = resolver.everyone()
    assert list(found) == sorted(found)
    held = {(paper, person.id) for person in found.values() for paper in person.papers}
    assert held == {(paper, mention.person) for paper, all_ in resolved.items() for mention in all_}
    for entry in entered:
        assert found[entry.id].name == entry.name
    for person in found.values():
        assert set(person.others) <= found.keys() - {person.id}
        assert all(person.id in found[other].others for other in person.others)
        assert len(set(person.papers)) == len(person.papers)
    moved = resolver.redirects()
    assert not moved.keys() & found.keys()
    assert set(moved.values()) <= {entry.id for entry in entered}


@settings(deadline=None, max_examples=100)
@given(mentions, entries, st.randoms())
def test_who_there_is_does_not_depend_on_the_order_of_the_papers(
    papers: dict[str, list[str]], entered: list[AuthorEntry], random: Any
) -> None:
    def found(order: list[str]) -> list[Person]:
        resolver = People(tuple(entered), lambda paper: paper)
        for paper in order:
            resolver.resolve(paper, ((name, None) for name in papers[paper]))
        return [replace(person, papers=tuple(sorted(person.papers))) for person in resolver.everyone().values()]

    shuffled = list(papers)
    random.shuffle(shuffled)
    assert found(shuffled) == found(list(papers))


@settings(deadline=None, max_examples=100)
@given(mentions, entries)
def test_what_is_known_without_making_a_person_is_what_the_person_says(
    papers: dict[str, list[str]], entered: list[AuthorEntry]
) -> None:
    resolver = People(tuple(entered), lambda paper: paper)
    for paper, names in papers.items():
        resolver.resolve(paper, ((name, None) for name in names))
    everyone = resolver.everyone()
    named = list(everyone.names_and_papers())
    assert named == [(person, everyone.name_of(person), everyone.papers_of(person)) for person in everyone]
    for person, name, held in named:
        made, also = everyone[person], everyone.other_names.get(person, ())
        assert (made.name, made.papers) == (name, tuple(held))
        assert {*also} <= {*made.also}
        if everyone.is_plain(person):
            assert made == Person(id=person, name=name, standing=Standing.UNVERIFIED, papers=made.papers, also=also)


def test_who_has_no_page_is_not_among_everyone() -> None:
    everyone = People((), lambda paper: paper).everyone()
    assert "jo-two" not in everyone
    with pytest.raises(KeyError):
        everyone["jo-two"]
