"""New records with blanks: what nobody has given is left blank, never guessed, and the check names each blank by file
and line (rule `missing-field`). Once they are filled from a source, the file passes and is in canonical form."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.seeding.formatting import Model, canonical, dumped, yaml_form
from app.seeding.record import Agency, Company

# What stands beside a blank; it goes when somebody fills it in, or stays.
HINTS = {
    "url": "the deep link to the page that says it",
    "publisher": "who stands behind it",
    "type": "government_record, company_statement, filing, court, press, ngo or dataset",
    "verified_at": "the day on which you compared it with its source",
    "verified_by": "your handle",
    "agency": "the lowest one that the source names",
    "kind": "see seed/README.md",
    "status": "active, ending_announced, ended or unknown",
    "status_as_of": "the date on which a source last shows that",
    "evidence": "record, corroborated or single_report",
    "title": "a short heading",
    "summary": "who, for whom, what, when, how much of which kind, who says so",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A source and its reader as far as they are given. `key` is the source's key in the file."""

    key: str
    url: str | None = None
    publisher: str | None = None
    type: str | None = None
    by: str | None = None
    on: str | None = None

    def source(self) -> CommentedMap:
        """The source with its blanks."""
        return _record(url=self.url, publisher=self.publisher, type=self.type)

    def claim(self, **fields: str | None) -> CommentedMap:
        """A claim that rests on the source. The day of verification is filled in only with who verified."""
        record = _record(**fields)
        record["sources"] = _inline([self.key])
        record.update(_record(verified_at=self.on if self.by else None, verified_by=self.by))
        return _hinted(record)


def company(name: str, title: str, legal_name: str | None, domain: str | None, given: Given) -> str:
    """A company's file: with a domain also the claim that it operates that."""
    record = CommentedMap(id=name, name=title)
    if legal_name:
        record["legal_name"] = legal_name
    if domain:
        record["sources"] = CommentedMap({given.key: given.source()})
        record["domains"] = CommentedSeq([given.claim(name=domain)])
    return _headed(record, "company", Company)


def agency(name: str, title: str, short_name: str, country: str, parent: str | None) -> str:
    """An agency's file."""
    record = CommentedMap(id=name, name=title, short_name=short_name, country=country)
    if parent:
        record["parent"] = parent
    return _headed(record, "agency", Agency)


def with_tie(text: str, given: Given, tie: dict[str, str | None]) -> str:
    """A company's file with one more tie and its source."""
    form = yaml_form()
    record = form.load(text)
    record.setdefault("sources", CommentedMap()).setdefault(given.key, given.source())
    record.setdefault("ties", CommentedSeq()).append(given.claim(**tie))
    return canonical(dumped(form, record), Company)


def _record(**fields: str | None) -> CommentedMap:
    return _hinted(CommentedMap({name: _bare(value) for name, value in fields.items()}))


def _bare(value: str | None) -> str | int | date | None:
    """A year or a day as YAML has it, so that it is written without quotes."""
    if value and re.fullmatch(r"[1-9][0-9]{3}", value):
        return int(value)
    try:
        return date.fromisoformat(value) if value and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else value
    except ValueError:
        return value  # no such day: the check says so


def _hinted(record: CommentedMap) -> CommentedMap:
    for name, value in record.items():
        if value is None and name in HINTS:
            record.yaml_add_eol_comment(HINTS[name], name)
    return record


def _inline(items: list[str]) -> CommentedSeq:
    listed = CommentedSeq(items)
    listed.fa.set_flow_style()
    return listed


def _headed(record: dict[str, Any], schema: str, model: Model) -> str:
    head = f"# yaml-language-server: $schema=../schema/{schema}.json\n"
    return canonical(head + dumped(yaml_form(), record), model)
