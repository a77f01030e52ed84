"""Makes of an accepted suggestion an edit of the seed: the source, the place it belongs to, and blanks where somebody
has to look. `govties seed check` refuses a blank with its file and line, so nothing is published half filled in.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.errors import AppError
from app.inbox.suggestion import Kind
from app.models import Suggestion
from app.seeding.editing import parse, written
from app.seeding.reader import Tree

HEADER = "# yaml-language-server: $schema=../schema/company.json\n"
COMMENT_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Edit:
    """One file of the seed, as it is (none where it is new) and as it is to be."""

    path: Path
    before: str | None
    after: str

    def patch(self, seed: Path) -> str:
        """The edit as a unified diff that `git apply` takes, with paths from the folder above the seed."""
        name = self.path.relative_to(seed.parent).as_posix()
        old = (self.before or "").splitlines(keepends=True)
        from_name = f"a/{name}" if self.before is not None else "/dev/null"
        return "".join(difflib.unified_diff(old, self.after.splitlines(keepends=True), from_name, f"b/{name}"))


def edit_of(row: Suggestion, tree: Tree, seed: Path, today: date) -> Edit:
    """The edit that a suggestion asks for. Raises AppError `inbox` where the seed has no place for it."""
    holder = _holder(row, tree)
    if holder is None:
        return _new_company(row, seed, today)
    path = seed / "companies" / f"{holder}.yml"
    before = path.read_text("utf-8")
    record = parse(before)
    key = _add_source(record, row, today)
    _add_claim(record, row, key, today)
    return Edit(path, before, written(record))


def _holder(row: Suggestion, tree: Tree) -> str | None:
    """The company whose file it is: that of the tie, the one named, or the one that operates the site."""
    for name, (company, _) in tree.companies.items():
        if row.tie and any(tie.id == row.tie for tie in company.ties):
            return name
    if row.company:
        steps = {redirect.old_id: redirect.new_id for redirect in tree.redirects.values()}
        name = steps.get(row.company, row.company)
        if name not in tree.companies:
            raise AppError("inbox", 422, f"There is no company {name} in the seed any more: decline the suggestion.")
        return name
    for name, (company, _) in tree.companies.items():
        if any(claim.name == row.domain for claim in company.domains):
            return name
    return None


def _new_company(row: Suggestion, seed: Path, today: date) -> Edit:
    name = re.sub(r"[^a-z0-9]+", "-", (row.domain or "").removeprefix("www.").rpartition(".")[0]).strip("-")
    path = seed / "companies" / f"{name or row.id}.yml"
    if path.exists():
        raise AppError("inbox", 422, f"{path} is there already: add {row.domain} to it by hand, or decline.")
    record = CommentedMap({"id": path.stem, "name": None})
    key = _add_source(record, row, today)
    _add_claim(record, row, key, today)
    return Edit(path, None, HEADER + written(record))


def _add_source(record: CommentedMap, row: Suggestion, today: date) -> str:
    key = f"suggestion-{row.id[:8]}"
    source = CommentedMap({"url": row.source_url, "publisher": None, "type": None, "retrieved_at": today.isoformat()})
    record.setdefault("sources", CommentedMap())[key] = source
    record["sources"].yaml_set_comment_before_after_key(key, "\n".join(_comment(row)), indent=2)
    return key


def _comment(row: Suggestion) -> Iterator[str]:
    about = f", tie {row.tie}" if row.tie else ""
    yield f"Suggestion {row.id} ({row.kind}{about}). Fill in what is blank, then remove these lines:"
    for line in (row.text or "").splitlines():
        words, text = line.split(), ""
        for word in words:
            if text and len(text) + len(word) > COMMENT_WIDTH:
                yield text
                text = ""
            text = f"{text} {word}".strip()
        if text:
            yield text


def _add_claim(record: CommentedMap, row: Suggestion, key: str, today: date) -> None:
    tie = next((tie for tie in record.get("ties", ()) if tie["id"] == row.tie), None)
    if tie is not None and row.kind == Kind.COMPANY_REPLY:
        said = {"by": row.company, "date": None, "quote": None, "source": key}
        tie.setdefault("statements", CommentedSeq()).append(CommentedMap(said))
        tie["sources"].append(key)
    elif tie is not None:
        change = {"date": today.isoformat(), "status": None, "note": None}
        tie.setdefault("history", CommentedSeq()).append(CommentedMap(change))
    elif row.kind == Kind.ADDITION and row.domain:
        _append(record, "domains", {"name": row.domain.removeprefix("www.")}, key)
    elif row.kind == Kind.ADDITION:
        blank = dict.fromkeys(("id", "agency", "kind", "status", "status_as_of", "evidence", "title", "summary"), None)
        _append(record, "ties", blank, key)


def _append(record: CommentedMap, field: str, claim: dict[str, Any], key: str) -> None:
    keys = CommentedSeq([key])
    keys.fa.set_flow_style()
    whole = CommentedMap({**claim, "sources": keys, "verified_at": None, "verified_by": None})
    record.setdefault(field, CommentedSeq()).append(whole)
