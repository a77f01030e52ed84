"""Makes sure that what the tests use beside Python is here: `make test` runs this first.

On Debian as root it installs what is missing; for anybody else it names each missing piece and one command.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LEAST_NODE = 20


@dataclass(frozen=True)
class Need:
    """Something the tests use, the Debian package that brings it, and how to see that it is here."""

    name: str
    package: str
    here: Callable[[], bool]


def program(name: str, package: str) -> Need:
    return Need(name, package, lambda: shutil.which(name) is not None)


def node_version() -> int:
    """The major version of Node, 0 without Node."""
    if not shutil.which("node"):
        return 0
    shown = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.", shown)
    return int(found[1]) if found else 0


def dejavu() -> bool:
    """Whether the font that screenshots are compared in is here."""
    if shutil.which("fc-list"):
        return "DejaVu" in subprocess.run(["fc-list"], capture_output=True, text=True).stdout
    return Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists()


def nginx() -> str | None:
    """The path of nginx, which Debian keeps where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


NEEDS = {
    "node": [Need(f"node {LEAST_NODE}+", "nodejs", lambda: node_version() >= LEAST_NODE), program("npm", "npm")],
    "browsers": [
        program("chromium", "chromium"),
        program("firefox-esr", "firefox-esr"),
        program("Xvfb", "xvfb"),
        program("xdotool", "xdotool"),
        program("import", "imagemagick"),
        Need("DejaVu fonts", "fonts-dejavu-core", dejavu),
    ],
    "proxy": [Need("nginx", "nginx", lambda: nginx() is not None)],
}


def missing(groups: list[str]) -> list[Need]:
    return [need for group in groups for need in NEEDS[group] if not need.here()]


def install(packages: list[str]) -> None:
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print("Installing for the tests:", *packages, flush=True)
    with starting_nothing():
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run([*apt, *command], env=quiet, stdout=subprocess.DEVNULL, check=False)
    if "nginx" in packages:  # nor when this machine starts again
        subprocess.run(["update-rc.d", "nginx", "disable"], stdout=subprocess.DEVNULL, check=False)


@contextmanager
def starting_nothing(policy: Path = Path("/usr/sbin/policy-rc.d")) -> Iterator[None]:
    """Debian starts a server as soon as it is installed, unless this file forbids it; the tests want the program."""
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def complain(needs: list[Need]) -> str:
    names = ", ".join(need.name for need in needs)
    packages = " ".join(need.package for need in needs)
    advice = f"On Debian: sudo apt-get install --no-install-recommends {packages}"
    if 0 < node_version() < LEAST_NODE:
        advice += f"\nNode {node_version()} is too old: Debian 13 has {LEAST_NODE}; elsewhere take one from nodejs.org."
    return f"The tests need what is not here: {names}.\n{advice}"


def main(groups: list[str]) -> int:
    needs = missing(groups)
    if needs and os.geteuid() == 0 and shutil.which("apt-get"):
        install([need.package for need in needs])
        needs = missing(groups)
    if needs:
        print(complain(needs), file=sys.stderr)
    return 1 if needs else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(NEEDS), help="look at one group only")
    only = parser.parse_args().only
    sys.exit(main([only] if only else sorted(NEEDS)))
