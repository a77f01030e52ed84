"""Whose address a request is counted under: what the client writes itself never counts."""

from ipaddress import ip_network

import pytest
from starlette.requests import HTTPConnection

from app.web.clients import client

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")]


def counted(peer: str | None, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return client(HTTPConnection({"type": "http", "client": peer and (peer, 1), "headers": headers}), PROXIES)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1, 2.2.2.2, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
        ("10.0.0.1", ["1.1.1.1, junk"], "10.0.0.1"),
        ("10.0.0.1", ["1.1.1.1, junk, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7:4711, 10.0.0.2:80"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8:1:2:3:4:5:6]:4711"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["[2001:db8:1:2:3:4:5:6]"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["198.51.100.7:"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7:80:80"], "10.0.0.1"),
        ("10.0.0.1", ["[198.51.100.7:80"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("2001:db8:ffff::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:aaaa::9", [], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("testclient", ["198.51.100.7"], "testclient"),
        (None, ["198.51.100.7"], ""),
    ],
)
def test_client(peer: str | None, forwarded: list[str], expected: str) -> None:
    assert counted(peer, *forwarded) == expected


def test_without_a_trusted_proxy_nothing_forwarded_is_believed() -> None:
    scope = {"type": "http", "client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", b"198.51.100.7")]}
    assert client(HTTPConnection(scope), []) == "10.0.0.1"
