"""``site_config.yml`` -> ``SiteConfig``; what the settings do is left to the rooms that read them."""

import dataclasses
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta
from msgspec.structs import replace

from generator.errors import ConfigError, ContentError
from generator.inputs import CONFIG_NAME
from generator.model import Frozen, PaperId, WebAddress
from generator.yamlfile import Key, YamlFile, read_yaml

TAG_PATTERN = (
    r"^tag:([A-Za-z0-9._-]+@)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?,\d{4}(-\d\d(-\d\d)?)?:"
    r"([A-Za-z0-9._~!$&'()*+,;=:@/?%-]*/)?$"
)
"""The start of a tag URI (RFC 4151): a name that was the digest's on that day, and the digest's part below it."""
TAG_YEAR = 2025
"""The year in which a site's address was the digest's, where nothing says so; part of every id for good."""


class SourceSettings(Frozen, frozen=True):
    """One place that papers come from."""

    name: Annotated[str, Meta(description="Shown on pages and stored in records.")]
    kind: Annotated[
        Literal[
            "huggingface", "arxiv", "arxiv-rss", "oai", "feed", "landing", "bibtex", "crossref", "datacite", "digest"
        ],
        Meta(description="Which reader understands it."),
    ]
    base_url: Annotated[WebAddress, Meta(description="Another host of the same service: a mirror.")] | None = None
    url: (
        Annotated[WebAddress, Meta(description="The address of the feed or BibTeX file, or of another digest's site.")]
        | None
    ) = None
    categories: Annotated[tuple[str, ...], Meta(description="arXiv categories to ask for: papers in any of them.")] = ()
    keywords: Annotated[
        tuple[str, ...],
        Meta(description="Words or phrases to ask for, in title or abstract; with categories, both must fit."),
    ] = ()
    query: Annotated[str, Meta(description="A query in arXiv's own form; what else is asked for must fit too.")] = ""
    papers: Annotated[tuple[PaperId, ...], Meta(description="Papers to ask for: arXiv ids or DOIs.")] = ()
    pages: Annotated[tuple[WebAddress, ...], Meta(description="Papers' own pages, for kind landing.")] = ()
    period: Annotated[
        Literal["day", "week", "month", "trending"], Meta(description="Which of Hugging Face's lists to ask for.")
    ] = "day"
    take: Annotated[
        Literal["picks", "all"],
        Meta(description="What comes from another digest: what its curators picked, or all that its own sources list."),
    ] = "picks"


class FeedSettings(Frozen, frozen=True):
    """How much the feeds hold."""

    entries: Annotated[int, Meta(ge=1, le=1000, description="Papers in a feed of papers.")] = 40
    days: Annotated[int, Meta(ge=1, le=366, description="Days in the feed of days.")] = 30
    author_papers: Annotated[int, Meta(ge=1, description="An author has a feed from this many papers on.")] = 15
    weeks: Annotated[int, Meta(ge=1, le=520, description="Weeks in the feed of weeks.")] = 26
    author_entries: Annotated[int, Meta(ge=1, le=1000, description="Papers in an author's feed.")] = 10
    tag: (
        Annotated[
            str,
            Meta(
                description="What the id of every entry begins with, for good: a subscriber who meets a paper under "
                "another id reads it again. Without it, it is made from the site's address.",
                pattern=TAG_PATTERN,
                examples=["tag:example.org,2025:digest/"],
            ),
        ]
        | None
    ) = None
    hub: Annotated[WebAddress, Meta(description="A WebSub hub that is told of new entries.")] | None = None


MailAddress = Annotated[
    str,
    Meta(
        description="A mail address.",
        pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9.-]+$",
        examples=["digest@example.org"],
    ),
]


class Newsletter(Frozen, frozen=True):
    """Who mails the digest to whom, by which server; a login comes from the environment."""

    sender: MailAddress
    to: Annotated[MailAddress, Meta(description="The list's address: the list knows who reads it.")]
    host: Annotated[str, Meta(description="The mail server.", pattern=r"^[A-Za-z0-9.:-]+$")]
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"], Meta(description="How the connection is kept secret; none takes no login.")
    ] = "starttls"
    unsubscribe: (
        Annotated[
            str,
            Meta(
                description="Where one leaves the list: a web or mail address.",
                pattern=r'^(https?://|mailto:)[^\s<>"]+$',
                examples=["mailto:list-leave@example.org"],
            ),
        ]
        | None
    ) = None


