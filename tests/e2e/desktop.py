"""A desktop without a screen, to see what no API tells: which icon the toolbar shows."""

import hashlib
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = "{} is missing. Install it: apt-get install -y --no-install-recommends xvfb imagemagick fonts-dejavu-core"
SIZE = (1000, 700)


@contextmanager
def run_desktop() -> Iterator[dict[str, str]]:
    """An environment whose windows appear on a virtual screen."""
    command = [_tool("Xvfb"), "-displayfd", "1", "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as screen:
        assert screen.stdout is not None
        try:
            number = screen.stdout.readline().decode().strip()
            assert number, "Xvfb did not start"
            yield {**os.environ, "DISPLAY": f":{number}"}
        finally:
            screen.terminate()


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(MISSING.format(name))
    return found


def toolbar_colours(env: dict[str, str], keep: Path | None = None) -> Counter[str]:
    """How many pixels of which colour stand in the toolbar, right of the address; `keep` keeps the picture."""
    command = [_tool("import"), "-window", "root", "-crop", "140x44+780+42", "-depth", "8"]
    picture = subprocess.run([*command, "ppm:-"], env=env, check=True, capture_output=True).stdout
    if keep:
        keep.with_suffix(".ppm").write_bytes(picture)
    header, _, rest = picture.partition(b"\n255\n")
    assert header.startswith(b"P6"), header[:40]
    return Counter(f"#{rest[at : at + 3].hex()}" for at in range(0, len(rest), 3))


def pin(extension: Path, profile: Path) -> None:
    """Has the toolbar show the extension's icon: Chromium names an unpacked extension by the hash of its path."""
    digest = hashlib.sha256(str(extension.resolve()).encode()).hexdigest()[:32]
    identity = digest.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps({"extensions": {"pinned_extensions": [identity]}}))
