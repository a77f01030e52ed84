"""How a page looks to those who see, hear or type: axe, widths, and what the keyboard reaches."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

MEDIA: dict[str, dict[str, str]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "contrast": {"contrast": "more"},
}

# Widths and colour schemes; colours are the same at every width.
SIGHTS = [(360, "light"), (360, "dark"), (768, "light"), (1440, "light")]


AXE = """async (colours) => {
  const rules = { "color-contrast": { enabled: colours } };
  const { violations } = await axe.run({ resultTypes: ["violations"], rules });
  return violations.map((rule) => `${rule.id}: ${rule.nodes[0].html.slice(0, 160)}`);
}"""


def violations(page: Page, *, colours: bool = True) -> list[str]:
    """The rules that axe finds broken, with the first element that breaks each. Contrast takes nine tenths of the time;
    without `colours` it is left out, for a page whose colours were looked at in another width."""
    if not page.evaluate("typeof axe === 'object' && 'run' in axe"):  # once a document: it is half a megabyte
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(AXE, colours)
    return found


def open_all(page: Page) -> None:
    """Opens every part that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def unframed_buttons(page: Page) -> list[str]:
    """The buttons without a border that can be seen; meant for forced colours, where nothing else tells a button."""
    found: list[str] = page.get_by_role("button").evaluate_all(UNFRAMED)
    return found


UNFRAMED = """all => all.filter((e) => {
  const { borderTopStyle, borderTopWidth, borderTopColor } = getComputedStyle(e);
  return borderTopStyle === "none" || borderTopWidth === "0px" || borderTopColor === "rgba(0, 0, 0, 0)";
}).map((e) => e.textContent)"""


def tab_to(page: Page, text: str, steps: int = 80) -> None:
    """Moves the focus by the Tab key until it is on what is called `text`."""
    for _ in range(steps):
        page.keyboard.press("Tab")
        if page.evaluate(NAME) == text:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", (
                "focus can be seen"
            )
            return
    raise AssertionError(f"Tab does not reach {text!r}")


NAME = """() => {
  const here = document.activeElement;
  return here.ariaLabel ?? (here.labels?.[0] ?? here).textContent.trim();
}"""
