"""What a change is compared with: another digest's folder, or a commit of the repository around this one.

A commit's files are read out of the repository into a folder of our own: nothing is checked out, nothing of the user's
is touched. Building what was read is left to ``sites``.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from generator.errors import BuildError
from generator.inputs import CONFIG_NAME

PARTS = (CONFIG_NAME, "content", "theme")
"""What a site is made from, below a digest's root."""
_FILE = ("100644", "100755", "100664")
_LINK = "120000"


@dataclass(frozen=True)
class Base:
    """A digest as it was before a change."""

    root: Path
    name: str
    """As it was asked for, with the commit that it stands for: ``main (1a2b3c4d5e)``."""
    is_copy: bool = True
    """Whether it was read into a folder of ours."""


def base_of(root: Path, name: str, place: Path) -> Base:
    """Find what `name` stands for, a folder or a commit of the repository of `root`; a commit is read into `place`.

    Raises:
        BuildError: it is neither, or there is no digest in it.
    """
    if (Path(name) / CONFIG_NAME).is_file():
        return Base(Path(name), name, is_copy=False)
    commit = _commit(root, name)
    place.mkdir(parents=True)
    entries = list(_entries(root, commit))
    if not any(entry.path == CONFIG_NAME for entry in entries):
        raise BuildError(
            name, f"no {CONFIG_NAME} in that commit at {root.resolve()}; there was no digest to compare with"
        )
    _write(root, entries, place)
    return Base(place, f"{name} ({commit[:10]})" if name not in (commit, commit[:10]) else commit[:10])


def _commit(root: Path, name: str) -> str:
    """Return the commit that `name` stands for.

    Raises: BuildError, with what git said where it said more than that.
    """
    if not root.is_dir():
        raise BuildError(str(root), "no such folder; give the digest's with --root")
    inside = _git(root, "rev-parse", "--is-inside-work-tree")
    if inside.returncode != 0:
        said = _said(inside)
        if "not a git repository" in said:
            said = "not in a git repository, and no digest's folder has that name"
        raise BuildError(name, f"{said}; give a commit of a repository, or the folder of another digest")
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found.returncode != 0:
        shallow = _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
        hint = "this clone is shallow: fetch it first" if shallow else "look with 'git branch --all' or 'git log'"
        raise BuildError(name, f"neither a commit of the repository nor the folder of a digest; {hint}")
    return found.stdout.decode("ascii").strip()


class _Entry(NamedTuple):
    mode: str
    blob: str
    path: str
    """Below the root, with forward slashes."""


def _entries(root: Path, commit: str) -> Iterator[_Entry]:
    """Yield the files and links of a commit that a site is made from."""
    listed = _git(root, "ls-tree", "-r", "-z", commit, "--", *PARTS)
    if listed.returncode != 0:
        raise BuildError(commit, f"git could not list its files: {_said(listed)}")
    for line in listed.stdout.split(b"\0"):
        if line:
            about, _, path = line.partition(b"\t")
            mode, kind, blob = about.decode("ascii").split()
            if kind == "blob":
                yield _Entry(mode, blob, os.fsdecode(path))


def _write(root: Path, entries: Iterable[_Entry], place: Path) -> None:
    """Write files into the folder `place`, as a checkout would; a link only where it leads to no other place."""
    wanted = [entry for entry in entries if entry.mode in (*_FILE, _LINK)]
    for entry, data in zip(wanted, _blobs(root, wanted), strict=True):
        path = place / entry.path
        if not path.resolve().is_relative_to(place.resolve()):
            continue  # no path that git writes; whoever wrote it meant no good
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.mode != _LINK:
            path.write_bytes(data)
        elif (path.parent / os.fsdecode(data)).resolve().is_relative_to(place.resolve()):
            path.symlink_to(os.fsdecode(data))


def _blobs(root: Path, entries: list[_Entry]) -> Iterator[bytes]:
    """Yield the bytes of files, line ends and filters as the user's own checkout has them."""
    # A path only says which filters there are; a line end in one would be a question of its own.
    asked = b"".join(
        b"%s %s\n" % (entry.blob.encode("ascii"), os.fsencode(entry.path.replace("\n", " "))) for entry in entries
    )
    answer = _git(root, "cat-file", "--batch", "--filters", asked=asked)
    if answer.returncode != 0:
        raise BuildError(str(root), f"git could not read a commit's files: {_said(answer)}")
    data, at = answer.stdout, 0
    for entry in entries:
        end = data.index(b"\n", at)
        size = data[at:end].split()[-1]
        if not size.isdigit():
            raise BuildError(entry.path, f"git could not read it: {data[at:end].decode('utf-8', 'replace')}")
        at = end + 1
        yield data[at : at + int(size)]
        at += int(size) + 1


def _git(root: Path, *words: str, asked: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git at `root`: it reads, asks nobody for a password and opens no pager.

    Raises: BuildError, where there is no git.
    """
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", "--no-pager", "--literal-pathspecs", *words]
    try:
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, input=asked)
    except FileNotFoundError:
        raise BuildError("git", "not found; install it, or give the folder of another digest") from None


def _said(result: subprocess.CompletedProcess[bytes]) -> str:
    lines = result.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git ended with {result.returncode}"
