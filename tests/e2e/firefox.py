"""Firefox over Marionette, its own remote protocol: frames of `length:json`; a command is [0, id, name, parameters], an
answer [1, id, error, value]. Playwright's Firefox is another browser, and geckodriver is not in Debian."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.desktop import SIZE
from tests.service import free_port

MISSING = "Firefox is missing. Install it: apt-get install -y --no-install-recommends firefox-esr fonts-dejavu-core"
ADDON = "govties@govties.invalid"
# The number that Firefox would draw for this installation; fixed, so that tests know where its pages are.
ORIGIN = "moz-extension://8f1b6c52-3a55-4d0f-9f0b-1c8a2d7e4b90"
START_SECONDS = 120
QUIET: dict[str, object] = {
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.security.https_first": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.webextensions.uuids": json.dumps({ADDON: ORIGIN.removeprefix("moz-extension://")}),
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "security.notification_enable_delay": 0,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "data:,",
}
ACTION = """
  const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
  const extension = ExtensionParent.GlobalManager.getExtension(arguments[0]);
  const window = Services.wm.getMostRecentWindow("navigator:browser");
  const action = extension.apiManager.global.browserActionFor(extension);
"""
PLACE = """
  const { x, y, width, height } = action.widget.forWindow(window).node.getBoundingClientRect();
  return [window.mozInnerScreenX + x + width / 2, window.mozInnerScreenY + y + height / 2].map(Math.round);
"""
POPUP = """
  const window = Services.wm.getMostRecentWindow("navigator:browser");
  const popup = window.document.querySelector("browser.webextension-popup-browser");
  return popup ? [popup.clientWidth, popup.clientHeight, popup.contentTitle] : [0, 0, ""];
"""
PROMPT = """
  const panel = Services.wm.getMostRecentWindow("navigator:browser").document.getElementById("notification-popup");
  const open = panel.state === "open" ? panel.querySelector("popupnotification") : null;
"""


class Firefox:
    """A connection to a running Firefox."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""
        self._sent = 0
        self._frame()  # the greeting
        self.call("WebDriver:NewSession", acceptInsecureCerts=True)

    def _frame(self) -> Any:
        while b":" not in self._buffer:
            self._more()
        length, _, self._buffer = self._buffer.partition(b":")
        while len(self._buffer) < int(length):
            self._more()
        frame, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        return json.loads(frame)

    def _more(self) -> None:
        data = self._connection.recv(65536)
        if not data:
            raise ConnectionError("Firefox has gone")
        self._buffer += data

    def call(self, command: str, **parameters: Any) -> Any:
        """The result of a Marionette command."""
        self._sent += 1
        data = json.dumps([0, self._sent, command, parameters]).encode()
        self._connection.sendall(f"{len(data)}:".encode() + data)
        _, _, error, value = self._frame()
        assert error is None, error
        return value.get("value", value) if isinstance(value, dict) else value

    def script(self, body: str, *args: Any) -> Any:
        """What the body of an asynchronous function returns, run with the browser's own rights."""
        self.call("Marionette:SetContext", value="chrome")
        try:
            return self.call("WebDriver:ExecuteScript", script=f"return (async () => {{ {body} }})()", args=list(args))
        finally:
            self.call("Marionette:SetContext", value="content")

    def use_newest_tab(self) -> None:
        """Speaks to the tab that the extension opens after it is installed, and closes the others."""
        deadline = time.monotonic() + START_SECONDS
        while len(handles := self.call("WebDriver:GetWindowHandles")) < 2:
            assert time.monotonic() < deadline, "no welcome page was opened"
            time.sleep(0.05)
        for handle in handles[:-1]:
            self.call("WebDriver:SwitchToWindow", handle=handle)
            self.call("WebDriver:CloseWindow")
        self.call("WebDriver:SwitchToWindow", handle=handles[-1])

    def open(self, url: str) -> None:
        """The page in the current tab."""
        self.call("WebDriver:Navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        return self.call("WebDriver:ExecuteScript", script=f"return (async () => ({expression}))()", args=[])

    def click(self, xpath: str) -> None:
        """A click as a person makes it, which counts where a browser asks for one."""
        found = self.call("WebDriver:FindElement", using="xpath", value=xpath)
        self.call("WebDriver:ElementClick", id=next(iter(found.values())))

    def prompt(self) -> str:
        """The text of the permission prompt that is open, else nothing."""
        return str(self.script(PROMPT + "return open ? open.textContent + open.getAttribute('label') : '';"))

    def answer_prompt(self, allow: bool) -> None:
        """Presses a button of the permission prompt."""
        self.script(PROMPT + f"open.{'button' if allow else 'secondaryButton'}.click();")

    def title(self) -> str:
        """What a screen reader says of the extension's button in the current tab."""
        return str(
            self.script(ACTION + "return action.action.getContextData(window.gBrowser.selectedTab).title;", ADDON)
        )

    def icon(self) -> str:
        """The address of the extension's icon in the current tab: a file, or what it drew."""
        body = "return action.action.getContextData(window.gBrowser.selectedTab).icon['16'];"
        return str(self.script(ACTION + body, ADDON))

    def icon_place(self) -> tuple[int, int]:
        """Where on the screen the extension's button is."""
        x, y = self.script(ACTION + PLACE, ADDON)
        return x, y

    def popup(self) -> tuple[int, int, str]:
        """Width, height and title of the popup that is open, as the window shows it; (0, 0, "") if there is none."""
        width, height, title = self.script(POPUP)
        return width, height, title


@contextmanager
def run_firefox(
    profile: Path, http_port: int, extension: Path, screen: dict[str, str] | None = None
) -> Iterator[Firefox]:
    """Firefox with the extension; every host name leads to the server on `http_port`. With a `screen`, the environment
    of a desktop, its window is there."""
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    if binary is None:
        raise RuntimeError(MISSING)
    port = free_port()
    _write_preferences(profile, port, http_port)
    window = ["-width", str(SIZE[0]), "-height", str(SIZE[1])] if screen else ["--headless"]
    options = ["--marionette", "--remote-allow-system-access", "--no-remote"]
    command = [binary, *window, *options, "--profile", str(profile)]
    env = {**(screen or os.environ), "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as process:
        try:
            with _connected(port, process) as connection:
                firefox = Firefox(connection)
                firefox.call("Addon:Install", path=str(extension), temporary=True)
                firefox.use_newest_tab()
                yield firefox
        finally:
            process.terminate()


def _write_preferences(profile: Path, port: int, http_port: int) -> None:
    profile.mkdir(parents=True)
    proxy = {"type": 1, "http": "127.0.0.1", "http_port": http_port, "no_proxies_on": "127.0.0.1"}
    chosen = {**QUIET, "marionette.port": port, **{f"network.proxy.{name}": value for name, value in proxy.items()}}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items()]
    (profile / "user.js").write_text("".join(lines))


def _connected(port: int, process: "subprocess.Popen[bytes]") -> socket.socket:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=180)
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
