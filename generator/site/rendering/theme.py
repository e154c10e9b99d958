"""Where the theme lies, and the digest's own laid over it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

THEME_PLACES = (Path(__file__).parents[2] / "_theme", Path(__file__).parents[3] / "theme")
"""Where the theme lies: inside an installed package, beside the package in a clone."""


def theme_folders(root: Path) -> list[Path]:
    """Return the theme's folders, the digest's own first: a file there replaces ours of the same name."""
    ours = next(place for place in THEME_PLACES if place.is_dir())
    own = root / "theme"
    return [own, ours] if own.is_dir() and own.resolve() != ours.resolve() else [ours]


@contextmanager
def merged_theme(root: Path) -> Iterator[Path]:
    """Give one folder with our theme and, over it, the digest's own."""
    folders = theme_folders(root)
    if len(folders) == 1:
        yield folders[0]
        return
    with TemporaryDirectory(prefix="digest-theme-") as merged:
        for folder in reversed(folders):
            shutil.copytree(folder, merged, dirs_exist_ok=True)
        yield Path(merged)
