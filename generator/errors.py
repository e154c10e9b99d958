"""The error tree: data in attributes, one sentence in ``str()``; printing and exiting are left to ``cli``.

Messages read: place, what is wrong, the value, what to do; lower case, no full stop.
"""

from dataclasses import dataclass


class DigestError(Exception):
    """Anything that went wrong for a reason that a person can act on."""


@dataclass(order=True, unsafe_hash=True)
class ContentError(DigestError):
    """One problem in a file that people or the machine wrote under the digest's root."""

    path: str
    """The file, relative to the root, with forward slashes: ``content/topics.yml``."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1."""
    message: str
    """What is wrong, the value, what to do."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class ContentProblems(DigestError):  # noqa: N818 - a bundle of errors, named for what it holds
    """Every problem found in one run, sorted by place."""

    def __init__(self, problems: "list[ContentError]") -> None:
        self.problems = sorted(set(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(unsafe_hash=True)
class ConfigError(DigestError):
    """The configuration cannot be used at all: no file, no root."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(unsafe_hash=True)
class SourceError(DigestError):
    """An answer of a source, or a file with one, cannot be used; what was there before is kept."""

    source: str
    """The source's name in ``site_config.yml``, or the reader's kind for a file."""
    url: str
    """The address asked, or the file read."""
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.message}: {self.url}"


@dataclass(unsafe_hash=True)
class MailError(DigestError):
    """A mail was not sent, or nobody can say whether it was."""

    server: str
    message: str
    maybe_sent: bool = False
    """The connection broke after the mail was handed over, before the server said that it has it."""

    def __str__(self) -> str:
        return f"{self.server}: {self.message}"


class InterruptedWorkError(DigestError):
    """A process that worked for this one was ended from outside."""

    def __str__(self) -> str:
        return "a process of this command was ended from outside; see that there is memory enough, and run it again"


@dataclass(unsafe_hash=True)
class BuildError(DigestError):
    """The site cannot be built though the content is right: no room, a renderer's failure."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"
