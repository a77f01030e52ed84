"""Local servers: a page for every host name, and a tap that counts what reaches the service."""

import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# `data:,` for an icon: the browser would ask for /favicon.ico otherwise, and the count would not be exact.
PAGE = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>{host}</title><h1>{host}</h1>'


@dataclass
class Sites:
    """One http and one https server for every host name; `seen` lists (scheme, host, path) of all requests."""

    http: int = 0
    https: int = 0
    seen: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Tap:
    """Stands between extension and service; `seen` lists the paths asked for, `headers` what came with them.
    `down` makes it refuse everything."""

    address: str
    seen: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    down: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A browser hangs up when it pleases, at the certificate or later: no reason to print a traceback."""


@contextmanager
def _running(handler: type[_Handler], tls: Path | None = None) -> Iterator[int]:
    """A server on a free loopback port, until the end of the block."""
    server = _Server(("127.0.0.1", 0), handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def run_sites(folder: Path) -> Iterator[Sites]:
    """Both servers; `folder` takes the certificate."""
    sites = Sites()

    def handler(scheme: str) -> type[_Handler]:
        class Page(_Handler):
            def do_GET(self) -> None:
                host = self.headers["Host"]
                sites.seen.append((scheme, host, self.path))
                self.answer(200, {"Content-Type": "text/html"}, PAGE.format(host=host).encode())

        return Page

    with _running(handler("http")) as sites.http, _running(handler("https"), _certificate(folder)) as sites.https:
        yield sites


@contextmanager
def run_tap(service: str) -> Iterator[Tap]:
    """A tap in front of the service at this address."""
    tap = Tap("")

    class Forward(_Handler):
        def do_GET(self) -> None:
            tap.seen.append(self.path)
            tap.headers.append({name.lower(): value for name, value in self.headers.items()})
            if tap.down:
                self.answer(503, {"Access-Control-Allow-Origin": "*"}, b"")
            else:
                self.answer(*_fetched(service + self.path))

    with _running(Forward) as port:
        tap.address = f"http://127.0.0.1:{port}"
        yield tap


def _fetched(url: str) -> tuple[int, dict[str, str], bytes]:
    kept = {"content-type", "access-control-allow-origin", "cache-control", "retry-after"}
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            status, headers, body = response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            status, headers, body = error.code, error.headers, error.read()
    return status, {name: value for name, value in headers.items() if name.lower() in kept}, body


def _certificate(folder: Path) -> Path:
    """A self-signed certificate with its key; the browser is told to take any."""
    path = folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=tests -out"
    subprocess.run([*command.split(), path, "-keyout", folder / "key.pem"], check=True, capture_output=True)
    path.write_bytes((folder / "key.pem").read_bytes() + path.read_bytes())
    return path
