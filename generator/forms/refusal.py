"""The one way in which a suggestion is refused: a sentence for whoever made it, in Markdown that is safe to post."""

from generator.errors import DigestError
from generator.text import clean_line


class RefusedError(DigestError):
    """A suggestion that cannot be followed; nothing was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """Markdown on one line; what strangers wrote stands in it only as `shown`."""

    def __str__(self) -> str:
        return self.reason


def shown(value: str, most: int = 80) -> str:
    """Quote a stranger's text as code, where nothing in it is a link, a mention, a picture or a command.

    It is cut to `most` characters.
    """
    line = "".join(sign if sign.isprintable() else "\ufffd" for sign in clean_line(value)).replace("`", "'")
    line = line if len(line) <= most else line[: most - 1] + "…"
    return f"`{line}`" if line else "an empty text"
