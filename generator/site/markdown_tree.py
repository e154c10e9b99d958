"""The Markdown of the whole site as a tree of files, for any renderer to take."""

import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import yaml

from generator.catalog.similar import find_likenesses
from generator.config import SiteConfig
from generator.site.generations import Generation, check_replaceable
from generator.site.generations.following import replace_whole
from generator.site.generations.staging import staging
from generator.site.plan import SIMILAR, Plan, read_catalog
from generator.site.prints.fingerprints import fingerprint
from generator.site.rendering.markdown import markdown_path, told_mistakes
from generator.site.rendering.mkdocs import Source, plain_config
from generator.site.rendering.theme import merged_theme

ABOUT_FILES = frozenset({"subscribe/", "data/"})
"""Pages that tell of files beside them: no tree of Markdown has those."""


def write_markdown(root: Path, folder: Path) -> int:
    """Write the Markdown of all pages and a plain ``mkdocs.yml`` into `folder`; return how many pages.

    Raises:
        ContentProblems: the content has problems; nothing was written.
        BuildError: the folder has something else in it.
    """
    folder = folder.absolute()
    check_replaceable(folder)
    catalog = read_catalog(root, {})
    with staging(folder) as stage, merged_theme(root) as theme, told_mistakes(theme):
        plan = Plan(root, catalog, theme, Generation(), partial(find_likenesses, catalog.papers, root / SIMILAR))
        plan.list_files()
        sources = [source for source in plan.sources(plan.wanted.keys()) if source.address not in ABOUT_FILES]
        _write(stage, catalog.config, theme, sources, plan.own_pictures)
        files = (path for path in stage.rglob("*") if path.is_file())
        wanted = {path.relative_to(stage).as_posix(): fingerprint(path.read_bytes()) for path in files}
        replace_whole(folder, stage, b"", wanted)
    return len(sources)


def _write(
    folder: Path, config: SiteConfig, theme: Path, sources: Iterable[Source], pictures: Mapping[str, bytes]
) -> None:
    docs = folder / "docs"
    for source in sources:
        path = docs / markdown_path(source.address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.text(), "utf-8")
    shutil.copytree(theme / "assets", docs / "assets", dirs_exist_ok=True)
    for name, data in pictures.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    settings = yaml.safe_dump(plain_config(config), sort_keys=False, allow_unicode=True)
    (folder / "mkdocs.yml").write_text(settings, "utf-8")
