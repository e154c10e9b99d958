"""``digest serve``: the site on this machine alone, made again and shown again when what it is made from changes.

How the site is built, and what is said on the terminal, is left to ``cli``.
"""

import io
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from generator.config import read_config
from generator.errors import BuildError
from generator.inputs import CONFIG_NAME
from generator.site.rendering.theme import theme_folders

EVENTS = "/-/events"
"""Where an open page hears of builds; no page of a site has an address like it."""
SETTLE = 0.15
"""Seconds of quiet after a change before a build: an editor saves in several steps."""
HEARING = 0.5
"""Seconds after which a ctrl-c is heard at the latest."""
GRACE = 2.0
"""Seconds for the threads that watch to end; they hold nothing that has to be put away."""
ALIVE = 15.0
"""Seconds between signs of life to an open page; the write finds out whether the page still is."""

# A hidden page hangs up: a browser keeps six connections to a host and no more.
_SCRIPT = """<script>{
let source; const listen = () => { source?.close(); if (document.hidden) return;
source = new EventSource("%s"); source.onmessage = (event) => { if (event.data !== "%s") location.reload(); }; };
document.addEventListener("visibilitychange", listen); listen(); }</script>
"""
_NOTHING_YET = b"<!doctype html><title>Not built yet</title><p>There is no site yet; the terminal says why.</p>"


class _Builds:
    """Numbers the builds, and lets pages wait for the next."""

    def __init__(self) -> None:
        self.newest = time.time_ns()  # a page that an earlier server gave out is older than every build of this one
        self._changed = threading.Condition()

    def done(self) -> None:
        with self._changed:
            self.newest += 1
            self._changed.notify_all()

    def wait_for_other_than(self, seen: int) -> int:
        """Wait until the newest build is another than `seen`, or until a sign of life is due; return the newest."""
        with self._changed:
            self._changed.wait_for(lambda: self.newest != seen, ALIVE)
            return self.newest


class _Handler(SimpleHTTPRequestHandler):
    """Serves the site's files below a path, pages with a script at their end that waits for the next build."""

    # Without it a registry or a slim container decides the types.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".json": "application/json",
        ".wasm": "application/wasm",
        ".xml": "application/xml",
    }

    def __init__(self, builds: _Builds, mount: str, *args: Any, directory: str) -> None:
        self.builds, self.mount = builds, mount
        super().__init__(*args, directory=directory)

    def do_GET(self) -> None:
        """Answer a request."""
        if self.path == EVENTS:
            self._tell_of_builds()
        else:
            super().do_GET()

    def send_head(self) -> Any:
        """Send the status and headers; return the body as a file, or None where there is none."""
        if self.path == "/" != self.mount:
            self.send_response(302)
            self.send_header("Location", self.mount)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        path = Path(self.translate_path(self.path))
        if path.is_dir() and urlsplit(self.path).path.endswith("/"):
            path /= "index.html"
        if path.suffix != ".html":
            return super().send_head()
        try:
            return self._page(200, path.read_bytes())
        except OSError:
            self.send_error(404)
            return None

    def translate_path(self, path: str) -> str:
        """Return the file of an address; what lies outside the mount is not there."""
        outside = str(Path(self.directory, "outside", "of", "the", "site"))
        return super().translate_path(path[len(self.mount) - 1 :]) if path.startswith(self.mount) else outside

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer an address that leads nowhere with the site's own page, as its host will."""
        if code != 404:
            super().send_error(code, message, explain)
            return
        page = Path(self.directory, "404.html")
        body = self._page(404, page.read_bytes() if page.is_file() else _NOTHING_YET)
        if self.command != "HEAD":
            self.wfile.write(body.getvalue())

    def _page(self, status: int, html: bytes) -> io.BytesIO:
        body = html + (_SCRIPT % (EVENTS, self.builds.newest)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        """End the headers; a browser keeps nothing, because the next build may change it."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _tell_of_builds(self) -> None:
        """Send the number of the newest build, now and whenever it changes, until the page is closed."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        told = 0
        while True:
            newest = self.builds.wait_for_other_than(told)
            line = f"data: {newest}\n\n" if newest != told else ": still here\n\n"
            told = newest
            self.wfile.write(line.encode())
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Say nothing of requests: the terminal is for builds."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hangs up early."""


class _Changes(FileSystemEventHandler):
    """Notes that something changed; reading is no change."""

    def __init__(self) -> None:
        self.seen = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note a change."""
        if event.event_type in ("created", "modified", "moved", "deleted"):
            self.seen.set()

    def wait(self) -> None:
        """Wait for a change, then for a moment of quiet."""
        # Never without an end: a ctrl-c that came just before would not be heard until the next change.
        while not self.seen.wait(HEARING):
            pass
        while self.seen.is_set():
            self.seen.clear()
            self.seen.wait(SETTLE)


class _NamedChanges(_Changes):
    """Notes what happens to a few names in a folder, and nothing else there."""

    def __init__(self, changes: _Changes, paths: Iterable[Path]) -> None:
        self.seen, self._paths = changes.seen, {str(path) for path in paths}

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note a change of one of the names."""
        if not self._paths.isdisjoint((str(event.src_path), str(event.dest_path))):
            super().on_any_event(event)


class _Watch:
    """Watches the folders that a site is made from, also those that come, or come back, later."""

    def __init__(self, root: Path) -> None:
        self.changes = _Changes()
        self._observer = Observer()
        self._folders = {root / "content", root / "theme", *theme_folders(root)}
        self._watched: dict[Path, tuple[int, ObservedWatch]] = {}
        top = _NamedChanges(self.changes, [root / CONFIG_NAME, root / "content", root / "theme"])
        self._observer.schedule(top, str(root))
        self.renew()
        self._observer.start()

    def renew(self) -> None:
        """Watch the folders that are there now."""
        for folder in self._folders:
            inode = folder.stat().st_ino if folder.is_dir() else 0
            before, watch = self._watched.get(folder, (0, None))
            if inode == before:
                continue
            if watch is not None:
                self._observer.unschedule(watch)
                del self._watched[folder]
            if inode:
                self._watched[folder] = inode, self._observer.schedule(self.changes, str(folder), recursive=True)

    def stop(self) -> None:
        """Stop watching."""
        self._observer.stop()
        self._observer.join(GRACE)


def serve(root: Path, output: Path, port: int, build: Callable[[], bool], ready: Callable[[str], None]) -> None:
    """Serve the site at `output` on 127.0.0.1 until interrupted; build it now and after every change.

    `build` tells whether there is a new site; if not, the old one stays. `ready` is told the address, which has the
    path of the site's own: its page for unknown addresses leads there. Port 0 takes a free one.

    Raises:
        ConfigError: there is no digest at `root`.
        BuildError: the port is taken.
    """
    root = root.resolve()
    mount = urlsplit(read_config(root)[0].value.url).path or "/"
    builds = _Builds()
    try:
        server = _Server(("127.0.0.1", port), partial(_Handler, builds, mount, directory=str(output.absolute())))
    except OSError as error:
        message = f"cannot serve there: {error.strerror}; give another port with --port, or 0 for a free one"
        raise BuildError(f"127.0.0.1:{port}", message) from None
    watch = _Watch(root)
    try:
        build()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ready(f"http://127.0.0.1:{server.server_port}{mount}")
        while True:
            watch.changes.wait()
            watch.renew()
            if build():
                builds.done()
    finally:
        watch.stop()
        server.server_close()
