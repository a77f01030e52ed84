"""No connection goes to an address that was not looked at: not for odd notations, names that change, or redirects."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import anyio
import httpcore2
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.sources.check import Checked, Source, Standing, check
from app.sources.fetch import Fetcher
from app.sources.network import PublicOnly, Refused, public_client
from tests.sources.site import HERE, Recorded, Site, html, local_network, serving
from tests.sources.test_addresses import PRIVATE

# The system's own resolver reads these; none may lead to a connection.
ODD = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.1/",
    "http://0/", "http://localhost/", "http://localhost./", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://169.254.169.254/latest/",
    "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/",
    "http://192.0.0.192/", "http://user:pass@127.0.0.1/", "http://127.0.0.1:22/", "https://127.0.0.1/", "http://[fe80::1]/",
]  # fmt: skip


def look(url: str, network: PublicOnly, trust: ssl.SSLContext | None = None) -> Checked:
    async def run() -> Checked:
        async with public_client("test", network, trust) as client:
            return await check(Source(url, (), ("x:1",)), Fetcher(client, pause=0))

    return anyio.run(run)


@pytest.mark.parametrize("url", ODD)
def test_odd_notations_of_private_addresses_cause_no_connection(url: str) -> None:
    recorded = Recorded()
    assert look(url, PublicOnly(backend=recorded)).standing in (Standing.REFUSED, Standing.DEAD, Standing.UNCLEAR)
    assert recorded.addresses == []


@pytest.mark.parametrize("address", [a for a in PRIVATE if ":" in a or a.count(".") == 3])
def test_a_name_that_leads_to_a_private_address_causes_no_connection(address: str) -> None:
    async def lookup(*_: object) -> list[str]:
        return [address, address]

    recorded = Recorded()
    assert look("https://paper.com/", PublicOnly(lookup=lookup, backend=recorded)).standing == Standing.REFUSED
    assert recorded.addresses == []


def test_of_several_addresses_only_public_ones_are_tried() -> None:
    async def lookup(*_: object) -> list[str]:
        return ["10.0.0.1", "8.8.8.8", "::1"]

    recorded = Recorded(to=HERE)
    with serving(Site({"/": html("hello")})) as site:
        found = look(site.url("/"), PublicOnly(lookup=lookup, backend=recorded))
    assert (found.standing, recorded.addresses) == (Standing.OK, ["8.8.8.8"])


def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """DNS rebinding: public when looked at, private a moment later. One look a connection; it goes where was looked."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["169.254.169.254"]])

    async def lookup(*_: object) -> list[str]:
        return next(answers)

    recorded = Recorded(to=HERE)
    network = PublicOnly(lookup=lookup, backend=recorded)
    with serving(Site({"/": html("hello", Connection="close")})) as site:
        assert look(site.url("/"), network).standing == Standing.OK
        assert look(site.url("/"), network).standing == Standing.REFUSED
        assert look(site.url("/"), network).standing == Standing.REFUSED
    assert recorded.addresses == ["8.8.8.8"]
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "http://metadata.internal/", "//169.254.169.254/", "http://[::1]/"],
)
def test_a_redirect_to_a_private_address_is_not_followed(status: int, target: str) -> None:
    recorded = Recorded()
    names = {"paper.test": HERE, "metadata.internal": "169.254.169.254", "169.254.169.254": "169.254.169.254"}
    names["::1"] = "::1"
    with serving(Site({"/": (status, {"Location": target}, b"")})) as site:
        found = look(site.url("/"), local_network(names, recorded))
    assert found.standing == Standing.REFUSED
    assert recorded.addresses == [HERE]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://paper.test/", "ftp://paper.test/", "http://["])
def test_a_redirect_to_no_web_address_is_not_followed(target: str) -> None:
    with serving(Site({"/": (302, {"Location": target}, b"")})) as site:
        assert look(site.url("/"), local_network()).standing == Standing.DEAD
        assert len(site.asked) == 1


def test_a_socket_of_the_machine_is_refused() -> None:
    with pytest.raises(Refused):
        anyio.run(PublicOnly().connect_unix_socket, "/run/x.sock")


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(Site({"/": html("hello")})) as site:
        assert look(site.url("/"), local_network()).standing == Standing.OK


def _certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return path, server


def test_tls_and_host_keep_the_name(tmp_path: Path) -> None:
    path, tls = _certificate(tmp_path, "paper.test")
    trust = ssl.create_default_context(cafile=str(path))
    with serving(Site({"/": html("hello")}), tls) as site:
        good = look(f"https://paper.test:{site.port}/", local_network(), trust)
        bad = look(f"https://other.test:{site.port}/", local_network(), trust)
    assert (good.standing, bad.standing) == (Standing.OK, Standing.UNCLEAR)
    assert [request.headers["host"] for request in site.asked] == [f"paper.test:{site.port}"]


def test_the_corpus_is_read_by_the_real_resolver() -> None:
    """A resolver that knew none of the odd notations would prove nothing."""
    found = anyio.run(anyio.getaddrinfo, "127.1", 80)
    assert {ip_address(address[0]).is_loopback for *_, address in found} == {True}
    assert issubclass(Recorded, httpcore2.AsyncNetworkBackend)
    assert issubclass(Refused, httpx2.ConnectError)
