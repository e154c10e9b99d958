"""Puts what Pagefind wrote into the form that is published: filters in one order, with each paper what its card shows.

Pagefind writes filters in another order at every run: two builds of one content would differ otherwise. Making the
index is left to ``search``.
"""

import gzip
import json
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2

from generator.errors import BuildError

_MAGIC = b"pagefind_dcd"
"""Pagefind 1.x begins each of its compressed CBOR files with it."""
_PAGES = 1
"""Where in a ``.pf_meta`` its pages stand: (hash, words) each."""
_FILTERS = 3
"""And its filters: (name, hash) each."""


def settle(bundle: Path, cards: Mapping[str, object]) -> dict[str, str]:
    """Rewrite the filters, the lists of filters and the pages in `bundle`, a folder that Pagefind wrote.

    Args:
        bundle: the folder.
        cards: by a page's address, what its card shows.

    Returns: the index's name of each page by its address; a result in the browser has no other.

    Raises:
        BuildError: the files are not of the form that Pagefind 1.x writes.
    """
    entry_path = bundle / "pagefind-entry.json"
    entry = json.loads(entry_path.read_text("utf-8"))
    written = (bundle / "fragment").rename(bundle / "written")
    settled = bundle / "fragment"
    settled.mkdir()
    names: dict[str, str] = {}
    for language in entry["languages"].values():
        meta_path = bundle / f"pagefind.{language['hash']}.pf_meta"
        meta = _read(meta_path)
        for page in meta[_PAGES]:
            address, page[0] = _settle_page(written / f"{page[0]}.pf_fragment", settled, cards)
            names[address] = page[0]
        meta[_FILTERS] = sorted([name, _settle_filter(bundle / "filter", old)] for name, old in meta[_FILTERS])
        meta_path.unlink()
        language["hash"] = _name(language["hash"], meta)
        _write(bundle / f"pagefind.{language['hash']}.pf_meta", meta)
    shutil.rmtree(written)
    entry_path.write_text(_json(entry), "utf-8")
    return names


def _settle_page(old: Path, settled: Path, cards: Mapping[str, object]) -> tuple[str, str]:
    """Lay the card of a page beside its words, instead of its filters; return its address and its new name."""
    page = json.loads(_unpack(old))
    page["filters"] = {}
    page["meta"]["card"] = _json(cards[page["url"]])
    old.unlink()
    length = len(old.stem.rpartition("_")[2])
    while (new := settled / f"{_name(old.stem, page, length)}.pf_fragment").exists():
        length += 1  # two papers' names begin alike
    new.write_bytes(_pack(_json(page).encode()))
    return page["url"], new.stem


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _settle_filter(folder: Path, old: str) -> str:
    path = folder / f"{old}.pf_filter"
    name, values = _read(path)
    ordered = [name, sorted(values)]
    path.unlink()
    new = _name(old, ordered)
    _write(folder / f"{new}.pf_filter", ordered)
    return new


def _name(old: str, value: Any, length: int = 0) -> str:
    """Return a name of the old one's form: the language and the start of a hash."""
    language, _, digits = old.rpartition("_")
    return f"{language}_{sha256(cbor2.dumps(value)).hexdigest()[: length or len(digits)]}"


def _read(path: Path) -> Any:
    try:
        return cbor2.loads(_unpack(path))
    except cbor2.CBORDecodeError as error:
        raise BuildError("pagefind", f"{path.name} cannot be read: {error}; install pagefind 1.x") from error


def _write(path: Path, value: Any) -> None:
    path.write_bytes(_pack(cbor2.dumps(value)))


def _unpack(path: Path) -> bytes:
    data = gzip.decompress(path.read_bytes())
    if not data.startswith(_MAGIC):
        raise BuildError("pagefind", f"{path.name} is of an unknown form; install pagefind 1.x")
    return data[len(_MAGIC) :]


def _pack(data: bytes) -> bytes:
    return gzip.compress(_MAGIC + data, mtime=0)
