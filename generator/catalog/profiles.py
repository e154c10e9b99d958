"""Which accounts at the services that count citations are a person's, and what was counted there.

They are read from the links that people wrote; counting is left to ``ingest``. Nobody is ever looked up by name.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from generator.measurements import AuthorMetrics
from generator.model import AuthorMeasurement, Person, Standing

SEMANTIC_SCHOLAR = "semantic-scholar"
OPENALEX = "openalex"
ORCID = "orcid"

_ADDRESSES: Mapping[str, tuple[str, re.Pattern[str], str]] = MappingProxyType(
    {
        "semantic_scholar": (
            SEMANTIC_SCHOLAR,
            re.compile(r"https?://(?:www\.)?semanticscholar\.org/author/(?:[^/?#]*/)?([0-9]{1,12})/?"),
            "https://www.semanticscholar.org/author/2262347",
        ),
        "openalex": (
            OPENALEX,
            re.compile(r"https?://(?:(?:api|explore)\.)?openalex\.org/(?:authors/)?([Aa][0-9]{4,12})/?"),
            "https://openalex.org/A5023888391",
        ),
    }
)
"""Key of an entry's ``links`` -> the service, the addresses of its pages of authors, and one of them."""

_SERVICES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        SEMANTIC_SCHOLAR: ("Semantic Scholar", "https://www.semanticscholar.org/", "author/"),
        OPENALEX: ("OpenAlex", "https://openalex.org/", "authors/"),
    }
)
"""Service -> its name as it writes it, its address, and where its pages of authors are below it."""


def profiles_of(orcid: str | None, links: Mapping[str, str]) -> tuple[str, ...]:
    """Name the accounts of a person: ``semantic-scholar:2262347``, ``openalex:A5023888391``, ``orcid:0000-…``."""
    linked = (profile for key in _ADDRESSES if key in links and (profile := parse_profile(key, links[key])))
    return (*linked, *([f"{ORCID}:{orcid}"] if orcid else []))


def parse_profile(key: str, address: str) -> str | None:
    """Read the address of an author's page at a service, which is the key of the link; None if it is none."""
    service, pattern, _ = _ADDRESSES[key]
    found = pattern.fullmatch(address)
    return f"{service}:{found[1].upper()}" if found else None


def wrong_links(links: Mapping[str, str]) -> dict[str, str]:
    """Give those links to services that lead to no author's page there, by key, each with an example that does."""
    return {key: _ADDRESSES[key][2] for key in links if key in _ADDRESSES and parse_profile(key, links[key]) is None}


def label_of(service: str) -> str:
    """Write a service's name for readers: its terms ask to be named wherever its counts are shown."""
    return _SERVICES[service][0] if service in _SERVICES else service


def counted_at(profile: str) -> tuple[str, str]:
    """Return the name of the service that counted for a profile, and the address of the profile there."""
    service, _, account = profile.partition(":")
    if service in _SERVICES:
        label, address, authors = _SERVICES[service]
        return label, f"{address}{authors}{account}"
    # Only OpenAlex is asked by ORCID.
    return label_of(OPENALEX), f"https://orcid.org/{account}"


class Counts:
    """What was counted of people, by the profile that it was counted on."""

    def __init__(self, metrics: AuthorMetrics) -> None:
        self._newest: dict[tuple[str, str], AuthorMeasurement] = {}
        for item in sorted(metrics.history.values(), key=lambda item: item.as_of):
            if (item.h_index, item.citations, item.papers) != (None, None, None):
                self._newest[item.id, item.profile] = item

    def newest(self, person: Person) -> AuthorMeasurement | None:
        """Return the newest counts of a profile that the person's entry links to now; None on a page of several."""
        if not self._newest or person.standing is not Standing.VERIFIED:
            return None
        profiles = profiles_of(person.orcid, person.links)
        found = [self._newest[person.id, profile] for profile in profiles if (person.id, profile) in self._newest]
        return max(found, key=lambda item: item.as_of, default=None)
