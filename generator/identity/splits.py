"""Names that may be several people: found unasked, or grouped because somebody asked.

Learning is left to ``detection`` and ``model``, the words to ``evidence``, what is printed to ``suggest``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from generator.identity.corpus import Corpus, Floats, Indexes
from generator.identity.detection import Detector
from generator.identity.grouping import constrain, square

SEVERAL = 0.5
"""From this confidence on a name is grouped as several people: who asks has doubts, and half of the names that are one
person's look less like several."""
_LARGE = 400
"""Mentions of a name that are compared, pair by pair; what is beyond is a group of the unread."""


@dataclass(frozen=True, slots=True)
class Block:
    """The mentions of a name, or of its spellings, that are to be grouped."""

    name: str
    """As it is shown, or as it was asked."""
    mentions: tuple[int, ...]
    known: Mapping[int, str]
    """Mention -> whose it surely is: a curator's claim, or an ORCID."""


@dataclass(frozen=True, slots=True)
class Split:
    """How the mentions of a name fall apart."""

    name: str
    confidence: float
    """That it is several people: 1 less the share of one-person names that look so."""
    groups: tuple[tuple[int, ...], ...]
    """Mentions, largest group first."""


def confidences(detector: Detector, blocks: Sequence[Block]) -> list[float]:
    """Return, for each block of two mentions or more, how sure it is that it is several people."""
    corpus = detector.model.features.corpus
    told = [block for block in blocks if len(block.mentions) > 1]
    scores = detector.score([_read(block) for block in told], [ambiguity(corpus, block) for block in told])
    found = dict(zip((block.mentions for block in told), detector.confidence(scores).tolist(), strict=True))
    return [_sure(block, found.get(block.mentions, 0.0)) for block in blocks]


def _sure(block: Block, guessed: float) -> float:
    people = {block.known.get(mention) for mention in block.mentions}
    if len(people - {None}) > 1:
        return 1.0
    return 0.0 if len(people) == 1 and None not in people else guessed


def _read(block: Block) -> Indexes:
    return np.array(block.mentions[:_LARGE], dtype=np.intp)


def ambiguity(corpus: Corpus, block: Block) -> float:
    """Return how many people chance makes of the name of a block."""
    return max((float(corpus.ambiguity[corpus.mentions[mention].name]) for mention in block.mentions), default=0.0)


def split(detector: Detector, blocks: Sequence[Block], sure: Sequence[float]) -> list[Split]:
    """Group the mentions of each block; in two groups at least where it is confident that there are two people."""
    features = detector.model.features
    read = [_read(block) for block in blocks]
    rows = features.within(read)
    return [_split(detector, *each) for each in zip(blocks, read, rows, sure, strict=True)]


def _split(detector: Detector, block: Block, read: Indexes, rows: Floats, confidence: float) -> Split:
    model = detector.model
    if len(read) < 2:
        return Split(block.name, confidence, tuple((mention,) for mention in block.mentions))
    people = ambiguity(model.features.corpus, block)
    likeness = square(len(read), model.of_pairs(rows, people))
    place = {mention: row for row, mention in enumerate(read.tolist())}
    certain = constrain(likeness, {place[mention]: who for mention, who in block.known.items() if mention in place})
    found = detector.groupings(people).best(certain, 2 if confidence >= SEVERAL else 1)
    named = [tuple(int(read[row]) for row in group) for group in found]
    if unread := block.mentions[_LARGE:]:
        named.append(unread)
    return Split(block.name, confidence, tuple(named))