class IngestSettings(Frozen, frozen=True):
    """How ``digest ingest`` goes about its work."""

    contact: (
        Annotated[
            str,
            Meta(description="A mail address that sources may write to.", pattern=r"^[^@\s]+@[^@\s]+$"),
        ]
        | None
    ) = None
    first_days: Annotated[int, Meta(ge=1, le=366, description="Days that a new source is asked for.")] = 7
    catch_up_days: Annotated[
        int, Meta(ge=1, le=3660, description="How many days back a missed day is still asked for.")
    ] = 60


class PaperRule(Frozen, frozen=True):
    """Some papers: those that match every kind of thing that it names, by at least one of each."""

    name: Annotated[str, Meta(description="What the rule is called in messages.")] | None = None
    phrases: Annotated[
        tuple[str, ...], Meta(description="Words or phrases in the title or abstract, as in topics.")
    ] = ()
    categories: Annotated[tuple[str, ...], Meta(description="arXiv categories.")] = ()
    authors: Annotated[tuple[str, ...], Meta(description="Names of authors.")] = ()
    sources: Annotated[tuple[str, ...], Meta(description="Names of sources, as under 'sources'.")] = ()


class PaperRules(Frozen, frozen=True):
    """Which of the listed papers come into the digest: what any include rule matches, and no exclude rule."""

    include: Annotated[tuple[PaperRule, ...], Meta(description="Without any, all papers come in.")] = ()
    exclude: tuple[PaperRule, ...] = ()


class MetricsSettings(Frozen, frozen=True):
    """What ``digest metrics`` counts, and how much of it in one run."""

    services: Annotated[
        tuple[Literal["semantic-scholar", "openalex"], ...],
        Meta(description="Who is asked for citations; the second only about what the first does not know."),
    ] = ("semantic-scholar", "openalex")
    days: Annotated[
        int, Meta(ge=1, le=365, description="A count holds so long; that of an old paper a tenth of its age.")
    ] = 7
    papers: Annotated[int, Meta(ge=1, le=100_000, description="Papers that one run asks for at most.")] = 2_000
    people: Annotated[int, Meta(ge=1, le=10_000, description="People that one run asks for at most.")] = 200
    upvote_days: Annotated[
        int, Meta(ge=0, le=366, description="For so many days a day's upvotes and comments are counted again.")
    ] = 14
    semantic_scholar_url: Annotated[WebAddress, Meta(description="Another host of the same service.")] | None = None
    openalex_url: Annotated[WebAddress, Meta(description="Another host of the same service.")] | None = None


class SubscribeSettings(Frozen, frozen=True):
    """A service that takes mail addresses: the box on the front page posts a form to it."""

    action: Annotated[WebAddress, Meta(description="Where the form is posted: the service's own address for that.")]
    field: Annotated[
        str, Meta(description="The name that the service gives the address.", pattern=r"^[\w.:\[\]-]+$")
    ] = "email"
    hidden: Annotated[dict[str, str], Meta(description="Further fields that the service wants, by name.")] = {}  # noqa: RUF012 - msgspec copies it


Weight = Annotated[int, Meta(ge=0, le=1000)]


class RankingSettings(Frozen, frozen=True):
    """What a paper's score is made of: points for each part, scaled so that all together are 100."""

    pick: Annotated[Weight, Meta(description="Points for being picked by a curator.")] = 30
    highlight: Annotated[Weight, Meta(description="Points for being a day's highlight.")] = 10
    upvotes: Annotated[Weight, Meta(description="Points that upvotes approach.")] = 25
    code: Annotated[Weight, Meta(description="Points for public code.")] = 10
    citations: Annotated[Weight, Meta(description="Points that citations approach.")] = 15
    novelty: Annotated[Weight, Meta(description="Points for a novelty of 100 %.")] = 10
    elsewhere: Annotated[Weight, Meta(description="Points for being picked by another digest.")] = 0
    upvotes_half: Annotated[int, Meta(ge=1, description="So many upvotes give half of their points.")] = 30
    citations_half: Annotated[int, Meta(ge=1, description="So many citations give half of their points.")] = 50
    trending_days: Annotated[int, Meta(ge=1, le=366, description="After so many days a paper trends half.")] = 5


