"""A static server on loopback that behaves as the usual host of pages does; what it serves is left to the tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


class _Handler(SimpleHTTPRequestHandler):
    """Files under a mount path, 404.html for what is not there, a redirect for a folder without its slash."""

    # Without it a Windows registry or a slim container decides the types.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".json": "application/json",
        ".wasm": "application/wasm",
        ".woff2": "font/woff2",
        ".xml": "application/xml",
    }

    def __init__(self, *args: Any, mount: str, directory: str, sent: list[int]) -> None:
        self.mount = mount
        self.sent = sent
        super().__init__(*args, directory=directory)

    def translate_path(self, path: str) -> str:
        """Return the file of an address; what lies outside the mount is not there."""
        outside = str(Path(self.directory) / "outside the mount path")
        return super().translate_path(path[len(self.mount) - 1 :]) if path.startswith(self.mount) else outside

    def send_head(self) -> Any:
        """Answer anew, whatever the browser knows: a site that is built twice in a second has one time of change."""
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page for addresses that lead nowhere."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Note how many bytes of a file went out."""
        self.sent.append(os.fstat(source.fileno()).st_size)
        super().copyfile(source, outputfile)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Stay silent: the browser's own log is what the tests read."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a browser that closes its page early is no error."""


@contextmanager
def serving(directory: Path, mount: str = "/", sent: list[int] | None = None) -> Iterator[str]:
    """Serve a folder on a free port of 127.0.0.1 and yield its address, which ends with ``mount``.

    Args:
        directory: the folder whose ``index.html`` is the front page.
        mount: the path under which the site stands, with a slash at both ends: ``/some/path/``.
        sent: takes the bytes of every file that was asked for, by pages or their workers.

    """
    if not (mount.startswith("/") and mount.endswith("/")):
        raise ValueError(f"a mount path starts and ends with a slash: {mount!r}")
    server = _Server(
        ("127.0.0.1", 0), partial(_Handler, mount=mount, directory=str(directory), sent=[] if sent is None else sent)
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{mount}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
