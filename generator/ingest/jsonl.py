"""Reads our own record lines, as in ``content/records``: from another digest, or from a program that writes them.

Cleaning is left to ``answer``.
"""

from msgspec import structs

from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.jsonlines import LinesReader
from generator.model import Listing, Record
from generator.records import file_date

_READER = LinesReader(Record)


def read(data: bytes, asked: Asked) -> Answer:
    """Read every line; one that was never listed nor published is listed on the day in the file's name.

    Raises: UnreadableError naming every line that is damaged.
    """
    good, broken = _READER.read(data.removeprefix(b"\xef\xbb\xbf").rstrip() + b"\n" if data.strip() else b"", "")
    if broken:
        told = "; ".join(f"line {each.line}, column {each.column}: {each.message}" for each in broken[:5])
        raise UnreadableError(told + (f"; and {len(broken) - 5} more" if len(broken) > 5 else ""))
    return Answer(tuple(_record(record, f"line {line}", asked) for line, record in good))


def _record(record: Record, where: str, asked: Asked) -> Record:
    admitted = admit(record, where)
    if file_date(admitted) is not None:
        return admitted
    if asked.day is None:
        raise UnreadableError(f"{where}: neither 'listed' nor 'published'; add one, or name the file by its day")
    return structs.replace(admitted, listed=(Listing(date=asked.day, source=asked.source),))
