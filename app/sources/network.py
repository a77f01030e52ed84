"""HTTP that reaches public hosts only. A name is resolved once for a connection, every address it gives is looked at,
and the connection goes to one that was looked at: a name that changes its mind in between gains nothing. That holds on
every hop, because every hop opens its connections here. TLS and `Host` keep the name.
"""

import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import anyio
import httpcore2
import httpx2

from app.sources.addresses import is_public

Allow = Callable[[str], bool]
Resolve = Callable[[str, int], Awaitable[list[str]]]
TIMEOUT = httpx2.Timeout(15.0, connect=10.0)


class Refused(httpx2.ConnectError):
    """The name leads to no public address."""


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, numbers in every notation included, as the system finds them."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class PublicOnly(httpcore2.AsyncNetworkBackend):
    """Connects to allowed addresses only. Tests allow their own servers here, in code; no setting does."""

    def __init__(
        self, allow: Allow = is_public, lookup: Resolve = resolve, backend: httpcore2.AsyncNetworkBackend | None = None
    ) -> None:
        self._allow = allow
        self._lookup = lookup
        self._backend = backend or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve, look at every address, connect to the first allowed one that answers. Raises Refused."""
        try:
            with anyio.fail_after(timeout):
                found = await self._lookup(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} has no address ({error})") from None
        except TimeoutError:
            raise httpcore2.ConnectTimeout(f"{host} could not be resolved in time") from None
        allowed = [address for address in found if self._allow(address)]
        if not allowed:
            raise Refused(f"{host} leads to no public address")
        return await self._first(allowed, port, timeout, local_address, socket_options)

    async def _first(
        self,
        addresses: list[str],
        port: int,
        timeout: float | None,
        *more: Any,
    ) -> httpcore2.AsyncNetworkStream:
        for address in addresses[:-1]:
            try:
                return await self._backend.connect_tcp(address, port, timeout, *more)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._backend.connect_tcp(addresses[-1], port, timeout, *more)

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        """No page lies behind a socket of this machine."""
        raise Refused(f"{path} is no public address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(seconds)


class _Transport(httpx2.AsyncHTTPTransport):
    def __init__(self, backend: httpcore2.AsyncNetworkBackend, trust: Any) -> None:
        super().__init__(verify=trust, trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trust, network_backend=backend, max_connections=50, keepalive_expiry=5.0
        )


def public_client(user_agent: str, backend: PublicOnly | None = None, trust: Any = None) -> httpx2.AsyncClient:
    """A client that follows no redirect by itself, knows no proxy, keeps no cookie, and asks for bytes as they are."""
    context = trust or httpx2.create_ssl_context(trust_env=False)
    headers = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
    transport = _Transport(backend or PublicOnly(), context)
    return httpx2.AsyncClient(transport=transport, headers=headers, timeout=TIMEOUT, trust_env=False)


def user_agent(version: str, contact: str) -> str:
    """Who asks, and where to complain: what a robot owes to those whom it visits."""
    return f"govties-sources/{version} (+{contact})"
