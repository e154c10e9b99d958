"""The comparison on one screen: two digests -> two sites -> what is different for readers."""

from collections.abc import Callable
from pathlib import Path

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.check import check
from generator.catalog.content import Content, load
from generator.catalog.memory import Memory
from generator.changes.feeds import feed_changes
from generator.changes.meaning import Meaning
from generator.changes.model import Changes
from generator.changes.pages import broken_feeds, differences, machine_files
from generator.changes.sites import built
from generator.site.build import silent
from generator.site.generations.manifest import read_manifest
from generator.site.plan import MEMORY, Progress
from generator.site.prints.fingerprints import program_hash

Suspecting = Callable[[Content, Content], str | None]
"""Finds what is suspicious about the names that a digest has and one before it had not."""


def compare(
    root: Path,
    name: str,
    site: Path,
    jobs: int | None = None,
    progress: Progress = silent,
    suspects: Suspecting | None = None,
) -> Changes:
    """Say what the digest at `root` does to the site of the base called `name`, a commit or a digest's folder.

    `site` is where the digest is usually built, if it is: it saves work, and stays as it is.

    Raises:
        BuildError: there is no such base, or a build failed.
        ConfigError: there is no digest at `root`.
        ContentProblems: the content at `root` has problems. Those of the base are told of, and are no obstacle.
    """
    with built(root, name, site, jobs, progress) as (base, sites):
        before, after = load(base.root), load(root)
        found = list(differences(sites))
        pages = tuple(Meaning(_catalog(before), _catalog(after)).told(found))
        return Changes(
            base=base.name,
            title=after.config.value.title,
            url=after.config.value.url,
            url_before=before.config.value.url,
            count=sum(path.endswith(".html") for path in read_manifest(sites.head).files),
            problems=tuple(map(str, check(before))),
            pages=pages,
            broken=(*(each.address for each in found if each.broken), *broken_feeds(sites)),
            feeds=tuple(feed_changes(sites)),
            files=machine_files(sites),
            suspects=suspects(before, after) if suspects else None,
        )


def _catalog(content: Content) -> Catalog:
    return assemble(content, Memory(content.root / MEMORY, program_hash()))
