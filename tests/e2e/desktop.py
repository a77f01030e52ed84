"""A desktop without a screen: what a person sees there, and clicks as a person makes them."""

import hashlib
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.waiting import until

MISSING = (
    "{} is missing. Install it: apt-get install -y --no-install-recommends xvfb xdotool imagemagick fonts-dejavu-core"
)
SIZE = (1000, 700)
TOOLBAR = 90  # pixels from the top that tabs and toolbar take
POPUP = (360, 300)  # pixels at least that a popup with an answer takes
# Where Chromium shows the icon of the one extension that is pinned, in a window of this size.
CHROMIUM_ICON = (850, 62)
CHROMIUM_WINDOW: dict[str, Any] = {
    "args": [f"--window-size={SIZE[0]},{SIZE[1]}", "--window-position=0,0"],
    "no_viewport": True,
    "headless": False,
}


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


def click(env: dict[str, str], place: tuple[int, int]) -> None:
    """Moves the mouse there and clicks."""
    x, y = map(str, place)
    subprocess.run([_tool("xdotool"), "mousemove", x, y, "click", "1"], env=env, check=True)


def take(env: dict[str, str], file: Path, crop: str = "") -> Path:
    """A picture of the screen, or of a part of it: `WIDTHxHEIGHT+X+Y`."""
    part = ["-crop", crop, "+repage"] if crop else []
    subprocess.run([_tool("import"), "-window", "root", *part, file], env=env, check=True)
    return file


def wait_for_popup(env: dict[str, str], before: Path) -> None:
    """Until the screen shows a popup that can be read over the page of the picture."""
    after = before.with_name(f"after-{before.name}")

    def seen() -> bool:
        (width, height), (least_width, least_height) = changed(before, take(env, after)), POPUP
        return width >= least_width and height >= least_height

    until(seen, within=10, what=f"the popup on the screen, {POPUP[0]} pixels wide")


def changed(before: Path, after: Path) -> tuple[int, int]:
    """Width and height of what differs between two pictures of the screen, below the toolbar."""
    command = [_tool("convert"), str(before), str(after), "-compose", "difference", "-composite"]
    trim = ["-chop", f"0x{TOOLBAR}", "-bordercolor", "black", "-border", "1", "-trim", "-format", "%w %h", "info:"]
    size = subprocess.run([*command, *trim], check=True, capture_output=True, text=True).stdout
    width, height = map(int, size.split())
    return width, height


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