class SiteConfig(Frozen, frozen=True):
    """What an operator settles once."""

    title: Annotated[str, Meta(description="The site's name.")]
    url: Annotated[WebAddress, Meta(description="Where the site will stand; feeds and canonical links need it.")]
    description: Annotated[str, Meta(description="One sentence on what the digest is about.")] = ""
    language: Annotated[
        Literal["en", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "zh"],
        Meta(description="The language of titles and notes, for browsers and feed readers."),
    ] = "en"
    repository: Annotated[WebAddress, Meta(description="Where people edit the content.")] | None = None
    branch: Annotated[str, Meta(description="The repository's main branch.", pattern=r"^[\w./-]+$")] = "main"
    sources: tuple[SourceSettings, ...] = ()
    feeds: FeedSettings = FeedSettings()
    ranking: RankingSettings = RankingSettings()
    metrics: MetricsSettings = MetricsSettings()
    ingest: IngestSettings = IngestSettings()
    rules: PaperRules = PaperRules()
    newsletter: Newsletter | None = None
    subscribe: Annotated[SubscribeSettings, Meta(description="A box for mail addresses on the front page.")] | None = (
        None
    )

    @property
    def tag(self) -> str:
        """What the id of every entry begins with: as it was settled, else made from the address."""
        return self.feeds.tag or tag_of(self.url)


DEFAULTS = SiteConfig(title="Paper digest", url="http://localhost/")
"""What a root with content but without a configuration is built with."""


def tag_of(url: str, year: int = TAG_YEAR) -> str:
    """Make the start of a digest's ids from the site's address: ``tag:example.org,2025:digest/``.

    The path belongs to it, for a host may have many digests.
    """
    parts = urlsplit(url)
    return f"tag:{parts.hostname},{year}:{parts.path.lstrip('/')}"


