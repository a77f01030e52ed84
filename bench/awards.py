"""How long an import of 2,000,000 award transactions takes, against DuckDB reading the same needed columns of the same
CSV, and how much memory it needs.

python -m bench.awards [--rows 2000000] [--postgresql] [--keep DIR]

Every step runs in a process of its own, so that each has its own peak. CPU seconds stand beside wall seconds: on a
machine that others use too they are the steadier ratio. The firms of every fifth recipient are in the seed.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import duckdb

from app.awards.columns import LAYOUTS
from app.awards.csv_faults import read_header
from app.awards.usaspending import FIELDS, source
from app.stack import postgres
from bench.generate_awards import generate, write_seed

THREADS = os.cpu_count() or 1


def needed(path: Path) -> list[str]:
    """The columns of the file that an import reads."""
    header = read_header(path, path.name)
    fields = LAYOUTS[0].fields
    return [name for field in FIELDS for name in fields.get(field, ()) if name in header]


def read_only(path: Path) -> None:
    """DuckDB reads the needed columns, and nothing else."""
    counts = ", ".join(f'count("{name}")' for name in needed(path))
    with duckdb.connect() as connection:
        connection.execute(f"SELECT {counts} FROM {source(read_header(path, path.name), path)}").fetchall()


def run_import(path: Path) -> None:
    from_cli = Path(sys.executable).with_name("govties")
    subprocess.run([str(from_cli), "awards", "import", str(path)], check=True)


STEPS = {"read": read_only, "import": run_import, "again": run_import}


def measure(step: str, path: Path, env: dict[str, str]) -> dict[str, float]:
    """Wall seconds, CPU seconds and peak memory in MiB of a step, in a process of its own."""
    command = [sys.executable, "-m", "bench.awards", "--step", step, str(path)]
    done = subprocess.run(command, env={**os.environ, **env}, check=True, stdout=subprocess.PIPE, text=True)
    print(*(f"    {line}" for line in done.stdout.splitlines()[:-1]), sep="\n")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{step:>8}: {found['wall']:7.1f} s wall, {found['cpu']:7.1f} s CPU, peak {found['peak']:6.0f} MiB")
    return found


def one_step(step: str, path: Path) -> None:
    started = time.perf_counter()
    STEPS[step](path)
    wall = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in used)
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": max(each.ru_maxrss for each in used) / 1024}))


def compare(folder: Path, rows: int, database: str | None) -> None:
    path = folder / f"made_up_{rows}.csv"
    if not path.exists():
        generate(path, rows)
    print(f"{rows:,} rows, {path.stat().st_size / 1e9:.2f} GB, {THREADS} cores, {len(needed(path))} columns needed")
    seed = write_seed(folder / "seed")
    with tempfile.TemporaryDirectory(dir=folder) as data:
        env = {"GOVTIES_DATA_DIR": data, "GOVTIES_SEED_DIR": str(seed)}
        if database:
            env["GOVTIES_DATABASE_URL"] = database
        # Read before and after, so that a machine that grows busier meanwhile does not flatter the ratio.
        before = measure("read", path, env)
        done, again = measure("import", path, env), measure("again", path, env)
        after = measure("read", path, env)
    for unit in ("wall", "cpu"):
        base = (before[unit] + after[unit]) / 2
        print(f"{unit}: import / reading = {done[unit] / base:.2f}, again / reading = {again[unit] / base:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--postgresql", action="store_true", help="a real one from its wheel; without it SQLite")
    parser.add_argument("--keep", type=Path, help="a folder in which the made-up file stays for the next run")
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        one_step(given.step[0], Path(given.step[1]))
        return
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
        url = parts.enter_context(postgres(folder / "postgres")) if given.postgresql else None
        compare(given.keep or folder, given.rows, url)


if __name__ == "__main__":
    main()
