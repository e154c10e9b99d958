"""The picture that other sites show beside a link to this one: the site's title and what it is about.

One for all pages, so that it costs kilobytes however many there are; their words are in their own metadata.
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from generator.config import SiteConfig

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

NAME = "picture.png"
FONT = "pictures/newsreader-500.ttf"
SIZE = (1200, 630)
"""Pixels: the shape that https://ogp.me/'s readers agree on."""
_MARGIN = 96
_PAPER, _INK, _SOFT, _ACCENT = "#fdfcf9", "#1b1a17", "#57524a", "#8f1d2f"
_TITLE_SIZES = (104, 84, 68, 54)
"""Pixels; the largest whose title needs no more than three lines."""
_TEXT_SIZE = 38


def picture(config: SiteConfig, theme: Path) -> bytes:
    """Draw the picture as a PNG; words that the font has no letters for are left out."""
    from PIL import Image, ImageDraw, ImageFont  # a build that draws nothing need not load it

    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * _MARGIN
    font = ImageFont.truetype(theme / FONT, _TITLE_SIZES[-1])
    lines: list[str] = []
    for size in _TITLE_SIZES:
        font = font.font_variant(size=size)
        lines = _wrapped(config.title, font, width)
        if len(lines) <= 3 and all(font.getlength(line) <= width for line in lines):
            break
    small = font.font_variant(size=_TEXT_SIZE)
    about = _wrapped(config.description, small, width)[:3]
    height = len(lines) * font.size * 1.1 + (40 + len(about) * _TEXT_SIZE * 1.4 if about else 0)
    top = (SIZE[1] - height) / 2
    draw.rectangle((_MARGIN, 72, SIZE[0] - _MARGIN, 75), fill=_INK)
    draw.rectangle((_MARGIN, 72, _MARGIN + 120, 81), fill=_ACCENT)
    draw.rectangle((_MARGIN, SIZE[1] - 74, SIZE[0] - _MARGIN, SIZE[1] - 73), fill=_SOFT)
    for line in lines[:4]:
        draw.text((_MARGIN, top), line, font=font, fill=_INK)
        top += font.size * 1.1
    top += 40
    for line in about:
        draw.text((_MARGIN, top), line, font=small, fill=_SOFT)
        top += _TEXT_SIZE * 1.4
    file = BytesIO()
    image.quantize(32, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _wrapped(text: str, font: "FreeTypeFont", width: int) -> list[str]:
    """Break `text` into lines of at most `width` pixels, at spaces."""
    if not _has_letters(text, font):
        return []
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _has_letters(text: str, font: "FreeTypeFont") -> bool:
    """Tell whether the font draws every letter of `text` as something else than its sign for a missing one."""
    missing = bytes(font.getmask("\U0010ffff"))
    return all(bytes(font.getmask(letter)) != missing for letter in set(text) if not letter.isspace())
