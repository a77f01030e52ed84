"""A web server of this machine for tests, and a network in which names lead to it."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore2

from app.sources.network import PublicOnly

Reply = tuple[int, dict[str, str], bytes]
HERE = "127.0.0.1"


@dataclass
class Request:
    """What the server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Site:
    """What each path answers, and what was asked. A function as answer is given the request."""

    pages: dict[str, Reply | Callable[[Request], Reply]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0
    linger: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str, host: str = "paper.test") -> str:
        return f"http://{host}:{self.port}{path}"


def html(body: str, status: int = 200, **headers: str) -> Reply:
    return status, {"Content-Type": "text/html; charset=utf-8", **headers}, body.encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, *_: Any) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        site = self.server.site
        length = int(self.headers.get("content-length", "0"))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Request(self.command, self.path, headers, self.rfile.read(length), time.monotonic())
        with site.lock:
            site.asked.append(asked)
            site.at_once += 1
            site.most_at_once = max(site.most_at_once, site.at_once)
        time.sleep(site.linger)
        answer = site.pages.get(self.path, html("nothing here", 404))
        status, sent, body = answer(asked) if callable(answer) else answer
        with site.lock:
            site.at_once -= 1
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **sent}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(site: Site, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    server = _Server((HERE, 0), _Handler)
    server.site, site.port = site, server.server_address[1]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Recorded(httpcore2.AnyIOBackend):
    """Connects, and remembers to where. With `to`, connects there whatever the address."""

    def __init__(self, to: str | None = None) -> None:
        self.addresses: list[str] = []
        self._to = to

    async def connect_tcp(self, host: str, port: int, *more: Any, **also: Any) -> httpcore2.AsyncNetworkStream:
        self.addresses.append(host)
        return await super().connect_tcp(self._to or host, port, *more, **also)


def local_network(names: dict[str, str] | None = None, recorded: Recorded | None = None) -> PublicOnly:
    """A network in which every name (or those given) leads to this machine, which is allowed here and nowhere else."""

    async def lookup(host: str, _: int) -> list[str]:
        if names is not None and host not in names:
            raise OSError("no such host")
        return [names[host] if names else HERE]

    return PublicOnly(lambda address: address == HERE, lookup, recorded)
