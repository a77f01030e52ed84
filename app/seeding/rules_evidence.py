"""Rules of dates and of evidence: what a claim must carry (trust.md)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

from app.domains.suffixes import registrable_domain
from app.errors import ClockBehind
from app.lookup.dates import earliest, surely_before
from app.seeding import rules_identifiers
from app.seeding.claims import all_claims, claims
from app.seeding.reader import Location, Problem, SourceFile, Tree
from app.seeding.record import Company, Evidence, SourceType, TieClaim, TieKind
from app.seeding.rules import rule

DATE_FIELDS = frozenset(
    {"valid_from", "valid_to", "date", "verified_at", "as_of", "status_as_of", "published_at", "retrieved_at"}
)

# One mistyped date is told with its line. Where so many companies have one, it is the clock, and thousands of lines
# would say so a claim at a time.
TOO_MANY_AHEAD = 5


@rule(
    "future-date",
    why="Claims are about what has happened, and were compared with their sources on a day that has been.",
    mend="Write the date that the source gives.",
)
def nothing_lies_in_the_future(tree: Tree) -> Iterator[Problem]:
    """No date lies in the future. There is a day's grace for time zones."""
    for file, where, text in _ahead(tree):
        yield file.problem("future-date", f"{text} lies in the future", *where)


def require_clock(tree: Tree) -> None:
    """Raise ClockBehind where so many companies have dates that lie ahead that the clock is wrong, and not they."""
    ahead = list(_ahead(tree))
    companies = len({file.path for file, _, _ in ahead})
    if companies >= TOO_MANY_AHEAD:
        file, where, text = max(ahead, key=lambda found: earliest(found[2]))
        seen = f"{companies} companies of the seed have later dates, the latest {text} ({file.path}:{file.line(where)})"
        raise ClockBehind(date.today(), seen)  # noqa: DTZ011


def _ahead(tree: Tree) -> Iterator[tuple[SourceFile, Location, str]]:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011
    for company, file in tree.companies.values():
        for where, text in _dates(company):
            if earliest(text) > tomorrow:
                yield file, where, text


