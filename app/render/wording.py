"""The sentences: parameters taken from an answer, text made from `messages/*.json`.

The extension does the same from the same files (extension/lib/wording.js); tests/vectors/sentences.json holds
parameters and their text in both languages, and both sides run it. A chain is always shown: "X has a contract" is
never written when X's parent does (trust.md 4).
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, reduce
from importlib.resources import files
from typing import Literal

from app.lookup.answer import Answer, TieOut
from app.lookup.facts import Amount

Lang = Literal["en", "es"]
LANGUAGES: tuple[Lang, ...] = ("en", "es")
Message = str | dict[str, str]

# A sentence names so many; the rest are counted, and all of them stand in the list below it.
AGENCIES_NAMED = 3
SUBSIDIARIES_NAMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One company with ties in the answer. `through` are the companies between it and the one asked about, from
    the latter on; `live` counts ties that have not ended, `single` the single reports among the live ties or, where
    there is none, among the ended."""

    name: str
    relation: Literal["own", "subsidiary", "owner"]
    through: tuple[str, ...] = ()
    live: int
    single: int
    ended: int
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Everything that a summary depends on."""

    state: str
    reason: str | None = None
    query: str
    domain: str | None = None
    platform: str | None = None
    company: str | None = None
    chain: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = ()
    disputed: int = 0
    places: int = 0
    searched_on: str | None = None


@cache
def messages(lang: Lang) -> dict[str, Message]:
    """The words of one language: those the extension shares, and those of the pages, in a folder a group of pages."""
    folder = files("app.messages")
    of_pages = sorted((part for part in folder.iterdir() if part.is_dir()), key=lambda part: part.name)
    found: dict[str, Message] = json.loads(folder.joinpath(f"{lang}.json").read_text("utf-8"))
    for words in (part.joinpath(f"{lang}.json") for part in of_pages):
        found |= json.loads(words.read_text("utf-8")) if words.is_file() else {}
    return found


def say(lang: Lang, key: str, n: int | None = None, **values: str | int) -> str:
    """The message `key` with its values filled in; `n` chooses the plural form (one, other)."""
    message = messages(lang)[key]
    if isinstance(message, dict):
        message = message["one" if n == 1 else "other"]
    if n is not None:
        values["n"] = n
    return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], match[0])), message)


def join(lang: Lang, items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    head = say(lang, "list.comma").join(items[:-1])
    return say(lang, "list.two", a=head, b=items[-1])


def summary_params(answer: Answer) -> Params:
    """What the summary of this answer depends on."""
    return Params(
        state=answer.state,
        reason=answer.reason,
        query=answer.query,
        domain=answer.domain,
        platform=answer.host.name if answer.host else None,
        company=answer.company.name if answer.company else None,
        chain=tuple(hop.owner_name for hop in answer.ownership),
        holders=_holders(answer),
        disputed=sum(tie.claim_status == "disputed" for tie in _told(answer)),
        places=sum(len(entry.searched) for entry in answer.searched),
        searched_on=max((entry.date for entry in answer.searched), default=None),
    )


def _told(answer: Answer) -> list[TieOut]:
    """The ties that the summary counts: the live ones, or all where none is live."""
    return [tie for tie in answer.ties if tie.status != "ended"] or list(answer.ties)


def _holders(answer: Answer) -> tuple[Holder, ...]:
    groups: dict[str, list[TieOut]] = {}
    for tie in answer.ties:
        groups.setdefault(tie.held_by, []).append(tie)
    return tuple(_holder(answer, ties) for ties in groups.values())


def _holder(answer: Answer, ties: list[TieOut]) -> Holder:
    first = ties[0]
    live = [tie for tie in ties if tie.status != "ended"]
    return Holder(
        name=first.held_by_name,
        relation=first.relation,
        through=_through(answer, first),
        live=len(live),
        single=sum(tie.evidence == "single_report" for tie in (live or ties)),
        ended=len(ties) - len(live),
        agencies=tuple(dict.fromkeys(tie.agency.short_name for tie in (live or ties))),
    )


def _through(answer: Answer, tie: TieOut) -> tuple[str, ...]:
    if tie.relation != "owner":
        return ()
    owners = [hop.owner for hop in answer.ownership]
    return tuple(hop.owner_name for hop in answer.ownership[: owners.index(tie.held_by)])


def summarise(params: Params, lang: Lang) -> str:
    """The summary: one to a few sentences, without adjectives."""
    if params.state == "not_applicable":
        return _not_applicable(params, lang)
    if params.company is None:
        return say(lang, "summary.not_researched", query=params.query)
    if params.state == "none_found":
        date = params.searched_on or ""
        return say(lang, "summary.none_found", params.places, company=params.company, date=date)
    if params.state == "not_researched":
        unknown = say(lang, "summary.not_researched_company", company=params.company)
        return " ".join([*_owned(params, lang), unknown])
    sentences = _ended(params, lang) if params.state == "ended" else _live(params, params.company, lang)
    single = sum(holder.single for holder in params.holders if holder.single < (holder.live or holder.ended))
    if single:
        sentences.append(say(lang, "summary.single", single))
    if params.disputed:
        sentences.append(say(lang, "summary.disputed", params.disputed))
    return " ".join(sentences)


def _not_applicable(params: Params, lang: Lang) -> str:
    return say(
        lang,
        f"summary.{params.reason}",
        query=params.query,
        domain=params.domain or params.query,
        platform=params.platform or "",
    )


def _owned(params: Params, lang: Lang) -> list[str]:
    if not params.chain:
        return []
    *through, owner = params.chain
    key = "summary.owned_through" if through else "summary.owned"
    return [say(lang, key, company=params.company or "", holder=owner, through=join(lang, through))]


def _ended(params: Params, lang: Lang) -> list[str]:
    above = any(holder.relation == "owner" for holder in params.holders)
    sentences = _owned(params, lang) if above else []
    for holder in params.holders:
        if holder.relation == "subsidiary":
            sentences.append(say(lang, "summary.ended_subsidiary", company=params.company or "", holder=holder.name))
        key = "summary.ended_single" if holder.single == holder.ended else "summary.ended"
        sentences.append(say(lang, key, holder.ended, holder=holder.name, agencies=_agencies(holder, lang)))
    return sentences


def _live(params: Params, company: str, lang: Lang) -> list[str]:
    live = [holder for holder in params.holders if holder.live]
    below = [holder for holder in live if holder.relation == "subsidiary"]
    named = [holder for holder in live if holder.relation != "subsidiary"]
    order = [h for h in named if h.relation == "own"] + below[:SUBSIDIARIES_NAMED]
    sentences = [_holding(company, holder, lang) for holder in order]
    if len(below) > SUBSIDIARIES_NAMED:
        sentences.append(say(lang, "summary.more_subsidiaries", len(below) - SUBSIDIARIES_NAMED))
    return sentences + [_holding(company, holder, lang) for holder in named if holder.relation == "owner"]


def _holding(company: str, holder: Holder, lang: Lang) -> str:
    key = f"summary.{holder.relation}" + ("_through" if holder.through else "")
    through = join(lang, list(holder.through))
    return say(lang, key, company=company, holder=holder.name, through=through, ties=_ties(holder, lang))


def _ties(holder: Holder, lang: Lang) -> str:
    key = "ties.single_report" if holder.single == holder.live else "ties.documented"
    return say(lang, key, holder.live, agencies=_agencies(holder, lang))


def _agencies(holder: Holder, lang: Lang) -> str:
    named = list(holder.agencies[:AGENCIES_NAMED])
    rest = len(holder.agencies) - len(named)
    if rest == 1:
        named.append(holder.agencies[AGENCIES_NAMED])
    elif rest:
        named.append(say(lang, "agencies.more", rest))
    return join(lang, named)


def with_summary(answer: Answer, lang: Lang) -> Answer:
    """The answer with its summary written."""
    return replace(answer, summary=summarise(summary_params(answer), lang))


def one_source(state: str, ties: tuple[TieOut, ...]) -> bool:
    """Whether the ties that make the state all rest on one report each: shown otherwise than a record's (product.md).
    The extension's badge judges alike (extension/lib/badge.js)."""
    deciding = [t for t in ties if t.status != "ended" and (state != "documented" or t.relation != "owner")]
    return bool(deciding) and all(tie.evidence == "single_report" for tie in deciding)


