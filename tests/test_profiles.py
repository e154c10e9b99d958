"""Links to a person's accounts: read where they are sure, refused where they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog.profiles import SEMANTIC_SCHOLAR, counted_at, label_of, parse_profile, profiles_of, wrong_links


@pytest.mark.parametrize(
    ("key", "address", "profile"),
    [
        ("semantic_scholar", "https://www.semanticscholar.org/author/2262347", "semantic-scholar:2262347"),
        ("semantic_scholar", "https://www.semanticscholar.org/author/A.-Turing/2262347", "semantic-scholar:2262347"),
        ("semantic_scholar", "http://semanticscholar.org/author/2262347/", "semantic-scholar:2262347"),
        ("semantic_scholar", "https://www.semanticscholar.org/paper/2262347", None),
        ("semantic_scholar", "https://www.semanticscholar.org/author/A.-Turing", None),
        ("semantic_scholar", "https://www.semanticscholar.org.example.org/author/2262347", None),
        ("semantic_scholar", "https://openalex.org/A5023888391", None),
        ("openalex", "https://openalex.org/A5023888391", "openalex:A5023888391"),
        ("openalex", "https://openalex.org/authors/a5023888391", "openalex:A5023888391"),
        ("openalex", "https://api.openalex.org/authors/A5023888391", "openalex:A5023888391"),
        ("openalex", "https://openalex.org/W2741809807", None),
        ("openalex", "https://openalex.org/A5023888391?x=W1", None),
    ],
)
def test_the_address_of_an_authors_page_names_the_profile(key: str, address: str, profile: str | None) -> None:
    assert parse_profile(key, address) == profile
    assert (key in wrong_links({key: address})) is (profile is None)


def test_a_person_without_links_and_orcid_has_no_profile() -> None:
    assert profiles_of(None, {"homepage": "https://example.org/2262347"}) == ()


def test_an_orcid_is_a_profile_behind_those_that_are_linked() -> None:
    links = {"openalex": "https://openalex.org/A5023888391"}
    assert profiles_of("0000-0002-1825-0097", links) == ("openalex:A5023888391", "orcid:0000-0002-1825-0097")


@given(st.sampled_from(["semantic_scholar", "openalex"]), st.text())
def test_a_profile_never_has_more_in_it_than_a_number(key: str, address: str) -> None:
    profile = parse_profile(key, address) or parse_profile(key, f"https://www.semanticscholar.org/author/{address}")
    assert profile is None or profile.partition(":")[2].removeprefix("A").isdigit()


def test_a_count_names_its_service_and_leads_to_the_profile() -> None:
    assert counted_at("semantic-scholar:2262347") == (
        "Semantic Scholar",
        "https://www.semanticscholar.org/author/2262347",
    )
    assert counted_at("openalex:A5023888391") == ("OpenAlex", "https://openalex.org/authors/A5023888391")
    assert counted_at("orcid:0000-0002-1825-0097") == ("OpenAlex", "https://orcid.org/0000-0002-1825-0097")
    assert label_of(SEMANTIC_SCHOLAR) == "Semantic Scholar"


@given(st.integers(1, 10**12 - 1))
def test_the_address_of_a_profile_leads_back_to_it(number: int) -> None:
    profile = f"semantic-scholar:{number}"
    assert parse_profile("semantic_scholar", counted_at(profile)[1]) == profile