def site_address(url: str) -> str:
    """Write the address of a digest's site in the one form by which digests know each other: it ends with a slash."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # half an IPv6 address: nobody's
        return url
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path.rstrip('/')}/"


def read_config(root: Path) -> tuple[YamlFile[SiteConfig], list[ContentError]]:
    """Read the configuration of the digest at `root`, or the defaults where there is only content.

    Raises:
        ConfigError: there is neither a configuration nor content at `root`.
    """
    path = root / CONFIG_NAME
    if not path.is_file():
        if not (root / "content").is_dir():
            raise ConfigError(str(root), f"no {CONFIG_NAME} and no content/; run 'digest init DIR' or give --root DIR")
        return YamlFile(CONFIG_NAME, DEFAULTS), _misnamed(root)
    file, problems = read_yaml(root, path, SiteConfig)
    if file is None:
        return YamlFile(CONFIG_NAME, DEFAULTS), problems
    config = file.value
    if "?" in config.url or "#" in config.url:
        problems.append(file.problem(("url",), f"{config.url!r} has a query or fragment; give the folder's address"))
    elif not config.url.endswith("/"):
        config = replace(config, url=config.url + "/")
    seen: set[str] = set()
    for index, source in enumerate(config.sources):
        if source.name in seen:
            problems.append(file.problem(("sources", index, "name"), f"source {source.name!r} again; names are unique"))
        seen.add(source.name)
        problems += [file.problem(("sources", index, *key), message) for key, message in _check_source(source)]
    problems += _problems_of_itself(file)
    problems += _problems_of_rules(file, seen)
    return dataclasses.replace(file, value=config), problems


def _problems_of_itself(file: YamlFile[SiteConfig]) -> Iterator[ContentError]:
    """Report a source that is the digest itself."""
    own = site_address(file.value.url)
    for index, source in enumerate(file.value.sources):
        if source.kind == "digest" and source.url and site_address(source.url) == own:
            yield file.problem(("sources", index, "url"), f"source {source.name!r} is this digest itself; remove it")


def _problems_of_rules(file: YamlFile[SiteConfig], sources: set[str]) -> Iterator[ContentError]:
    """Report rules that match nothing, or name a source that is not there."""
    rules = file.value.rules
    for kind, listed in (("include", rules.include), ("exclude", rules.exclude)):
        for index, rule in enumerate(listed):
            place = ("rules", kind, index)
            if not (rule.phrases or rule.categories or rule.authors or rule.sources):
                message = "a rule that matches nothing; give 'phrases', 'categories', 'authors' or 'sources'"
                yield file.problem(place, message)
            for nth, name in enumerate(rule.sources):
                if name not in sources:
                    known = ", ".join(sorted(sources)) or "none"
                    message = f"no source {name!r}; those under 'sources' are: {known}"
                    yield file.problem((*place, "sources", nth), message)


ASKS_BY: dict[str, tuple[str, ...]] = {
    "huggingface": (),
    "arxiv": ("categories", "keywords", "query", "papers"),
    "arxiv-rss": ("categories",),
    "oai": ("categories",),
    "feed": ("url",),
    "landing": ("pages",),
    "bibtex": ("url",),
    "crossref": ("papers",),
    "datacite": ("papers",),
    "digest": ("url",),
}
"""Of which settings each kind of source needs one; it takes no others of them."""
OF_ONE_KIND = {"period": ("huggingface", "day"), "take": ("digest", "picks")}
"""Settings that only one kind of source takes, with what they are where nothing is said."""
CATEGORY = re.compile(r"[a-z]+(-[a-z]+)*(\.[A-Za-z]+(-[a-z]+)*)?")
"""The form of an arXiv category: ``cs.CL``, ``hep-th``."""


def _check_source(source: SourceSettings) -> Iterator[tuple[Key, str]]:
    """Say what is wrong with a source's settings, each time with the key below the source."""
    able, who = ASKS_BY[source.kind], f"source {source.name!r}"
    given = [name for name in dict.fromkeys(chain(*ASKS_BY.values())) if getattr(source, name)]
    for name in given:
        if name not in able:
            kinds = ", ".join(kind for kind, names in ASKS_BY.items() if name in names)
            yield (name,), f"{who} is of kind {source.kind}, which takes no {name!r}; remove it, or use kind {kinds}"
    for name, (kind, usual) in OF_ONE_KIND.items():
        if source.kind != kind and getattr(source, name) != usual:
            yield (name,), f"{who} is of kind {source.kind}, which takes no {name!r}; remove it"
    if able and not set(able) & set(given):
        yield (), f"{who} asks for nothing; give {' or '.join(map(repr, able))}"
    if source.kind == "arxiv" and source.papers and len(set(able) & set(given)) > 1:
        yield ("papers",), f"{who} asks for papers by id and by a query; make two sources of it"
    yield from _check_values(source, who)


def _check_values(source: SourceSettings, who: str) -> Iterator[tuple[Key, str]]:
    """Say which categories and papers are none that the source knows."""
    for index, category in enumerate(source.categories):
        if not CATEGORY.fullmatch(category):
            yield ("categories", index), f"{who}: {category!r} is no category of arXiv; write one like cs.CL"
    scheme, what = ("arxiv:", "arXiv id") if source.kind == "arxiv" else ("doi:", "DOI")
    for index, paper in enumerate(source.papers):
        if not paper.startswith(scheme):
            yield ("papers", index), f"{who}: {paper!r} is no {what}, which kind {source.kind} asks for"


def _misnamed(root: Path) -> list[ContentError]:
    """Report a configuration that would be overlooked because of its name's ending."""
    name = CONFIG_NAME.replace(".yml", ".yaml")
    return [ContentError(name, 1, 1, f"not read; call it {CONFIG_NAME}")] if (root / name).is_file() else []
