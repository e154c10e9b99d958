"""``digest init``: a digest of one's own to start from, copied from ``files/`` beside this module.

What it holds is configuration, empty content with commented examples, three pages, workflows, and the schemas by which
editors know the files.
"""

import json
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from generator import __version__
from generator.config import TAG_YEAR, tag_of
from generator.errors import BuildError
from generator.markup import safe_url
from generator.schemas import FOLDER, write_schemas

FILES = Path(__file__).parent / "files"
DISTRIBUTION = "paper-digest"


def start(folder: Path, title: str, url: str, year: int = TAG_YEAR) -> list[str]:
    """Write a new digest into `folder`; return the files, relative to it.

    In `year` the host of `url` is the digest's: ids in its feeds say so.

    Raises:
        BuildError: the folder has something in it already, or `url` is no web address; nothing was written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BuildError(str(folder), "has something in it already; give an empty or a new folder")
    address = safe_url(url)
    if address is None:
        raise BuildError("--url", f"expected an address like https://example.org/, got {url!r}")
    address = address if address.endswith("/") else address + "/"
    if not title.strip():
        raise BuildError("--title", "expected a name for the digest, got an empty one")
    values = {
        "@TITLE@": json.dumps(title.strip(), ensure_ascii=False),  # what JSON quotes, YAML reads
        "@HEADING@": " ".join(title.split()),
        "@URL@": json.dumps(address),
        "@TAG@": json.dumps(tag_of(address, year)),
        "@PINNED@": "# " if urlsplit(address).hostname in ("localhost", "127.0.0.1") else "",
        "@REQUIREMENT@": requirement(),
    }
    written = []
    for source in sorted(path for path in FILES.rglob("*") if path.is_file()):
        # Packages and version control treat names with a leading dot in their own way: here they have none.
        name = source.relative_to(FILES).as_posix().replace("github/", ".github/").replace("dot-", ".")
        text = source.read_text("utf-8")
        for mark, value in values.items():
            text = text.replace(mark, value)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        written.append(name)
    written += [path.relative_to(folder).as_posix() for path in write_schemas(folder / FOLDER)]
    return sorted(written)


def requirement() -> str:
    """Return the line of ``requirements.txt`` that installs the program that is running now.

    A copy installed from a repository names its commit (PEP 610); any other copy names its version.
    """
    try:
        origin = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    except metadata.PackageNotFoundError:
        origin = {}
    vcs = origin.get("vcs_info")
    if vcs:
        return f"{DISTRIBUTION} @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    return f"{DISTRIBUTION}=={__version__}"
