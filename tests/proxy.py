"""The proxy of docker-compose.yml, run by this machine's nginx; and one that ends TLS in front of it, as
docs/operations.md has it."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.settings import ROOT
from tests.prepare import nginx
from tests.service import free_port
from tests.waiting import until

SHIPPED = ROOT / "docs" / "deploy" / "nginx.conf"
# All that differs on a machine without docker: its resolver, the name `web`, and a port that may be taken. Debian's
# nginx 1.22 knows no `resolve`.
PLACES = re.compile(r"resolver [^;]*;|upstream web \{[^}]*\}|listen [^;]*;")
# What nginx needs around a `server` of the docs.
AROUND = """daemon off; pid tls.pid; events {{}}
http {{
  access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; scgi_temp_path s; uwsgi_temp_path u;
  {server}
}}"""


def as_here(port: int, web: int) -> str:
    """The shipped configuration, on a port of this machine, in front of a service on another one."""
    here = iter(
        [
            "resolver 127.0.0.1;",
            f"upstream web {{ server 127.0.0.1:{web}; keepalive 32; }}",
            f"listen 127.0.0.1:{port};",
        ]
    )
    return PLACES.sub(lambda _: next(here), SHIPPED.read_text("utf-8"))


@contextmanager
def shipped_proxy(folder: Path, web: int, connections: int = 8192) -> Iterator[int]:
    """The port of the shipped proxy; its log is `folder/log`, its configuration `folder/nginx.conf`."""
    port = free_port()
    here = as_here(port, web).replace("worker_connections 8192;", f"worker_connections {connections};")
    with _nginx(folder, here, port):
        yield port


@contextmanager
def tls_proxy(folder: Path, behind: int, appends: bool) -> Iterator[int]:
    """The port of the documented proxy that ends TLS: it writes X-Forwarded-For anew, or appends as others do."""
    port, certificate, key = free_port(), *_certificate(folder)
    (server,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"), re.DOTALL)
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/ssl/govties.example.pem": str(certificate),
        "/etc/ssl/private/govties.example.key": str(key),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{behind}",
    }
    if appends:
        changes["X-Forwarded-For $remote_addr"] = "X-Forwarded-For $proxy_add_x_forwarded_for"
    for documented, here in changes.items():
        assert server.count(documented) == 1, documented
        server = server.replace(documented, here)
    with _nginx(folder, AROUND.format(server=server), port):
        yield port


@contextmanager
def _nginx(folder: Path, configuration: str, port: int) -> Iterator[None]:
    (folder / "nginx.conf").write_text(configuration, "utf-8")
    program = nginx()
    assert program, "nginx is missing: tests/prepare.py says how to install it"
    command = [program, "-e", "stderr", "-p", f"{folder}/", "-c", str(folder / "nginx.conf")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until(lambda: process.poll() is not None or _listens(port), 30, "nginx")
        assert process.poll() is None, (folder / "log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "t")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = made.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, SHA256())
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private
