"""``digest serve``: the site on this machine alone, rebuilt and reloaded when something it is made from changes."""

import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from generator.config import CONFIG_NAME

EVENTS = "/-/events"
"""Where an open page waits for the next build; no page has an address like it."""
_SCRIPT = f'<script>new EventSource("{EVENTS}").onmessage=()=>location.reload()</script>'.encode()
SETTLE = 0.15
"""Seconds of quiet after a change before a build: an editor saves in several steps."""


class _Builds:
    """Counts builds, and lets pages wait for the next."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def done(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def next_after(self, seen: int | None, timeout: float) -> int:
        """Wait until more builds than `seen` were done, or `timeout` seconds; return how many were."""
        with self._changed:
            if seen is not None:
                self._changed.wait_for(lambda: self._count > seen, timeout)
            return self._count


class _Handler(SimpleHTTPRequestHandler):
    """Serves the site's files, with a line of script at the end of each page that waits for the next build."""

    def __init__(self, builds: _Builds, *args: Any, **settings: Any) -> None:
        self.builds = builds
        super().__init__(*args, **settings)

    def do_GET(self) -> None:  # noqa: N802 - the standard library's name
        if self.path == EVENTS:
            self._wait()
            return
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() and self.path.split("?")[0].endswith("/") else path
        if page.suffix != ".html" or not page.is_file():
            super().do_GET()
            return
        body = page.read_bytes() + _SCRIPT
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _wait(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        seen = self.builds.next_after(None, 0)
        try:
            while (now := self.builds.next_after(seen, 15)) == seen:
                self.wfile.write(b": still here\n\n")  # finds out whether the page is
                self.wfile.flush()
            self.wfile.write(f"data: {now}\n\n".encode())
        except OSError:
            return  # the page was closed

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Say nothing of requests: the terminal is for builds."""


class _Changes(FileSystemEventHandler):
    """Notes that something changed."""

    def __init__(self) -> None:
        self.seen = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("created", "modified", "moved", "deleted"):
            self.seen.set()


def serve(root: Path, output: Path, port: int, rebuild: Callable[[], None], ready: Callable[[str], None]) -> None:
    """Serve the site at `output` on 127.0.0.1:`port` until interrupted; call `rebuild` after every change.

    `ready` is told the address. Port 0 takes a free one. Watched: ``site_config.yml``, ``content/`` and ``theme/``
    below `root`.
    """
    builds, changes = _Builds(), _Changes()
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, builds, directory=str(output)))
    server.daemon_threads = True
    observer = Observer()
    for folder in (root / "content", root / "theme"):
        if folder.is_dir():
            observer.schedule(changes, str(folder), recursive=True)
    observer.schedule(_Only(changes, root / CONFIG_NAME), str(root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    observer.start()
    try:
        ready(f"http://127.0.0.1:{server.server_address[1]}/")
        while True:
            changes.seen.wait()
            while changes.seen.is_set():
                changes.seen.clear()
                changes.seen.wait(SETTLE)
            rebuild()
            builds.done()
    except KeyboardInterrupt:
        return
    finally:
        observer.stop()
        server.shutdown()
        server.server_close()


class _Only(FileSystemEventHandler):
    """Passes on what happens to one file of a folder."""

    def __init__(self, changes: _Changes, path: Path) -> None:
        self._changes, self._path = changes, str(path)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if self._path in (event.src_path, event.dest_path):
            self._changes.on_any_event(event)
