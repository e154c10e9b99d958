"""The way from a page to the repository's web editor, at the line where what the page shows was written."""

from urllib.parse import quote

from generator.catalog.places import Place
from generator.config import SiteConfig


def edit_address(config: SiteConfig, place: Place | None) -> str | None:
    """Return where `place` is edited, or its file is begun; None if nobody said where the repository is."""
    if config.repository is None or place is None:
        return None
    repository, branch = config.repository.rstrip("/"), quote(config.branch)
    if not place.there:
        return f"{repository}/new/{branch}?filename={quote(place.path)}"
    return f"{repository}/edit/{branch}/{quote(place.path)}{f'#L{place.line}' if place.line else ''}"
