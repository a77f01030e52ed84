"""Screenshots of the extension: every state into docs/screenshots/extension/, the stores' pictures into docs/stores/.

`make shots` takes them with the rest; `python -m tests.e2e.shots_extension` takes the states alone.
"""

import base64
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, Playwright, sync_playwright

from app.settings import ROOT
from tests.e2e.browser import Chromium
from tests.e2e.desktop import CHROMIUM_WINDOW, pin, run_desktop
from tests.e2e.looks import MEDIA
from tests.e2e.shots_popup import take_popup
from tests.e2e.states import STATES, Stage, run_stage

OUT = ROOT / "docs" / "screenshots" / "extension"
STORES = ROOT / "docs" / "stores"
MAX_BYTES = 100_000
STORE_SIZE = {"width": 1280, "height": 800}
WORDS = {
    "en": (
        ("zappos", "Who owns this shop, and whom do they work for? One click, and nothing is sent."),
        ("palantir", "Every claim with its source, its date, and how sure it is."),
        ("options", "Choose which agencies and which kinds of tie matter to you."),
    ),
    "es": (
        ("zappos", "¿De quién es esta tienda y para quién trabaja? Un clic, y no se envía nada."),
        ("palantir", "Cada afirmación, con su fuente, su fecha y su grado de certeza."),
        ("options", "Elija qué organismos y qué tipos de vínculo le importan."),
    ),
}
FRAME = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 0; width: 1280px; height: 800px; display: flex; align-items: center;
    justify-content: center; gap: 80px;
    background: #eef0f3; font: 600 40px/1.3 "DejaVu Sans", sans-serif; color: #1f2328; }}
  p {{ width: 520px; }} img {{ border-radius: 12px; box-shadow: 0 6px 30px #0003; }}
</style><p>{text}</p><img src="data:image/png;base64,{picture}">"""


def take_states(playwright: Playwright, folder: Path) -> None:
    """Every state; some of them dark, in Spanish, with forced colours, in high contrast; settings and welcome page."""
    OUT.mkdir(parents=True, exist_ok=True)
    pin(folder / "extension" / "chromium", folder / "profile")
    with run_desktop() as screen, run_stage(playwright, folder, env=screen, **CHROMIUM_WINDOW) as stage:
        for name in STATES:
            _take_state(screen, stage, name)
        for name, media in (("via-owner", "dark"), ("disputed", "forced"), ("none-found", "contrast")):
            _take_state(screen, stage, name, media=media)
        _take_state(screen, stage, "documented", lang="es")
        _take_pages(stage)


def _take_state(screen: dict[str, str], stage: Stage, name: str, lang: str = "", media: str = "") -> None:
    file = OUT / f"{'-'.join(filter(None, (name, lang, media)))}.png"
    scheme, _, host, *_ = stage.bring_about(name).split("/")
    take_popup(screen, stage.browser, f"{scheme}//{host}/", file, lang or "en", media)
    lighten(file)


def _take_pages(stage: Stage) -> None:
    stage.reset()
    for name in ("options", "welcome"):
        for lang, media in (("en", "light"), ("es", "dark")):
            page = stage.browser.extension_page(f"{name}/{name}.html", lang, **MEDIA[media])
            page.set_viewport_size({"width": 760, "height": 700})
            if name == "options":
                page.locator("#agencies-some").check()
                page.locator("#kinds-some").check()
                page.locator("#kind-grant").check()
            keep(page, OUT / f"{name}-{lang}-{media}.png")
            stage.reset()


def take_stores(screen: dict[str, str], browser: Chromium) -> None:
    """1280 × 800 as the stores ask for, with the real data."""
    for lang, pictures in WORDS.items():
        for number, (site, text) in enumerate(pictures, 1):
            file = STORES / f"{lang}-{number}.png"
            if site == "options":
                _take_options(browser, lang, file)
            else:
                take_popup(screen, browser, f"https://{site}.com/", file, lang)
            frame = browser.context.new_page()
            frame.set_viewport_size(STORE_SIZE)  # type: ignore[arg-type]
            frame.set_content(FRAME.format(text=text, picture=base64.b64encode(file.read_bytes()).decode()))
            keep(frame, file)


def _take_options(browser: Chromium, lang: str, file: Path) -> None:
    page = browser.extension_page("options/options.html", lang)
    page.set_viewport_size({"width": 520, "height": 720})
    page.locator("#agencies-some").check()
    page.locator("#agency-us-dhs").check()
    page.screenshot(path=file)
    page.evaluate("() => chrome.storage.local.remove('settings')")
    page.close()


def keep(page: Page, file: Path) -> None:
    """A screenshot of the whole page."""
    page.screenshot(path=file, full_page=True)
    page.close()
    lighten(file)


def lighten(file: Path) -> None:
    """Leave a picture few colours, which for flat pages are all there are."""
    subprocess.run(["convert", file, "+dither", "-colors", "128", f"PNG8:{file}"], check=True)
    if file.stat().st_size > MAX_BYTES:
        raise RuntimeError(f"{file.name} has {file.stat().st_size:,} bytes, more than {MAX_BYTES:,}")


if __name__ == "__main__":
    with TemporaryDirectory() as temporary, sync_playwright() as running:
        take_states(running, Path(temporary))
