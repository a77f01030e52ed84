"""The section "Releases and snapshots" of docs/benchmarks.md, made of what bench/snapshots.py measured."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.sizes import Sizes

BEGIN, END = "<!-- bench.snapshots: begin -->", "<!-- bench.snapshots: end -->"
TITLE = (
    "# Benchmarks\n\nWhat was measured, how, and the goals it is held against. Nothing here is asserted in a test.\n"
)


@dataclass(frozen=True)
class Figures:
    """What was measured for one world. `deltas` are bytes as served, by how much had changed."""

    domains: int
    sizes: Sizes
    deltas: dict[str, int]
    node: dict[str, Any]
    browsers: dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Conditions:
    """Under which circumstances. `loads` and `stretches` are those before, between and after the worlds."""

    day: str
    cores: int
    loads: list[float]
    stretches: list[float]
    versions: list[str]
    runs: int


Cell = Callable[[Figures], str]
Row = tuple[str, Cell, str]


def whole(value: float) -> str:
    return f"{value:,.0f}"


def ms(value: float) -> str:
    """Milliseconds, with as many digits as mean something."""
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 10 else whole(value)


def mb(value: float) -> str:
    return f"{value / 1e6:.1f}"


def share(part: float, of: float) -> str:
    return f"{100 * part / of:.2f} %"


def table(title: str, found: list[Figures], rows: list[Row]) -> str:
    heads = " | ".join(f"{each.domains:,}" for each in found)
    lines = [f"| {title} | {heads} | Goal (stretch) |", f"|---|{'---:|' * len(found)}---|"]
    lines += [f"| {name} | {' | '.join(cell(each) for each in found)} | {goal} |" for name, cell, goal in rows]
    return "\n".join(lines)


def parts(name: str) -> Row:
    return f"· {name}, alone", lambda f: whole(f.sizes.parts[name]), ""


def delta(words: str, goal: str) -> Row:
    return (
        f"delta, {words} of the domains changed",
        lambda f: f"{whole(f.deltas[words])} = {share(f.deltas[words], f.sizes.served)}",
        goal,
    )


BYTES: list[Row] = [
    ("names / ties / hops", lambda f: f"{f.sizes.domains:,} / {f.sizes.ties:,} / {f.sizes.hops:,}", ""),
    ("snapshot, JSON", lambda f: whole(f.sizes.raw), "≤ 64 MiB, what readers take"),
    ("snapshot, as served (brotli; 9 above 4 MiB, else 11)", lambda f: whole(f.sizes.served), ""),
    ("snapshot, brotli 11", lambda f: whole(f.sizes.best), ""),
    ("names alone, a sorted list, brotli 11", lambda f: whole(f.sizes.names), ""),
    ("snapshot, a name", lambda f: f"{f.sizes.best / f.sizes.domains:.1f}", ""),
    parts("names, targets"),
    parts("companies"),
    parts("ownership"),
    parts("ties"),
    ("ownership, a hop", lambda f: f"{f.sizes.parts['ownership'] / f.sizes.hops:.0f}", ""),
    ("ties, a tie", lambda f: f"{f.sizes.parts['ties'] / f.sizes.ties:.0f}", "≤ 150 (100)"),
    ("snapshot ÷ (1.5 × names + 150 a tie)", lambda f: f"{f.sizes.best / f.sizes.goal:.2f}", "≤ 1 at 10,000"),
    ("snapshot ÷ (1.2 × names + 100 a tie)", lambda f: f"{f.sizes.best / f.sizes.stretch:.2f}", "(≤ 1 at 10,000)"),
    ("snapshot without the hops ÷ the first of these", lambda f: f"{f.sizes.without_hops / f.sizes.goal:.2f}", ""),
    delta("0.1 %", "≤ 0.2 % (0.1 %)"),
    delta("1 %", ""),
]  # fmt: skip

NODE: list[Row] = [
    ("JSON.parse, ms", lambda f: ms(f.node["parse"]), ""),
    ("first answer, ms", lambda f: ms(f.node["first"]), ""),
    ("isSnapshot, ms", lambda f: ms(f.node["check"]), ""),
    ("delta of 1 %: parse and apply, ms", lambda f: ms(f.node["delta"]), ""),
    ("write the result's bytes, ms", lambda f: ms(f.node["write"]), ""),
    ("heap that the snapshot holds, MB", lambda f: mb(f.node["heap"]), ""),
    ("later answers, whole, µs each", lambda f: f"{f.node['later']:.1f}", ""),
    ("lookup alone, host to name, µs", lambda f: f"{f.node['ours']:.2f}", ""),
    ("ToS;DR's scan for the same hosts, µs", lambda f: whole(f.node["theirs"]), ""),
    ("scan ÷ lookup", lambda f: f"{whole(f.node['theirs'] / f.node['ours'])} ×", "≥ 1,000 × (4,000 ×) at 100,000"),
    ("scan ÷ whole answer", lambda f: f"{whole(f.node['theirs'] / f.node['later'])} ×", ""),
    ("a plain scan (one name an entry) ÷ lookup", lambda f: f"{whole(f.node['plain'] / f.node['ours'])} ×", ""),
]


def browser(name: str, run: str, key: str, shown: Callable[[float], str] = ms) -> Cell:
    return lambda f: shown(f.browsers[name][run][key])


def popup(name: str, memory: list[Row]) -> list[Row]:
    return [
        ("popup, first after a restart: answer shown, ms", browser(name, "cold", "shown"), ""),
        ("popup, once more, ms", browser(name, "warm", "shown"), ""),
        *memory,
        ("first download, checked and stored, ms", browser(name, "first", "copy"), ""),
        ("· of that in three requests, ms", browser(name, "first", "network"), ""),
        ("delta of 0.1 %: fetched, applied, checked and stored, ms", browser(name, "0.1 %", "copy"), ""),
        ("delta of 1 %, ms", browser(name, "1 %", "copy"), ""),
    ]


def of_rules(run: str) -> Cell:
    return lambda f: share(f.browsers["Chromium"][run]["rules"], f.browsers["Chromium"][run]["total"])


CHROMIUM: list[Row] = [
    *popup("Chromium", [
        ("heap of the popup as it is shown, MB", browser("Chromium", "cold", "heap", mb), ""),
        ("· after a collection of garbage, MB", browser("Chromium", "cold", "kept", mb), ""),
    ]),
    ("icon rules: conditions", browser("Chromium", "first", "conditions", whole), ""),
    ("icon rules stand, after the first copy is stored, ms", browser("Chromium", "first", "rules"), ""),
    ("icon rules left as they are, as at each start, ms", browser("Chromium", "again", "total"), ""),
    ("icon rules replaced, after a delta of 0.1 %, ms", browser("Chromium", "0.1 %", "rules"), ""),
    ("· `getRules`, ms", browser("Chromium", "0.1 %", "getRules"), ""),
    ("· then until `addRules`: planning, making of matchers, ms", browser("Chromium", "0.1 %", "plan"), ""),
    ("· `addRules`, ms", browser("Chromium", "0.1 %", "addRules"), ""),
    ("· `removeRules`, ms", browser("Chromium", "0.1 %", "removeRules"), ""),
    ("· share of the whole refresh", of_rules("0.1 %"), ""),
    ("CPU of that refresh: the browser's process, ms", browser("Chromium", "0.1 %", "cpu.browser"), ""),
    ("· renderers with the extension's worker, ms", browser("Chromium", "0.1 %", "cpu.renderer"), ""),
]  # fmt: skip

FIREFOX = popup(
    "Firefox",
    [("memory of the extensions' process, more with the popup, MB", browser("Firefox", "cold", "heap", mb), "")],
)


def setting(met: Conditions) -> str:
    """Under which circumstances, in two paragraphs."""
    listed = [", ".join(f"{each:.1f}" for each in many) for many in (met.loads, met.stretches)]
    machine = [
        f"Made by `make bench-snapshots` on {met.day}, in one run; medians of {met.runs} runs, one thing at a time.",
        f"{'; '.join(met.versions)}. {met.cores} cores, shared with other work: before, between and after the worlds",
        f"the load average was {listed[0]}, and a second of a core took {listed[1]} seconds. So times in browsers,",
        "which are of the clock, are about so many times those of a machine at rest, and vary by half; times in Node",
        "are of the core. Compare within a table.",
    ]
    worlds = [
        "The worlds are made up (`bench/world.py`): ten names a company, one to three ties at every tenth company, an",
        "owner of every third, one source a hop. They are published into SQLite and served by `govties serve` on the",
        "same machine. The real seed has more to say of each name: a tie for every five, here one for every sixty.",
        "Goals are those that the design set, with what is hoped for besides in brackets.",
    ]
    return " ".join(machine) + "\n\n" + " ".join(worlds)


NOTES = {
    "Bytes": "A snapshot and its tables, in bytes. A table packed alone is larger than as a part of the whole.",
    "Node": (
        "The extension's own reader. Each run is a process of its own; the first answer finds no code compiled. "
        "Heap is what the parsed snapshot holds after a collection of garbage. Hosts: half names of the release, a "
        "quarter below one, a quarter unknown. ToS;DR's scan (its `serviceDetection.ts`, written anew) goes through an "
        "array of objects, here one a domain, and splits each one's list of addresses."
    ),
    "Chromium": (
        "The packaged extension, headless, with the service on the loopback. Its worker is replaced by one that calls "
        "the same `refresh()` when it is told to and times it (`bench/js/`). Restarted means: the browser closed and "
        "started with the copy in its profile, a second of rest, no worker running, so that nothing was parsed. "
        "The popup is a page in a tab; its time runs from the beginning of the page (the zero of its "
        "`performance.now()`) to the frame after the answer was put into it, 16 ms at rest. Heap: `JSHeapUsedSize` of "
        "the DevTools protocol. CPU: of all processes of that kind, by `SystemInfo.getProcessInfo`, meanwhile. "
        "The time of the rules begins with `getRules`; the stored copy is read once more meanwhile. Each release names "
        "all rules anew, so each refresh adds them all and then removes the old; the cost follows the number of "
        "conditions."
    ),
    "Firefox": (
        "The same. Firefox has no rules by host, and nothing like `JSHeapUsedSize` for one page: memory is what "
        "`ChromeUtils.requestProcInfo()` says of the process of all extensions, with the popup less before."
    ),
}


def section(found: list[Figures], met: Conditions) -> str:
    """The whole section, without its markers."""
    tables = {"Bytes": BYTES, "Node": NODE, "Chromium": CHROMIUM, "Firefox": FIREFOX}
    blocks = [f"### {name}\n\n{NOTES[name]}\n\n{table('domains', found, rows)}" for name, rows in tables.items()]
    return "\n\n".join(["## Releases and snapshots", setting(met), *blocks])


def rewrite(path: Path, text: str, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Put a section between its markers, or behind all else where there are none yet."""
    begin, end = marks
    old = path.read_text("utf-8") if path.exists() else TITLE
    before, _, rest = old.partition(begin)
    after = rest.partition(end)[2] or "\n"
    path.write_text(f"{before.rstrip()}\n\n{begin}\n{text}\n{end}{after}", "utf-8")
