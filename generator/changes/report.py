"""What a change does, written down: plain lines for a terminal, Markdown for a pull request.

Whatever comes from titles, names and branches is a stranger's: it is escaped, and stays on its line. What is told is
left to ``compare``; printing is left to ``cli``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from generator.changes.model import Changes, EntryChange, How, Kind, PageChange
from generator.markup import escape_markdown, safe_url
from generator.site.feeds.subscriptions import FORMATS, RSS
from generator.text import clean_line

MARKER = "<!-- what a pull request does to the site -->"
"""The first line of the Markdown, by which a comment is found again."""
LONGEST = 60_000
"""Characters of the Markdown; GitHub takes 65,536 in a comment."""
_LIMITS = (12, 5, 2)
"""Things named of each kind, the first of these that keeps the Markdown short enough."""
_CUT = 120
"""Characters of a title or name."""
_LINE = 600
"""Characters of what is said in a line."""
_SUSPECTS = 12_000
"""Characters of the suggestions for ``authors.yml``."""
_NOUNS = {
    Kind.PAPER: ("paper", "papers"),
    Kind.DAY: ("day", "days"),
    Kind.AUTHOR: ("author", "authors"),
    Kind.TOPIC: ("topic", "topics"),
    Kind.CURATOR: ("curator", "curators"),
    Kind.CATEGORY: ("category", "categories"),
    Kind.WEEK: ("week", "weeks"),
    Kind.MONTH: ("month", "months"),
    Kind.OTHER: ("other page", "other pages"),
}


class _Item(Struct, frozen=True):
    """A line of a section."""

    sign: str
    name: str
    address: str | None = None
    detail: str = ""
    stands: bool = False
    """Whether the published site has the address."""


class _Section(Struct, frozen=True):
    heading: str
    items: list[_Item] = []


def text(changes: Changes) -> str:
    """Write what a change does as lines for a terminal."""
    lines = [_short(_headline(changes), _LINE)]
    for section in _sections(changes, _LIMITS[0]):
        lines.append(_short(section.heading, _LINE))
        for item in section.items:
            place = f" ({item.address})" if item.address and item.address != item.name else ""
            detail = f": {_short(item.detail, _LINE)}" if item.detail else ""
            lines.append(f"  {item.sign} {_short(item.name)}{place}{detail}")
    if changes.suspects:
        lines += ["names on new papers that may be several people, or one:", changes.suspects.rstrip("\n")]
    return "\n".join(lines) + "\n"


def markdown(changes: Changes) -> str:
    """Write what a change does as Markdown for GitHub, short enough for a comment."""
    for limit in _LIMITS:
        written = _markdown(changes, limit)
        if len(written) <= LONGEST:
            return written
    return f"{MARKER}\n## What this does to the site\n\n{_safe(_headline(changes))}\n"


def _markdown(changes: Changes, limit: int) -> str:
    lines = [MARKER, "## What this does to the site", "", _safe(_headline(changes), _LINE), ""]
    for section in _sections(changes, limit):
        lines += [f"**{_safe(section.heading[0].upper() + section.heading[1:], _LINE)}**", ""]
        lines += [f"- {_linked(changes, item)}" for item in section.items]
        lines += [""] if section.items else []
    if changes.suspects:
        lines += ["**Names on new papers that may be several people, or one**", "", *_fenced(changes.suspects), ""]
    return "\n".join(lines)


_WORDS = {"+": "new: ", "-": "gone: ", ">": "moved: "}
"""For signs by which Markdown would begin a list or a quotation; others need none."""


def _linked(changes: Changes, item: _Item) -> str:
    name, detail = _safe(item.name), f": {_safe(item.detail, _LINE)}" if item.detail else ""
    link = safe_url(changes.url_before + item.address) if item.stands and item.address is not None else None
    if link:
        name = f"[{name}](<{link}>)"
    elif item.address and item.address != item.name:
        name += f" ({_safe(item.address)})"
    return f"{_WORDS.get(item.sign, '')}{name}{detail}"


def _fenced(yaml: str) -> Iterator[str]:
    """Write YAML as a block in which no word of it is more than a word, cut at the end of a line."""
    fence = "```"
    while fence in yaml:
        fence += "`"
    kept = yaml if len(yaml) <= _SUSPECTS else yaml[:_SUSPECTS].rpartition("\n")[0] + "\n# cut: there is more"
    yield from (f"{fence}yaml", kept.rstrip("\n"), fence)


def _short(name: str, most: int = _CUT) -> str:
    line = clean_line(name)
    return line if len(line) <= most else line[: most - 1] + "…"


_WRITTEN = {40: "(", 41: ")", 44: ",", 45: "-", 64: "&#64;&#8288;", 35: "&#35;&#8288;"}
"""How some signs are written: inside of a line those without a meaning of their own as they are."""


def _safe(name: str, most: int = _CUT) -> str:
    """Escape a text for GitHub's Markdown; a word joiner keeps it from naming a person or an issue there."""
    escaped = escape_markdown(_short(name, most))
    for code, written in _WRITTEN.items():
        escaped = escaped.replace(f"&#{code};", written)
    return escaped


# What is told, in its order -------------------------------------------------------------------------------------------


def _headline(changes: Changes) -> str:
    if not changes.pages:
        return f"Compared with {changes.base}: no page differs."
    every = "every page differs: " if _every_page(changes) else ""
    return f"Compared with {changes.base}: {every}{_counts(changes.pages)}, of {changes.count:,} pages."


