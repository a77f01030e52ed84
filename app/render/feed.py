"""The log of changes in words: what a change is about, what differs, and the Atom feed."""

import json
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as ET

from app.queries.releases import ChangeOut
from app.render.wording import Lang, say

ATOM = "http://www.w3.org/2005/Atom"
Body = dict[str, Any]

# Repeated in every record; a reader of the log has them before the eyes.
UNTOLD = frozenset({"company", "history", "claim_status", "verified_at", "verified_by", "reviewed_by"})


def title_of(change: ChangeOut) -> str:
    """What the change is about, in the words of the record where it has some."""
    body = change.after or change.before or {}
    if change.type == "ownership":
        return f"{body.get('company', change.company)} → {body['owner']}" if "owner" in body else change.claim
    return str(body.get("title") or body.get("name") or body.get("text") or change.claim)


def differences(change: ChangeOut) -> list[tuple[str, str, str]]:
    """(field, what it said, what it says now) of a change that has both."""
    if change.before is None or change.after is None:
        return []
    names = sorted((change.before.keys() | change.after.keys()) - UNTOLD)
    told = [(name, _text(change.before.get(name)), _text(change.after.get(name))) for name in names]
    return [(name, before, after) for name, before, after in told if before != after]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, dict):
        told = value.get("url") or value.get("value") or value.get("quote")
        return str(told) if told else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else str(value)


def atom(changes: Iterable[ChangeOut], address: str, updated: str, lang: Lang = "en") -> bytes:
    """An Atom feed (RFC 4287) of changes, as they come. `address` is the public one of the service."""
    feed = ET.Element("feed", xmlns=ATOM)
    _add(feed, "id", f"{address}/changes.atom")
    _add(feed, "title", say(lang, "feed.title"))
    _add(feed, "updated", updated)
    ET.SubElement(_add(feed, "author"), "name").text = "govties"
    ET.SubElement(feed, "link", rel="self", href=f"{address}/changes.atom")
    ET.SubElement(feed, "link", rel="alternate", href=f"{address}/corrections")
    for change in changes:
        _entry(feed, change, address, lang)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed)


def _entry(feed: ET.Element, change: ChangeOut, address: str, lang: Lang) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", f"{address}/v1/changes?since={change.cursor - 1}#{change.cursor}")
    _add(entry, "title", f"{say(lang, f'change.{change.kind}')}: {title_of(change)}")
    _add(entry, "updated", change.at)
    page = f"/companies/{change.company}" if change.company else "/corrections"
    ET.SubElement(entry, "link", rel="alternate", href=address + page)
    told = [f"{name}: {before or '–'} → {after or '–'}" for name, before, after in differences(change)]
    _add(entry, "summary", "\n".join([*([change.note] if change.note else []), *told]) or change.claim)


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = None if text is None else "".join(c for c in text if c >= " " or c in "\n\t")
    return child
