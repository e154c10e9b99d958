"""The names of a paper's authors as arXiv's feeds write them, in one string; cleaning them is left to ``answer``."""

from generator.ingest.answer import UnreadableError
from generator.model import Author

MAX_CREATORS = 200_000
"""Characters of all authors of a paper; 3,303 of them take 60,000."""


def arxiv_authors(creators: tuple[str, ...], where: str) -> tuple[Author, ...]:
    """Split arXiv's one string of names: ``A. Name (Here, There), B. Other``.

    Raises: UnreadableError for one that is too long.
    """
    if sum(map(len, creators)) > MAX_CREATORS:
        raise UnreadableError(f"{where}: more than {MAX_CREATORS:,} characters of authors")
    return tuple(_with_affiliation(part) for creator in creators for part in _split_outside_brackets(creator))


def _split_outside_brackets(names: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(names):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(names[start:place])
            start = place + 1
    # Brackets that do not match say nothing about the commas.
    return [*parts, names[start:]] if depth == 0 else names.split(",")


def _with_affiliation(part: str) -> Author:
    name, bracket, rest = part.strip().partition(" (")
    if not bracket or not rest.endswith(")"):
        return Author(name=part.strip())
    return Author(name=name, affiliation=rest[:-1])