def _dates(company: Company) -> Iterator[tuple[Location, str]]:
    def walk(value: object, where: Location) -> Iterator[tuple[Location, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, (*where, key))
        elif isinstance(value, (list, tuple)):
            for at, inner in enumerate(value):
                yield from walk(inner, (*where, at))
        elif isinstance(value, str) and where[-1] in DATE_FIELDS:
            yield where, value

    yield from walk(company.model_dump(), ())


@rule(
    "date-order",
    why="3: ownership and ties are checked by their dates.",
    mend="Correct the dates, as precise as the source and no more.",
)
def dates_are_in_order(tree: Tree) -> Iterator[Problem]:
    """Nothing ends before it begins."""
    for _, file, where, claim in all_claims(tree):
        if claim.valid_from and claim.valid_to and surely_before(claim.valid_to, claim.valid_from):
            yield file.problem("date-order", f"ends {claim.valid_to}, begins {claim.valid_from}", *where, "valid_to")
    yield from rules_identifiers.dates_are_in_order(tree)


@rule(
    "evidence",
    why="1: a contract needs a government record or two independent sources; with one report it says so.",
    mend="Add the source that is missing, or write the evidence that there is.",
)
def evidence_fits_the_sources(tree: Tree) -> Iterator[Problem]:
    """`record` has a government record, `corroborated` two publishers, `single_report` one publisher and no record."""
    for company, file in tree.companies.values():
        for at, tie in enumerate(company.ties):
            message = _wrong_evidence(company, tie)
            if message:
                yield file.problem("evidence", message, "ties", at, "evidence")


def _wrong_evidence(company: Company, tie: TieClaim) -> str | None:
    sources = [company.sources[key] for key in tie.sources if key in company.sources]
    record = any(source.type == SourceType.GOVERNMENT_RECORD for source in sources)
    publishers = {source.publisher for source in sources}
    if tie.evidence == Evidence.RECORD and not record:
        return "evidence: record needs a source of type government_record"
    if tie.evidence == Evidence.CORROBORATED and len(publishers) < 2:
        return "evidence: corroborated needs sources of two publishers; with one it is a single_report"
    if tie.evidence == Evidence.SINGLE_REPORT and (record or len(publishers) > 1):
        return "evidence: single_report has one publisher and no government record; this has more"
    if tie.evidence != Evidence.RECORD and tie.awards:
        return "a tie that lists awards has evidence: record and the award record among its sources"
    return None


@rule(
    "dataset-use",
    why="Each claim: datasets are sources for domains and ownership only.",
    mend="Name the record or report behind the dataset.",
)
def datasets_support_domains_and_owners_only(tree: Tree) -> Iterator[Problem]:
    """A dataset never supports a tie or a note."""
    for company, file in tree.companies.values():
        for name, at, claim in claims(company):
            for position, key in enumerate(claim.sources):
                source = company.sources.get(key)
                if name in ("ties", "notes") and source and source.type == SourceType.DATASET:
                    message = f"{key} is a dataset: it supports domains and owners only"
                    yield file.problem("dataset-use", message, name, at, "sources", position)


@rule(
    "reseller-party",
    why="4 and 6: who has the contract, and through whom, is said and never mixed up.",
    mend="Choose the kind that has a third party, or remove `via`.",
)
def third_parties_fit_the_kind(tree: Tree) -> Iterator[Problem]:
    """`via` belongs to kinds that have a third party."""
    direct = (TieKind.PRIME_CONTRACT, TieKind.GRANT)
    for company, file in tree.companies.values():
        for at, tie in enumerate(company.ties):
            if tie.kind in direct and (tie.via or tie.via_name):
                yield file.problem("reseller-party", f"a {tie.kind} goes through nobody: see kind", "ties", at)


# Licences that bind what is made of the data; `(?<![a-z])` keeps words such as USA out.
BINDING = re.compile(r"(?<![a-z])(nc|sa|odbl|[al]?gpl)(?![a-z])|share.?alike|non.?commercial", re.IGNORECASE)


@rule(
    "dataset-licence",
    why="13: share-alike and non-commercial datasets are checked against, never copied in.",
    mend="Find the fact in another source and name that.",
)
def datasets_are_free(tree: Tree) -> Iterator[Problem]:
    """A dataset that is a source has a licence that binds nothing that is made of it."""
    for company, file in tree.companies.values():
        for key, source in company.sources.items():
            if source.dataset and BINDING.search(source.dataset.licence):
                message = f"{source.dataset.licence} is share-alike or non-commercial: compare with it, cite another"
                yield file.problem("dataset-licence", message, "sources", key, "dataset", "licence")


ARCHIVES = re.compile(
    r"(^|\.)(archive\.(org|today|ph|is|li|md|fo|vn)|archive-it\.org|perma\.cc|webcitation\.org|ghostarchive\.org"
    r"|arquivo\.pt|megalodon\.jp|(web)?archive\.(loc\.gov|nationalarchives\.gov\.uk)|webarchive\.org\.uk)$"
)


@rule(
    "archive-copy",
    why="14: an archive link is never made up.",
    mend="Leave archive_url out, write the copy in a web archive, or except a copy kept elsewhere with the reason.",
    excusable=True,
)
def copies_lie_in_archives(tree: Tree) -> Iterator[Problem]:
    """`archive_url` is a copy that a known web archive keeps, and not the source's own address."""
    for company, file in tree.companies.values():
        for key, source in company.sources.items():
            if source.archive_url and not ARCHIVES.search(urlsplit(source.archive_url).hostname or ""):
                message = f"{urlsplit(source.archive_url).hostname} is no web archive that is known here"
                yield file.problem("archive-copy", message, "sources", key, "archive_url")


# Servers on which a publisher tries things out or that stand behind its public one, as their labels are written:
# `dev`, `test3`, `aws-origin`, `aem-stage-publish-cdn`. Plain `dev` and `test` are looked for as whole labels only,
# because `test-prep` is an honest name.
BACKSTAGE = re.compile(
    r"(dev|development|test|qat?|static-ssl)\d*"
    r"|(.*-)?((staging|stage|stg|pre-?prod(uction)?|pprd|uat|origin)\d*|(dev|test|qa)\d+)(-.*)?"
)
TRACKING = re.compile(r"utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hsenc|_hsmi")


@rule(
    "public-address",
    why="A source is there for readers to open: each claim names the deep link at which its publisher shows it.",
    mend="Write the publisher's public address of the same document, as you have seen it, or name another source. "
    "A host that is public in spite of its name gets an exception.",
    excusable=True,
)
def sources_are_at_public_addresses(tree: Tree) -> Iterator[Problem]:
    """The addresses of sources and copies lead to no staging, test or origin server, and those of sources carry no
    tracking parameter and no `amp=1`. (A copy in an archive keeps the parameters under which it was made.)"""
    for company, file in tree.companies.values():
        for key, source in company.sources.items():
            for field, url in (("url", source.url), ("archive_url", source.archive_url)):
                if url and (label := _backstage(url)):
                    message = f"{urlsplit(url).hostname} is no public server ({label}): write the public address"
                    yield file.problem("public-address", message, "sources", key, field)
            for name in _tracking(source.url):
                yield file.problem("public-address", f"leave the parameter {name} out", "sources", key, "url")


def _backstage(url: str) -> str | None:
    host = urlsplit(url).hostname or ""
    below = host.removesuffix(registrable_domain(host) or host).split(".")
    return next((label for label in below if BACKSTAGE.fullmatch(label)), None)


def _tracking(url: str) -> list[str]:
    given = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return [name for name, value in given if TRACKING.fullmatch(name.lower()) or (name, value) == ("amp", "1")]