def with_language(lang: Lang) -> dict[str, Callable[..., str]]:
    """What templates speak with: `t(key, n=None, **values)`, `money(amount)`."""

    def t(key: str, n: int | None = None, **values: str | int) -> str:
        return say(lang, key, n, **values)

    return {"t": t, "money": money}


def when(t: Callable[..., str], date: str) -> str:
    """A date as people write it in the language of `t`, as precise as it is known: `2018`, `Jan 2018`, `Jan 24, 2018`.
    Text of another form stays as it is."""
    known = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d\d))?", date)
    if known is None:
        return date
    year, month, day = known.groups()
    name = t("date.months").split()[int(month) - 1]
    return t("date.day", day=int(day), month=name, year=year) if day else t("date.month", month=name, year=year)


def amounts(t: Callable[..., str], listed: Iterable[Amount]) -> list[tuple[Amount, str]]:
    """Amounts and their kinds in words: the newest first, then the largest; a figure of two kinds stands once."""
    figures: dict[tuple[str, str, str, int], list[Amount]] = {}
    for each in sorted(listed, key=lambda amount: (amount.as_of, Decimal(amount.value)), reverse=True):
        figures.setdefault((each.value, each.currency, each.as_of, each.source), []).append(each)

    def kinds(same: list[Amount]) -> str:
        return reduce(lambda a, b: t("list.two", a=a, b=b), (t(f"amount.{each.kind}") for each in same))

    return [(same[0], kinds(same)) for same in figures.values()]


def money(amount: Amount) -> str:
    """`USD 19,400,000`: the currency, and cents only where there are any."""
    whole, _, cents = amount.value.partition(".")
    return f"{amount.currency} {int(whole):,}" + (f".{cents}" if cents else "")
