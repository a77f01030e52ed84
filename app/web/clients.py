"""Who asks: the address that a request came from, by way of proxies that the settings name."""

import ipaddress
from collections.abc import Iterable

from starlette.requests import HTTPConnection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Who has one IPv6 address has 2^64 of them (RFC 6177): they count as one client.
IPV6_PREFIX = 64


def client(connection: HTTPConnection, proxies: Iterable[Network]) -> str:
    """The client as the limits count it: the last address on the way here that is no proxy of ours. What stands
    before it in `X-Forwarded-For` is whatever the client wrote there, and says nothing."""
    peer = connection.client.host if connection.client else ""
    trusted = tuple(proxies)
    on_the_way = [part for line in connection.headers.getlist("x-forwarded-for") for part in line.split(",")]
    last = _address(peer)
    while last is not None and on_the_way and any(last in network for network in trusted):
        before = _address(on_the_way.pop())
        if before is None:
            break
        last = before
    return _counted(last) if last else peer


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _counted(address: Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
