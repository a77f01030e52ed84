"""Times the extension with many domains in a real Chromium: `make bench-extension`. It measures and asserts nothing.

The snapshot is that of the made-up world with its names multiplied, so that every tenth has a badge of each kind.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests.e2e.browser import RealPopup
from tests.e2e.states import KEPT, Stage, run_stage

ROUNDS = 7
POPUP = "popup/popup.html"
TEXT = "config.js"

MULTIPLY = (
    "async (count) => {"
    + KEPT
    + """
  const { names, targets, companies } = snapshot;
  const named = names.map((name, at) => [name, targets[at]]);
  for (let n = 0; n < count; n += 1) named.push([`shop-${n}.example-${n % 97}.com`, n % companies.id.length]);
  named.sort(([a], [b]) => (a < b ? -1 : 1));
  const larger = { ...snapshot, names: named.map(([name]) => name), targets: named.map(([, target]) => target) };
  await saveData({ ...facts, sha256: String(Math.random()) }, bytes(larger));
  return bytes(larger).length;
}"""
)
# As the worker does it, but for the download: read, plan, draw, register.
REGISTER = """async () => {
  const start = performance.now();
  const answer = await chrome.runtime.sendMessage("icons");
  return answer === "done" ? performance.now() - start : NaN;
}"""
NO_RULES = "() => new Promise((done) => chrome.declarativeContent.onPageChanged.removeRules(undefined, done))"
# In a page, with the same modules: what of it keeps a thread busy.
PLAN = (
    "async () => {"
    + KEPT
    + """
  const { planRules } = await import("/lib/rules.js");
  const start = performance.now();
  const plans = planRules(snapshot, String(Math.random()));
  return [performance.now() - start, plans.length, plans.reduce((sum, plan) => sum + plan.conditions.length, 0)];
}"""
)
ANSWER = """async () => {
  const start = performance.now();
  await chrome.runtime.sendMessage("nothing").catch(() => {});
  return performance.now() - start;
}"""
# A second message, sent while the rules of the first are being made.
MEANWHILE = (
    "async () => {"
    + KEPT
    + """
  await saveFacts({ ...facts, sha256: String(Math.random()) });
  const start = performance.now();
  const work = chrome.runtime.sendMessage("icons");
  await new Promise((later) => setTimeout(later, 5));
  const asked = performance.now();
  await chrome.runtime.sendMessage("nothing").catch(() => {});
  const waited = performance.now() - asked;
  await work;
  return [waited, performance.now() - start];
}"""
)
# The popup is empty until the answer stands, so the first paint with content is the answer's.
SHOWN = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


def main(domains: int) -> int:
    """Print the figures, as JSON a line."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright, run_stage(playwright, Path(folder)) as stage:
        page = stage.browser.extension_page("welcome/welcome.html")
        size = page.evaluate(MULTIPLY, domains)
        _print("snapshot", domains=domains, bytes=size)
        _rules(page)
        _starts(stage, page)
        _popups(stage)
    return 0


def _rules(page: Page) -> None:
    took = []
    for _ in range(ROUNDS):
        page.evaluate(NO_RULES)
        took.append(page.evaluate(REGISTER))
    _print("read, plan and register all rules, none there before", **_spread(took))
    took = []
    for _ in range(ROUNDS):
        page.evaluate(MULTIPLY, 0)  # another hash, so that all rules are new
        took.append(page.evaluate(REGISTER))
    _print("read, plan and register all rules, replacing as many", **_spread(took))
    _print("the same again, nothing changed", **_spread([page.evaluate(REGISTER) for _ in range(ROUNDS)]))
    planned = [page.evaluate(PLAN) for _ in range(ROUNDS)]
    _print(
        "planning alone, in one go",
        **_spread([each[0] for each in planned]),
        rules=planned[0][1],
        conditions=planned[0][2],
    )
    waits = [page.evaluate(MEANWHILE) for _ in range(ROUNDS)]
    _print("another message waits meanwhile", **_spread([wait for wait, _ in waits]))


def _starts(stage: Stage, page: Page) -> None:
    """How soon an ended worker answers, with many domains stored."""
    assert stage.browser.context.browser is not None
    cdp = stage.browser.context.new_cdp_session(page)
    took = []
    for _ in range(ROUNDS):
        cdp.send("ServiceWorker.enable")
        cdp.send("ServiceWorker.stopAllWorkers")
        page.wait_for_timeout(300)
        took.append(page.evaluate(ANSWER))
    _print("an ended worker starts and answers", **_spread(took))


def _popups(stage: Stage) -> None:
    took = []
    for _ in range(ROUNDS):
        popup = stage.browser.popup_page("https://www.bigco.com/")
        popup.wait_for_timeout(200)
        took.append(popup.evaluate(SHOWN))
        popup.close()
    _print("popup as a page: from its start to the answer", **_spread(took))
    page = stage.browser.extension_page("welcome/welcome.html")
    ours: list[float] = []
    least: list[float] = []
    for n in range(2 * ROUNDS):  # in turn, so that the machine's noise hits both alike
        file, took = (TEXT, least) if n % 2 else (POPUP, ours)
        page.evaluate("(popup) => chrome.action.setPopup({ popup })", file)
        bubble = RealPopup(stage.browser, stage.browser.visit(f"https://www.bigco.com/{n}"), file)
        page.wait_for_timeout(500)
        took.append(bubble.evaluate(SHOWN))
    _print("the real popup: from its start to the answer", **_spread(ours))
    _print("a popup that is a file of text: the least this machine takes", **_spread(least))


def _spread(values: list[float]) -> dict[str, float]:
    return {"median_ms": round(statistics.median(values), 1), "worst_ms": round(max(values), 1)}


def _print(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--domains", type=int, default=10_000)
    sys.exit(main(parser.parse_args().domains))
