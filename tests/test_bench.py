"""The benchmarks run, and say what they should, on a world that is far too small to mean anything."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.stack]


def test_serving(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.serving", "--domains", "50", "100", "--seconds", "0.05", "--rounds", "1"]
    command += ["--data", str(tmp_path), "--print"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    for part in ("## Serving", "### Side by side, 100 domains", "### In process", "### Growth", "### Goals"):
        assert part in done.stdout
    assert "100 of 100 answers compared equal ours" in done.stdout
    assert "replies failed" not in done.stdout
