"""Puts into one order what Pagefind writes in another at every run: its filters and their values.

Two builds of one content would differ otherwise. Making the index is left to ``search``.
"""

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2

from generator.errors import BuildError

_MAGIC = b"pagefind_dcd"
"""Pagefind 1.x begins each of its compressed CBOR files with it."""
_FILTERS = 3
"""Where in a ``.pf_meta`` its filters stand: (name, hash) each."""


def settle(bundle: Path) -> None:
    """Rewrite the filters and the lists of filters in `bundle`, a folder that Pagefind wrote.

    Raises:
        BuildError: the files are not of the form that Pagefind 1.x writes.
    """
    entry_path = bundle / "pagefind-entry.json"
    entry = json.loads(entry_path.read_text("utf-8"))
    for language in entry["languages"].values():
        meta_path = bundle / f"pagefind.{language['hash']}.pf_meta"
        meta = _read(meta_path)
        meta[_FILTERS] = sorted([name, _settle_filter(bundle / "filter", old)] for name, old in meta[_FILTERS])
        meta_path.unlink()
        language["hash"] = _name(language["hash"], meta)
        _write(bundle / f"pagefind.{language['hash']}.pf_meta", meta)
    entry_path.write_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _settle_filter(folder: Path, old: str) -> str:
    path = folder / f"{old}.pf_filter"
    name, values = _read(path)
    ordered = [name, sorted(values)]
    path.unlink()
    new = _name(old, ordered)
    _write(folder / f"{new}.pf_filter", ordered)
    return new


def _name(old: str, value: Any) -> str:
    """Return a name of the old one's form: the language and the start of a hash."""
    language, _, digits = old.rpartition("_")
    return f"{language}_{sha256(cbor2.dumps(value)).hexdigest()[: len(digits)]}"


def _read(path: Path) -> Any:
    data = gzip.decompress(path.read_bytes())
    if not data.startswith(_MAGIC):
        raise BuildError("pagefind", f"{path.name} is of an unknown form; install pagefind 1.x")
    try:
        return cbor2.loads(data[len(_MAGIC) :])
    except cbor2.CBORDecodeError as error:
        raise BuildError("pagefind", f"{path.name} cannot be read: {error}; install pagefind 1.x") from error


def _write(path: Path, value: Any) -> None:
    path.write_bytes(gzip.compress(_MAGIC + cbor2.dumps(value), mtime=0))
