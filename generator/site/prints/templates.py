"""What stands around and above the content of many pages, as hashes: templates, the theme, the configuration."""

import re
from functools import cached_property
from pathlib import Path

import jinja2
from msgspec.structs import replace

from generator.config import SiteConfig
from generator.inputs import hash_of_files
from generator.site.prints.fingerprints import fingerprint, program_hash

# Jinja's own parser says the same, but takes a quarter of a small build's time.
_MENTION = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b(.*?)[-+]?%\}", re.DOTALL)
_NAMED = re.compile(r"""\s*(["'])([^"'\\]*)\1\s*(?:(?:as|import|ignore|with|without)\b[^"']*)?\Z""")


def _shown(config: SiteConfig) -> SiteConfig:
    """Leave out of the configuration what only brings papers in or mails them: no page shows it."""
    bare = SiteConfig(title="", url="")
    return replace(config, sources=(), ingest=bare.ingest, rules=bare.rules, metrics=bare.metrics, newsletter=None)


class TemplatePrints:
    """What stands around and above the content of many pages, hashed once."""

    def __init__(self, config: SiteConfig, templates: jinja2.Environment, theme: Path) -> None:
        self._config = config
        self._env = templates
        self._theme = theme
        self._sources: dict[str, tuple[str, set[str]]] = {}
        self._templates: dict[str, bytes] = {}

    @cached_property
    def shell(self) -> bytes:
        """What stands around every page: the program, the theme's own templates, the configuration."""
        apart = ("assets", "pages")  # files of their own; the templates of the Markdown are hashed one by one
        around = [
            (path.name, hash_of_files(path) if path.is_dir() else path.read_bytes())
            for path in sorted(self._theme.iterdir())
            if path.name not in apart
        ]
        return fingerprint(program_hash(), around, _shown(self._config))

    def template(self, name: str) -> bytes:
        """Return the hash of a template and of all that it imports or includes."""
        known = self._templates.get(name)
        if known is None:
            used: dict[str, str] = {}
            waiting = {name}
            while waiting:
                other = waiting.pop()
                used[other], mentioned = self._source(other)
                waiting |= mentioned - used.keys()
            known = self._templates[name] = fingerprint(sorted(used.items()))
        return known

    def _source(self, name: str) -> tuple[str, set[str]]:
        """Return a template's text and the names in it of others; nothing where there is none of that name."""
        known = self._sources.get(name)
        if known is None:
            try:
                source, _, _ = self._env.loader.get_source(self._env, name)  # type: ignore[union-attr]  # always a loader
            except jinja2.TemplateNotFound:  # "include ... ignore missing"; any other fails when it is rendered
                source = ""
            mentioned: set[str] = set()
            for what in _MENTION.findall(source):
                named = _NAMED.match(what)
                # A name that is only known when it is rendered may be any template's.
                mentioned |= {named[2]} if named else set(self._env.list_templates())
            known = self._sources[name] = (source, mentioned)
        return known
