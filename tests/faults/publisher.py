"""A process that publishes and can be killed at any moment: `python -m tests.faults.publisher SEED`.

It loads everything once. For each line on its standard input it forks a child that publishes the seed; it prints the
child's number, and when the child has ended its exit code.
"""

import os
import sys
from pathlib import Path

from app.db import Database
from app.settings import load_settings
from tests.keys import publish


def main() -> None:
    """Fork for every line."""
    seed, settings = Path(sys.argv[1]), load_settings()
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            publish(Database(settings), seed)
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
