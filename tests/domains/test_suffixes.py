"""The Public Suffix List: its own cases, its odd rules, and that nothing is ever fetched."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.domains.names import parse_host
from app.domains.suffixes import (
    is_icann_suffix,
    is_public_suffix,
    private_suffixes_under,
    registrable_domain,
    suffixes_above,
)

CASES: list[dict[str, str | None]] = json.loads((Path(__file__).parents[1] / "vectors/psl.json").read_text("utf-8"))

WATCH = """
import sys
calls = []
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        calls.append(event)
sys.addaudithook(hook)
"""
USE = """
from app.domains import suffixes
suffixes.is_public_suffix("co.uk"), suffixes.is_icann_suffix("co.uk"), suffixes.registrable_domain("a.b.co.uk")
suffixes.private_suffixes_under("github.io"), suffixes.suffixes_above("a.b.co.uk")
"""
FETCH = """
from tldextract import TLDExtract
TLDExtract(cache_dir=None, suffix_list_urls=("http://127.0.0.1:9/",)).tlds
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["name"]))
def test_a_case_of_the_lists_own_suite(case: dict[str, str | None]) -> None:
    assert case["name"] is not None
    assert registrable_domain(case["name"]) == case["registrable"]


def test_the_lists_own_suite_is_whole() -> None:
    assert len(CASES) >= 70


@pytest.mark.parametrize(
    ("name", "public", "icann"),
    [
        ("com", True, True),
        ("co.uk", True, True),
        ("bbc.co.uk", False, False),
        ("github.io", True, False),
        ("someone.github.io", False, False),
        ("c.mm", True, True),  # *.mm
        ("c.kobe.jp", True, True),  # *.kobe.jp
        ("city.kobe.jp", False, False),  # !city.kobe.jp
        ("www.ck", False, False),  # !www.ck
        ("other.ck", True, True),  # *.ck
        ("s3.amazonaws.com", True, False),
        ("amazonaws.com", False, False),
        ("x.compute.amazonaws.com", True, False),  # *.compute.amazonaws.com
        ("compute.amazonaws.com", False, False),
        ("oci.customer-oci.com", True, False),  # *.customer-oci.com, with *.oci.customer-oci.com below it
        ("x.oci.customer-oci.com", True, False),
        ("xn--55qx5d.cn", True, True),  # 公司.cn
        ("wordpress.com", False, False),  # no part of the list: seed/hosted.yml has it
        ("nosuchtld", True, False),  # the default rule
        ("bigco.nosuchtld", False, False),
        ("127.0.0.1", False, False),
        ("[::1]", False, False),
        ("", False, False),
        ("a..com", False, False),
    ],
)
def test_what_is_a_suffix(name: str, public: bool, icann: bool) -> None:
    assert (is_public_suffix(name), is_icann_suffix(name)) == (public, icann)


def test_the_registrable_domain_of_an_address_is_none() -> None:
    assert registrable_domain("127.0.0.1") is None
    assert registrable_domain("[2001:db8::1]") is None


def test_private_suffixes_at_and_below_a_name() -> None:
    assert private_suffixes_under("github.io") == ["github.io"]
    assert private_suffixes_under("google.com") == []
    assert private_suffixes_under("ogle.com") == []
    assert private_suffixes_under("customer-oci.com") == [
        "customer-oci.com",
        "oci.customer-oci.com",
        "ocp.customer-oci.com",
        "ocs.customer-oci.com",
    ]
    below_amazonaws = private_suffixes_under("amazonaws.com")
    assert {"s3.amazonaws.com", "compute.amazonaws.com"} <= set(below_amazonaws)
    assert below_amazonaws == sorted(set(below_amazonaws))
    assert not private_suffixes_under("co.uk") or "co.uk" not in private_suffixes_under("co.uk")


def test_private_suffixes_are_names_that_can_match() -> None:
    found = [name for tld in ("com", "net", "io", "de", "fi", "dev") for name in private_suffixes_under(tld)]
    assert len(found) > 500
    assert [name for name in found if parse_host(name).name != name] == []


def test_a_callers_change_to_the_answer_stays_there() -> None:
    private_suffixes_under("github.io").append("x")
    assert private_suffixes_under("github.io") == ["github.io"]


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("www.bbc.co.uk", ["co.uk"]),
        ("co.uk", []),
        ("example.com", []),
        ("a.school.k12.ak.us", ["k12.ak.us", "ak.us"]),
        ("a.b.c.kobe.jp", ["c.kobe.jp"]),
        ("www.city.kobe.jp", []),
        ("someone.github.io", []),
        ("shop.xn--55qx5d.cn", ["xn--55qx5d.cn"]),
        ("", []),
    ],
)
def test_icann_suffixes_above_a_name(name: str, above: list[str]) -> None:
    assert suffixes_above(name) == above


def network_calls(script: str) -> str:
    """What a fresh process, with nothing cached, asks of the network. An audit hook sees it even where it is caught."""
    command = [sys.executable, "-c", f"{WATCH}{script}\nprint(calls)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return done.stdout.strip()


def test_nothing_is_fetched() -> None:
    assert network_calls(USE) == "[]"


def test_a_fetch_would_have_been_seen() -> None:
    assert "socket.connect" in network_calls(FETCH)
