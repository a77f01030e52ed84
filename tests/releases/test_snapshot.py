"""The snapshot: the extension answers from it what the service answers, for every name of the real release."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.settings import ROOT

OTHERS = [
    "nobody-knows-this.com",
    "127.1",
    "localhost",
    "x.onion",
    "intranet",
    "www.ice.gov",
    "co.uk",
    "foo.co.uk",
    "gov",
]


def snapshot_of(client: TestClient) -> bytes:
    files = client.get("/v1/release").json()["files"]
    return client.get(next(file["url"] for file in files if file["role"] == "snapshot")).content


def by_extension(snapshot: bytes, hosts: list[str], folder: Path) -> list[dict[str, Any]]:
    node = shutil.which("node")
    assert node, "Node 20 is missing: apt-get install nodejs npm"
    path = folder / "snapshot.json"
    path.write_bytes(snapshot)
    program = ROOT / "extension" / "tests" / "answers.mjs"
    given = json.dumps({"snapshot": str(path), "hosts": hosts}).encode()
    done = subprocess.run([node, str(program)], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def hosts_of(snapshot: bytes) -> list[str]:
    names: list[str] = json.loads(snapshot)["names"]
    return [*names, *(f"www.{name}" for name in names), *(f"not{name}" for name in names), *OTHERS]


@pytest.mark.stack
def test_the_extension_answers_as_the_service_does(real: TestClient, tmp_path: Path) -> None:
    snapshot = snapshot_of(real)
    hosts = hosts_of(snapshot)
    assert len(hosts) > 500
    answers = by_extension(snapshot, hosts, tmp_path)
    for at in range(0, len(hosts), 100):
        said = real.post("/v1/lookups", json={"queries": hosts[at : at + 100]}).json()["answers"]
        assert answers[at : at + 100] == said


@pytest.mark.stack
def test_every_state_of_the_made_up_world_too(client: TestClient, tmp_path: Path) -> None:
    snapshot = snapshot_of(client)
    hosts = hosts_of(snapshot)
    answers = by_extension(snapshot, hosts, tmp_path)
    assert answers == [client.get(f"/v1/domains/{host}").json() for host in hosts]
    states = {"not_applicable", "not_researched", "documented", "via_owner", "ended", "none_found"}
    assert {answer["state"] for answer in answers} == states
