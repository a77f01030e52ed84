"""The cases that readers of releases run are what their program makes."""

from tests.vectors.make_releases import FOLDER, render


def test_nobody_edits_what_is_made() -> None:
    for name, content in render().items():
        assert (FOLDER / name).read_text("utf-8") == content, "run: python -m tests.vectors.make_releases"
