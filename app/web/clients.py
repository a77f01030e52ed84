"""Who asks: the address that a request came from, by way of proxies that the settings name."""

import ipaddress
import re
from collections.abc import Iterable

from starlette.requests import HTTPConnection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Who has one IPv6 address has 2^64 of them (RFC 6177): they count as one client.
IPV6_PREFIX = 64

# Some proxies write the port too (Azure's gateway does): 192.0.2.1:4711, [2001:db8::1]:4711, [2001:db8::1].
WITH_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]+|\[(?P<v6>[^\]]+)\](?::[0-9]+)?")


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
    text = text.strip()
    if match := WITH_PORT.fullmatch(text):
        text = match["v4"] or match["v6"]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _counted(address: Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
