"""Reading and checking a seed of so many companies, as `govties seed check` does: `python -m bench.checking`."""

import argparse
import tempfile
import time
from pathlib import Path

from app.seeding.checks import check
from app.seeding.reader import read_tree
from app.seeding.store import Fact, fact
from bench.world import DOMAINS_A_COMPANY, facts_of_world, write_seed


def sound(one: Fact) -> Fact:
    """The made-up world's ties with the evidence that their sources give, which its chance does not care for."""
    if one.type != "tie":
        return one
    publishers = {source["publisher"] for source in one.body["sources"]}
    return fact("tie", one.id, one.body | {"evidence": "corroborated" if len(publishers) > 1 else "single_report"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=1_000)
    companies = parser.parse_args().companies
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder) / "seed"
        write_seed([sound(one) for one in facts_of_world(companies * DOMAINS_A_COMPANY)], seed)
        wall, cpu = time.perf_counter(), time.process_time()
        tree = read_tree(seed)
        read, read_cpu = time.perf_counter(), time.process_time()
        found = check(tree)
        done, done_cpu = time.perf_counter(), time.process_time()
    print(f"{len(tree.companies):,} companies, {len(found):,} problems")
    print(f"read   {read - wall:5.2f} s ({read_cpu - cpu:.2f} s of processor)")
    print(f"check  {done - read:5.2f} s ({done_cpu - read_cpu:.2f} s of processor)")
    print(f"total  {done - wall:5.2f} s ({done_cpu - cpu:.2f} s of processor)")


if __name__ == "__main__":
    main()