def _every_page(changes: Changes) -> bool:
    return sum(page.how is not How.REMOVED for page in changes.pages) == changes.count


def _sections(changes: Changes, limit: int) -> Iterator[_Section]:
    if changes.problems:
        items = [_Item("!", problem) for problem in changes.problems[:limit]]
        yield _Section(
            "before, the content had problems: what could be understood of it is compared",
            _cut(items, changes.problems),
        )
    if changes.url != changes.url_before:
        yield _Section("the site moves", [_Item("~", f"{changes.url_before} becomes {changes.url}")])
    yield from _broken(changes, limit)
    yield from _of_kinds(changes.pages, limit, 0 if _every_page(changes) else limit)
    yield from _feeds(changes, limit)
    if changes.files:
        yield _Section("for machines: " + _joined([f"{count:,} {kind}" for kind, count in changes.files.items()]))


def _broken(changes: Changes, limit: int) -> Iterator[_Section]:
    """Tell of addresses that break: a feed once for all its formats."""
    ended = {feed.folder: feed for feed in changes.feeds if feed.how is How.REMOVED}
    items: list[_Item] = []
    for address in changes.broken:
        folder, _, name = address.rpartition("/")
        feed = ended.get(f"{folder}/") if name in FORMATS else None
        if feed is None:
            items.append(_Item("!", address, address, stands=True))
        elif name == RSS:
            items.append(
                _Item("!", f"the feed of {_feed_name(changes, feed.folder, feed.title)}", address, stands=True)
            )
    if items:
        yield _Section("addresses that break: nothing will stand there", _cut(items[:limit], items))


_SIGNS = {How.ADDED: "+", How.CHANGED: "~", How.MOVED: ">", How.REMOVED: "-"}


def _of_kinds(pages: Sequence[PageChange], limit: int, named: int) -> Iterator[_Section]:
    """Tell by kind of the pages whose own things differ, then of the others in a line a kind with so many `named`."""
    around: list[_Item] = []
    for kind in Kind:
        of_kind = [page for page in pages if page.kind is kind]
        own = [page for page in of_kind if _own(page)]
        if own:
            yield _Section(f"{_noun(kind, 2)}: {_counts(own)}", _cut([_page(page) for page in own[:limit]], own))
        if len(of_kind) > len(own):
            others = [_short(page.name) for page in of_kind if not _own(page)]
            names = _listed(others[:named], len(others)) if named else ""
            around.append(_Item("~", f"{len(others):,} {_noun(kind, len(others))}", detail=names))
    if around:
        yield _Section("changed too, by what they list or how they look", around)


def _own(page: PageChange) -> bool:
    """Tell whether something is different of what the page is about."""
    return bool(page.what) or page.how is not How.CHANGED


def _noun(kind: Kind, count: int) -> str:
    return _NOUNS[kind][count != 1]


def _counts(pages: Sequence[PageChange]) -> str:
    counts = ((sum(page.how is how for page in pages), how.value) for how in How)
    return _joined(f"{count:,} {how}" for count, how in counts if count)


def _page(page: PageChange) -> _Item:
    detail = f"leads on to {page.to or 'the front page'}" if page.to is not None else ", ".join(page.what)
    return _Item(_SIGNS[page.how], page.name, page.address, detail, stands=page.how is not How.ADDED)


def _feeds(changes: Changes, limit: int) -> Iterator[_Section]:
    """Tell by entry what subscribers see: one new paper stands in a dozen feeds."""
    seen: dict[tuple[str, EntryChange], list[str]] = defaultdict(list)
    for feed in changes.feeds:
        if feed.how is How.CHANGED:
            for sign, entries in (("+", feed.new), ("~", feed.updated)):
                for entry in entries:
                    seen[sign, entry].append(_feed_name(changes, feed.folder, feed.title))
    if seen:
        signs = [sign for sign, _ in seen]
        counts = [(signs.count("+"), "new"), (signs.count("~"), "again, as changed")]
        shown = sorted(seen.items(), key=lambda item: item[0][0] != "+")
        items = [
            _Item(sign, entry.title, detail="in " + _listed(feeds[:4], len(feeds)))
            for (sign, entry), feeds in shown[:limit]
        ]
        said = _joined([f"{count:,} {what}" for count, what in counts if count])
        yield _Section(f"entries that subscribers will see: {said}", _cut(items, shown))
    came = [feed for feed in changes.feeds if feed.how is How.ADDED]
    if came:
        names = [_feed_name(changes, feed.folder, feed.title) for feed in came[:limit]]
        yield _Section(f"new feeds: {_listed(names, len(came))}")


def _feed_name(changes: Changes, folder: str, title: str) -> str:
    return _short(title.removeprefix(f"{changes.title}: ")) if folder else "the site's feed"


def _cut(items: list[_Item], all_of_them: Sequence[object]) -> list[_Item]:
    left = len(all_of_them) - len(items)
    return [*items, _Item("…", f"and {left:,} more")] if left else items


def _joined(parts: Iterable[str]) -> str:
    """Join what was counted as a sentence does: ``2 added, 1 changed and 1 moved``."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _listed(names: Sequence[str], count: int) -> str:
    """List names, of which there are so many."""
    return ", ".join(names) + (f" and {count - len(names):,} more" if count > len(names) else "")
