"""`govties seed show DOMAIN`: the answer that this seed would give, and where in the seed each part of it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domains.names import parse_host
from app.lookup.answer import Answer, company_answer
from app.lookup.badge import badge_of
from app.lookup.facts import Release
from app.lookup.service import Hit, resolve
from app.render.wording import with_summary
from app.seeding.claims import all_claims, claim_id
from app.seeding.proposed import Proposed
from app.seeding.reader import Location, SourceFile, Tree
from app.seeding.record import Claim, Company, Source
from app.seeding.store import Fact

# The fields of a tie that an answer repeats.
TOLD = ("agency", "kind", "via", "via_name", "status", "status_as_of", "evidence", "title", "summary", "recipient")
ELSEWHERE = "imported award records, not the seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the answer: what it says, the file and line that say so, and the sources they name."""

    what: str
    text: str
    place: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An answer in English, its badge, and its parts with their places."""

    answer: Answer
    badge: str
    parts: tuple[Part, ...]


def explain(tree: Tree, facts: list[Fact], domain: str) -> Shown:
    """The answer about a host from these facts, explained by the tree that they were made of. Raises HostError."""
    proposed = Proposed(facts, Release(version=0, published_at=""))
    host = parse_host(domain)
    hit = resolve(host, proposed.index, proposed.release)
    if isinstance(hit, Hit):
        answer = company_answer(proposed.world({hit.company}), hit.company)
        answer = replace(answer, query=host.name, domain=hit.domain)
    else:
        answer = hit
    answer = with_summary(answer, "en")
    return Shown(answer=answer, badge=str(badge_of(answer)), parts=tuple(_Places(tree).parts(answer)))


class _Places:
    """Finds where in the tree the parts of an answer stand."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._claims: dict[str, tuple[Company, SourceFile, Location, Claim]] = {}
        for company, file, where, claim in all_claims(tree):
            self._claims[claim_id(company, claim)] = (company, file, where, claim)

    def parts(self, answer: Answer) -> Iterator[Part]:
        """All parts, in the order of the answer."""
        yield from self._name(answer)
        if answer.company:
            yield self._company(answer.company.id)
        for hop in answer.ownership:
            yield from self._hop(hop.company, hop.owner)
        for tie in answer.ties:
            yield from self._tie(tie.id, tie.summary)
        for note in answer.notes:
            yield self._claim(note.id, "note", note.text)
        for entry in answer.searched:
            yield from self._research(entry.company, entry.date)

    def _name(self, answer: Answer) -> Iterator[Part]:
        if answer.domain is None:
            return
        for name, (_, _, _, claim) in self._claims.items():
            if getattr(claim, "name", None) == answer.domain and not claim.valid_to:
                yield self._claim(name, "domain", answer.domain)
        file = self._tree.hosted_file
        for at, platform in enumerate(self._tree.hosted.platforms):
            if answer.domain in (platform.name, *(f"{own}.{platform.name}" for own in platform.own)):
                yield Part(what="platform", text=platform.platform, place=_place(file, "platforms", at, "name"))
        for at, government in enumerate(self._tree.hosted.governments):
            if answer.domain == government.suffix:
                yield Part(what="government", text=government.country, place=_place(file, "governments", at))

    def _company(self, id_: str) -> Part:
        company, file = self._tree.companies[id_]
        return Part(what="company", text=company.name, place=_place(file, "name"))

    def _hop(self, company: str, owner: str) -> Iterator[Part]:
        for name, (holder, _, _, claim) in self._claims.items():
            if holder.id == company and getattr(claim, "owner", None) == owner and not claim.valid_to:
                yield self._claim(name, "owner", owner)
        yield self._company(owner)

    def _tie(self, id_: str, summary: str) -> Iterator[Part]:
        if id_ not in self._claims:
            yield Part(what="tie", text=summary, place=ELSEWHERE)
            return
        yield self._claim(id_, "tie", id_)
        _, file, where, claim = self._claims[id_]
        for field in TOLD:
            value = getattr(claim, field)
            if value is not None:
                yield Part(what=f"  {field}", text=str(value), place=_place(file, *where, field))
        agency = getattr(claim, "agency", "")
        record, agency_file = self._tree.agencies[agency]
        yield Part(what="  agency's name", text=record.short_name, place=_place(agency_file, "short_name"))
        for at, amount in enumerate(getattr(claim, "amounts", ())):
            text = f"{amount.kind} {amount.currency} {amount.value} as of {amount.as_of}"
            yield Part(what="  amount", text=text, place=_place(file, *where, "amounts", at, "value"))

    def _claim(self, id_: str, what: str, text: str) -> Part:
        company, file, where, claim = self._claims[id_]
        sources = tuple(_source(file, key, company.sources[key]) for key in claim.sources)
        return Part(what=what, text=text, place=_place(file, *where), sources=sources)

    def _research(self, id_: str, date: str) -> Iterator[Part]:
        company, file = self._tree.companies[id_]
        for at, entry in enumerate(company.research):
            if entry.date == date:
                searched = "; ".join(place.where for place in entry.searched)
                yield Part(what="searched", text=searched, place=_place(file, "research", at))


def _place(file: SourceFile, *where: str | int) -> str:
    return f"{file.path}:{file.line(where)}"


def _source(file: SourceFile, key: str, source: Source) -> str:
    return f"{_place(file, 'sources', key)}: {source.publisher}: {source.url}"
