"""A plan in words: for a terminal, as Markdown for a pull request, as JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from app.desk.plan import Plan, TextChange
from app.queries.releases import ChangeOut
from app.render.feed import differences, title_of

# A comment on a pull request holds 65,536 characters; of each list so many lines are shown there.
SHOWN = 100


def as_json(plan: Plan) -> str:
    """Everything."""
    return json.dumps(asdict(plan), ensure_ascii=False, indent=2)


def as_text(plan: Plan) -> Iterator[str]:
    """Lines for a terminal, all of them."""
    yield _headline(plan)
    for change in plan.changes:
        yield f"{change.kind:>10}  {change.type} {change.claim}: {title_of(change)}"
        yield from (f"{'':>12}{name}: {was or '–'} → {now or '–'}" for name, was, now in differences(change))
    if plan.badges:
        yield "Badges:"
    for each in plan.badges:
        yield f"  {each.domain}: {each.before} → {each.after}"
    if plan.texts:
        yield "Sentences:"
    for text in plan.texts:
        yield f"  {_of(text)}"
        yield f"    - {text.before or '(nothing)'}"
        yield f"    + {text.after or '(nothing)'}"


def as_markdown(plan: Plan) -> Iterator[str]:
    """Lines for a pull request: no list longer than a comment can hold."""
    yield f"### What this changes\n\n{_headline(plan)}\n"
    if plan.badges:
        yield "| Domain | Badge before | Badge after |\n|---|---|---|"
        yield from (f"| {e.domain} | {e.before} | {e.after} |" for e in plan.badges[:SHOWN])
        yield _rest(len(plan.badges))
    for text in plan.texts[:SHOWN]:
        yield f"**{_of(text)}**\n\n- before: {_quoted(text.before)}\n- after: {_quoted(text.after)}\n"
    yield _rest(len(plan.texts))
    if plan.changes:
        yield "<details><summary>Every record</summary>\n"
        yield from (_item(change) for change in plan.changes[:SHOWN])
        yield _rest(len(plan.changes)) + "\n</details>"


def _headline(plan: Plan) -> str:
    if not plan.changes:
        return f"Nothing changes against release {plan.release}."
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(c.kind for c in plan.changes).items()))
    against = f"against release {plan.release}" if plan.release else "(there is no release yet)"
    return (
        f"Records that change {against}: {len(plan.changes)} ({kinds}). "
        f"Answers change on {len(plan.answers)} domains, badges on {len(plan.badges)}."
    )


def _of(text: TextChange) -> str:
    named = list(text.domains[:5])
    more = len(text.domains) - len(named)
    return ", ".join([*named, *([f"and {more} more"] if more else [])]) or f"company {text.company}"


def _rest(count: int) -> str:
    return f"\nand {count - SHOWN} more; `govties seed plan` lists them.\n" if count > SHOWN else ""


def _quoted(text: str) -> str:
    """Text that Markdown leaves as it is: a name may hold its signs."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in " ".join(text.split()))
    return escaped or "(nothing)"


def _item(change: ChangeOut) -> str:
    told = "".join(f"\n  - {name}: {_quoted(was)} → {_quoted(now)}" for name, was, now in differences(change))
    return f"- {change.kind} {change.type} `{change.claim}`: {_quoted(title_of(change))}{told}"
