"""Pages -> HTML, in as many processes as there are for it: which of them renders what, and when it begins.

How a page is rendered is left to ``mkdocs``.
"""

import gc
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from generator.beside import Beside, Works, side_by_side
from generator.site.rendering.mkdocs import Rendering, Source, load, loaded, render_chunk

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

CHUNK = 240
"""Pages given to one run of MkDocs: it holds every page of a run in memory, some 40 kB each."""
RUNS_EACH = 10
"""Runs after which a process gives way to another, 2,400 pages: its memory grows with each."""
SMALL = 60
"""Pages that one process renders before a second one has started."""
FEW = 1000
"""Pages up to which one process makes the Markdown and a second one the HTML."""
SHARES = 4
"""Runs that each process gets at least: the last of them end at nearly one time."""


class Standby:
    """A process that loads MkDocs while this one finds out what there is to render, and renders what it is handed.

    It saves a small build the tenth of a second that loading takes, and a copy of this process, which is large by then.
    """

    def __init__(self) -> None:
        receiving, self._sending = Pipe(duplex=False)
        self._work = Beside(partial(_stand_by, receiving))
        receiving.close()  # it has its own; without a reader, writing fails

    def load(self, rendering: Rendering) -> None:
        """Let it read MkDocs' configuration."""
        self._send(rendering)

    def render(self, output: Path, sources: Sequence[Source]) -> None:
        """Make the Markdown of some pages here, and let it make their HTML in the folder `output` meanwhile."""
        self._send((output, [_made(source) for source in sources]))

    def finish(self) -> None:
        """Wait until all pages are rendered.

        Raises:
            BuildError: as ``render``.
        """
        self._send(None)
        self._work.result()

    def stop(self) -> None:
        """End it, whatever it does."""
        self._sending.close()
        self._work.stop()

    def _send(self, message: object) -> None:
        try:
            self._sending.send(message)
        except BrokenPipeError:
            self._work.result()  # raises what ended it


def _stand_by(receiving: Connection) -> None:
    load()
    rendering: Rendering = receiving.recv()
    with loaded(rendering) as config:
        for output, chunk in iter(receiving.recv, None):
            render_chunk(config, rendering, output, chunk)


def _made(source: Source) -> Source:
    """Return a source with what it makes, for a process that has nothing to make it from."""
    head = partial(str, source.head()) if source.head is not None else None
    return Source(source.address, partial(str, source.text()), head, source.written_by_us)


def render(
    rendering: Rendering,
    output: Path,
    sources: Sequence[Source],
    jobs: int,
    done: Callable[[int], None],
    others: Sequence[Callable[[], None]],
    standby: Standby | None = None,
) -> Works[None]:
    """Render `sources` into the folder `output` with `jobs` processes; `done` is told how many pages a chunk had.

    `others` are more pieces of work, which leave files behind and nothing else, done in their order. The first of them
    is waited for as the pages are; what is returned are those still going on, to be waited for or stopped. `standby`
    was loaded before for the case that there are few pages.

    Raises:
        BuildError: MkDocs warned or failed; nothing it warns of is harmless in pages that we wrote.
    """
    chunks = _chunks(sources, jobs)
    if standby is not None and len(sources) <= FEW:
        # One process for all others: a copy of this one, which is large by now, costs as much as what they do.
        doing = Works(others, 1)
        try:
            for chunk in chunks:
                standby.render(output, chunk)
                done(len(chunk))
            standby.finish()
            next(iter(doing), None)
        except BaseException:
            doing.stop()
            raise
        return doing
    with loaded(rendering) as config:
        one = partial(_render_apart if jobs > 1 else render_chunk, config, rendering, output)
        works = [partial(_without_pages, other) for other in others] + [partial(one, chunk) for chunk in chunks]
        for count in side_by_side(works, jobs, RUNS_EACH) if jobs > 1 else (work() for work in works):
            done(count)
    return Works((), 0)


def _without_pages(other: Callable[[], None]) -> int:
    other()
    return 0


def _chunks(sources: Sequence[Source], jobs: int) -> list[Sequence[Source]]:
    """Cut the pages into runs, those of one rule together: what one page shows, the next often shows too."""
    ours = [source for source in sources if source.written_by_us]
    # What people write stays together: their pages lead to each other by the names of their files.
    theirs = [source for source in sources if not source.written_by_us]
    size = max(SMALL, min(CHUNK, -(-len(ours) // (SHARES * jobs))))
    return [*(ours[start : start + size] for start in range(0, len(ours), size)), *filter(None, [theirs])]


def _render_apart(config: "MkDocsConfig", rendering: Rendering, output: Path, chunk: Sequence[Source]) -> int:
    """Render some pages in a process that does no more than that: what a page leaves behind is to be collected."""
    gc.enable()
    return render_chunk(config, rendering, output, chunk)
