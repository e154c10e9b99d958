"""The files that a digest is made from, read but not understood: what each of them holds, as a hash.

When nothing has to be made again, this is all that is read of a digest. What a file means is left to those who read it.
"""

import os
from hashlib import sha256
from pathlib import Path

CONFIG_NAME = "site_config.yml"

_SIZE = 16
"""Bytes of a hash."""
_LEFT_BEHIND = "__pycache__"


def hashes_of_files(folder: Path, ending: str = "") -> dict[str, bytes]:
    """Hash the bytes of every file below `folder` whose name ends so, by its path from there, in order of the paths.

    Of a file that cannot be read the hash is zero. Folders are looked into through links too, once each.
    """
    found: dict[str, bytes] = {}
    linked: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        for entry in _entries(f"{folder}{os.sep}{inside}"):
            path = f"{inside}{entry.name}"
            if not entry.is_dir():
                if path.endswith(ending) and entry.is_file():
                    found[path] = _hash_of_file(entry.path)
            elif entry.name != _LEFT_BEHIND:
                if entry.is_symlink():
                    status = entry.stat()
                    if (place := (status.st_dev, status.st_ino)) in linked:
                        continue  # or a link to a folder above would lead around for ever
                    linked.add(place)
                waiting.append(f"{path}/")
    return dict(sorted(found.items()))


def hash_of_files(folder: Path, ending: str = "") -> bytes:
    """Hash the names and bytes of the files below `folder` whose names end so."""
    hashes = hashes_of_files(folder, ending)
    return sha256(b"".join(os.fsencode(path) + b"\0" + hash_ for path, hash_ in hashes.items())).digest()[:_SIZE]


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def hash_of_bytes(data: bytes) -> bytes:
    """Hash what is in a file: by SHA-256, which processors know how to compute, in half of BLAKE2's time."""
    return sha256(data).digest()[:_SIZE]


def _hash_of_file(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return hash_of_bytes(file.read())
    except OSError:
        return bytes(_SIZE)
