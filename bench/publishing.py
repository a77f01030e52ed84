"""How long it takes to publish a world, and a one-claim edit on top of it, and how much memory; sizes of the files.

python -m bench.publishing [--domains 100000] [--database postgresql://…]
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import brotli

from app.db import Database
from app.publishing import publish_facts
from app.queries import releases as query
from app.releases.build import SNAPSHOT, unpack
from app.releases.signing import load_keys
from app.releases.snapshot import decode
from app.seeding.checks import check
from app.seeding.reader import read_tree
from app.seeding.store import Fact, fact, facts_of
from app.settings import Settings
from bench.world import churn, facts_of_world, write_seed


def peak() -> float:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Bench:
    def __init__(self, folder: Path, url: str | None) -> None:
        self.settings = Settings(_env_file=None, data_dir=folder, database_url=url)
        self.database = Database(self.settings)
        self.database.migrate("base", down=True)
        self.database.migrate()
        self.keys = load_keys(folder)

    def publish(self, what: str, facts: list[Fact]) -> int:
        last = [time.perf_counter()]
        parts: list[str] = []

        def say(_: str) -> None:
            now = time.perf_counter()
            parts.append(f"{now - last[0]:.1f}")
            last[0] = now

        started = time.perf_counter()
        done = publish_facts(self.database, facts, self.keys, say, allow_shrink=True)
        say("end")
        seconds = time.perf_counter() - started
        told = f"{done.changes:>9,} changes   peak {peak():,.0f} MiB   [{' '.join(parts[1:])}]"
        print(f"{what:<34} {seconds:8.2f} s   {told}")
        return done.release

    def sizes(self, number: int) -> None:
        with self.database.read() as session:
            for file in query.release_files(session, number):
                whole = query.release_file(session, number, file.name)
                assert whole
                assert whole.br is not None
                assert whole.gzip is not None
                packed = f"brotli {len(whole.br):>10,}, gzip {len(whole.gzip):>10,}"
                print(f"    {file.name:<16} {file.size:>12,} bytes, {packed}")
                if file.name == SNAPSHOT:
                    self._against_list(unpack(whole), len(whole.br))

    def _against_list(self, body: bytes, packed: int) -> None:
        tables = decode(body)
        names = "\n".join(sorted(tables.names)).encode()
        listed = len(brotli.compress(names, lgwin=24))
        ties = len(tables.rows["ties"])
        best = len(brotli.compress(body, lgwin=24)) if len(body) < 64e6 else packed
        goal = 1.5 * listed + 150 * ties
        print(f"    names alone, brotli 11: {listed:,} bytes; {len(tables.names):,} names, {ties:,} ties")
        print(f"    snapshot, brotli 11: {best:,} bytes = {best / goal:.2f} of the goal (1.5 x names + 150 a tie)")


def read_seed(facts: list[Fact], folder: Path) -> None:
    """Before a publication the seed is read and checked, all of it: how long that takes."""
    write_seed(facts, folder)
    started = time.perf_counter()
    tree = read_tree(folder)
    read = time.perf_counter()
    problems = check(tree)
    checked = time.perf_counter()
    count = len(list(facts_of(tree)))
    size = sum(path.stat().st_size for path in folder.rglob("*.yml"))
    told = f"read {read - started:.1f} s, check {checked - read:.1f} s, records {time.perf_counter() - checked:.1f} s"
    print(f"the seed, {len(tree.companies):,} files of {size / 1e6:.0f} MB: {told}; {count:,} records")
    for problem in problems[:3]:
        print("   ", problem)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, default=100_000)
    parser.add_argument("--database")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), given.database)
        facts = facts_of_world(given.domains)
        print(f"a world of {given.domains:,} domains: {len(facts):,} records; peak {peak():,.0f} MiB before publishing")
        read_seed(facts, Path(folder) / "seed")
        bench.sizes(bench.publish("the whole world", facts))
        bench.publish("the same again", facts)
        edited = next(at for at, one in enumerate(facts) if one.type == "tie")
        facts[edited] = fact("tie", facts[edited].id, facts[edited].body | {"title": "Another title"})
        bench.publish("one claim edited", facts)
        facts = churn(facts, 0.001)
        bench.sizes(bench.publish("0.1 % of the domains changed", facts))
        bench.sizes(bench.publish("1 % of the domains changed", churn(facts, 0.01, seed=3)))
        bench.database.close()


if __name__ == "__main__":
    main()
