"""``site_config.yml`` -> ``SiteConfig``; what the settings do is left to the rooms that read them."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from generator.errors import ConfigError, ContentError
from generator.model import Frozen, WebAddress
from generator.yamlfile import YamlFile, read_yaml

CONFIG_NAME = "site_config.yml"


class SourceSettings(Frozen, frozen=True):
    """One place that papers come from."""

    name: Annotated[str, Meta(description="Shown on pages and stored in records.")]
    kind: Annotated[
        Literal["huggingface", "arxiv", "arxiv-rss", "feed"],
        Meta(description="Which reader understands it."),
    ]
    base_url: Annotated[WebAddress, Meta(description="Another host of the same service: a mirror.")] | None = None
    url: Annotated[WebAddress, Meta(description="The feed's address, for kind feed.")] | None = None
    categories: Annotated[tuple[str, ...], Meta(description="arXiv categories to ask for.")] = ()
    keywords: Annotated[tuple[str, ...], Meta(description="Words or phrases to ask for.")] = ()


class FeedSettings(Frozen, frozen=True):
    """How much the feeds hold."""

    entries: Annotated[int, Meta(ge=1, le=1000, description="Papers in a feed of papers.")] = 60
    days: Annotated[int, Meta(ge=1, le=366, description="Days in the feed of days.")] = 30
    author_papers: Annotated[int, Meta(ge=1, description="An author has a feed from this many papers on.")] = 3


Weight = Annotated[int, Meta(ge=0, le=1000)]


class RankingSettings(Frozen, frozen=True):
    """What a paper's score is made of: points for each part, scaled so that all together are 100."""

    pick: Annotated[Weight, Meta(description="Points for being picked by a curator.")] = 30
    highlight: Annotated[Weight, Meta(description="Points for being a day's highlight.")] = 10
    upvotes: Annotated[Weight, Meta(description="Points that upvotes approach.")] = 25
    code: Annotated[Weight, Meta(description="Points for public code.")] = 10
    citations: Annotated[Weight, Meta(description="Points that citations approach.")] = 15
    novelty: Annotated[Weight, Meta(description="Points for a novelty of 100 %.")] = 10
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


DEFAULTS = SiteConfig(title="Paper digest", url="http://localhost/")
"""What a root with content but without a configuration is built with."""


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
        if source.kind == "feed" and source.url is None:
            problems.append(file.problem(("sources", index), f"source {source.name!r} is a feed without 'url'; add it"))
        if source.kind.startswith("arxiv") and not (source.categories or source.keywords):
            message = f"source {source.name!r} asks for nothing; give 'categories' or 'keywords'"
            problems.append(file.problem(("sources", index), message))
    return YamlFile(file.path, config, file.node), problems


def _misnamed(root: Path) -> list[ContentError]:
    """Report a configuration that would be overlooked because of its name's ending."""
    name = CONFIG_NAME.replace(".yml", ".yaml")
    return [ContentError(name, 1, 1, f"not read; call it {CONFIG_NAME}")] if (root / name).is_file() else []
