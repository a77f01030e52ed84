"""Chromium and Firefox with a packaged extension whose worker does its work when it is told to (bench/js), and what
they need for it.

Everything is measured inside the browser: the worker by `performance.now()` around what it calls, the popup from the
beginning of its page (the zero of its `performance.now()`) to the frame after the one that shows the answer.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, Playwright

from app.packaging import build
from tests.e2e import firefox as driver
from tests.e2e.browser import Chromium, run_chromium
from tests.e2e.firefox import ADDON, Firefox
from tests.e2e.sites import Sites
from tests.keys import PUBLIC
from tests.service import free_port

JS = Path(__file__).parent / "js"
PATIENCE = 180
# What browsers do after their start is left to them before anything is measured.
SETTLE = 1
IDENTITY = "8f1b6c52-3a55-4d0f-9f0b-1c8a2d7e4b90"
# A temporary add-on goes with the browser; its address and its storage are there again when it is loaded again.
KEEPING: dict[str, object] = {
    "extensions.webextensions.uuids": json.dumps({ADDON: IDENTITY}),
    "extensions.webextensions.keepStorageOnUninstall": True,
    "extensions.webextensions.keepUuidOnUninstall": True,
}
PROCESSES = "const all = await ChromeUtils.requestProcInfo(); return all.children.map((c) => [c.type, c.memory]);"

Measured = dict[str, Any]


class Browser(Protocol):
    """A running browser with the extension."""

    def order(self, name: str) -> Measured:
        """What the worker measured when it was told this."""

    def popup(self, host: str) -> Measured:
        """How long a popup took to answer about a host, and the memory that it took."""


def package(backend: str, out: Path) -> Path:
    """The extension as it is packaged, with a worker and a beginning of pages that measure."""
    build(backend, out, "0.1.0", PUBLIC)
    for name in ("chromium", "firefox"):
        folder = out / name
        shutil.copyfile(JS / "worker.js", folder / "background.js")
        shutil.copyfile(JS / "page.js", folder / "page.js")
        shutil.copyfile(JS / "page.html", folder / "page.html")
        popup = folder / "popup" / "popup.html"
        text = popup.read_text("utf-8")
        assert "<title>" in text
        popup.write_text(text.replace("<title>", '<script src="../page.js"></script><title>', 1), "utf-8")
    return out


@dataclass
class InChromium:
    browser: Chromium
    origin: str

    def order(self, name: str) -> Measured:
        page = self.browser.visit(f"{self.origin}/page.html")
        try:
            before = self._cpu()
            page.evaluate("(name) => order(name)", name)
            result = _told(self._result(page))
            after = self._cpu()
            return result | {f"cpu.{kind}": 1000 * (after[kind] - before[kind]) for kind in before}
        finally:
            page.close()

    def _cpu(self) -> dict[str, float]:
        """Seconds of a core that the browser's own process and its renderers have used."""
        assert self.browser.context.browser is not None
        session = self.browser.context.browser.new_browser_cdp_session()
        used = dict.fromkeys(("browser", "renderer"), 0.0)
        for process in session.send("SystemInfo.getProcessInfo")["processInfo"]:
            if process["type"] in used:
                used[process["type"]] += process["cpuTime"]
        session.detach()
        return used

    def popup(self, host: str) -> Measured:
        page = self.browser.context.new_page()
        page.set_viewport_size({"width": 360, "height": 600})
        page.goto(f"{self.origin}/popup/popup.html?tab=1&host={host}")
        try:
            result = _told(self._result(page))
            return result | {"heap": self._heap(page), "kept": self._heap(page, collect=True)}
        finally:
            page.close()

    def _result(self, page: Page) -> str:
        page.wait_for_selector("html[data-result]", state="attached", timeout=PATIENCE * 1000)
        text: str = page.evaluate("document.documentElement.dataset.result")
        return text

    def _heap(self, page: Page, *, collect: bool = False) -> float:
        """Bytes of JavaScript objects in the page, with or without what is garbage."""
        session = self.browser.context.new_cdp_session(page)
        if collect:
            session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics = session.send("Performance.getMetrics")["metrics"]
        session.detach()
        return float(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize"))


@dataclass
class InFirefox:
    browser: Firefox

    def order(self, name: str) -> Measured:
        return self._visit(f"page.html?order={name}")

    def popup(self, host: str) -> Measured:
        before = self._memory()
        result = self._visit(f"popup/popup.html?tab=1&host={host}")
        return result | {"heap": self._memory() - before}

    def _visit(self, path: str) -> Measured:
        self.browser.call("WebDriver:Navigate", url=f"moz-extension://{IDENTITY}/{path}")
        deadline = time.monotonic() + PATIENCE
        script = "return document.documentElement.dataset.result ?? ''"
        while not (text := self.browser.call("WebDriver:ExecuteScript", script=script, args=[])):
            assert time.monotonic() < deadline, f"Firefox shows nothing at {path}"
            time.sleep(0.05)
        self.browser.call("WebDriver:Navigate", url="about:blank")
        return _told(text)

    def _memory(self) -> float:
        """Bytes that the process of the extensions has for itself."""
        return float(sum(size for kind, size in self.browser.script(PROCESSES) if kind == "extension"))


def _told(text: str) -> Measured:
    result: Measured = json.loads(text)
    assert "error" not in result, result
    return result


@contextmanager
def chromium(playwright: Playwright, folder: Path, profile: Path, sites: Sites) -> Iterator[InChromium]:
    """Chromium; a profile that was used before still holds the stored copy, and no worker runs then."""
    known = profile / "origin"
    with run_chromium(playwright, folder / "chromium", profile, sites) as browser:
        if not known.exists():
            known.write_text(browser.extension)
        time.sleep(SETTLE)
        yield InChromium(browser, known.read_text())


@contextmanager
def firefox(folder: Path, profile: Path) -> Iterator[InFirefox]:
    """Firefox; a profile that was used before still holds the stored copy."""
    port = _prepare(profile)
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    if binary is None:
        raise RuntimeError(driver.MISSING)
    options = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
    env = {**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"}
    command = [binary, *options, "--profile", str(profile)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as process:
        try:
            with driver._connected(port, process) as connection:
                connection.settimeout(PATIENCE)
                browser = Firefox(connection)
                browser.call("Addon:Install", path=str(folder / "firefox"), temporary=True)
                time.sleep(SETTLE)
                yield InFirefox(browser)
                browser.call("Marionette:Quit", flags=["eAttemptQuit"])
                process.wait(PATIENCE)
        finally:
            process.terminate()


def _prepare(profile: Path) -> int:
    """The port on which Firefox will listen."""
    profile.mkdir(parents=True, exist_ok=True)
    port = free_port()
    chosen = {**driver.QUIET, **KEEPING, "marionette.port": port}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items()]
    (profile / "user.js").write_text("".join(lines))
    return port
