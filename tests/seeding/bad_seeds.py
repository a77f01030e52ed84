"""Seeds that break one rule each, and where it must be found."""

from typing import Any

from tests.seeding.seeds import At, Bad, Change, add, both, put
from tests.worlds import CHECKED, Record, domain, owner, source, tie

QUIET, SHOES, CODE, OLD, LOOKED, BIGCO = (
    f"companies/{name}.yml" for name in ("quiet", "shoes", "code", "old", "looked", "bigco")
)
HOSTED = "hosted.yml"
SINGLE = {"evidence": "single_report", "sources": ["paper"]}
TWO = {"evidence": "corroborated", "sources": ["paper", "post"]}
STORY = {"paper": source(), "post": source("press", "The Post")}


def sources(company: str, **more: Record) -> Change:
    return lambda world: world.companies[company].setdefault("sources", {}).update(more)


def quiet_tie(**more: Any) -> Change:
    """A single report in quiet.yml, changed by `more`; the sources that it does not use are left out."""
    record = tie("quiet-tie", **{**SINGLE, **more})
    named = {key: value for key, value in STORY.items() if key in record["sources"]}
    return both(sources("quiet", **named), add("quiet", "ties", record))


def platform(name: str, **more: Any) -> Change:
    record = {"name": name, "platform": "Added", "apex": "stop", **more}
    return lambda world: world.hosted["platforms"].append(record)


def name(text: str) -> Change:
    return put("quiet", "domains", 0, name=text)


def agency(which: str, **more: Any) -> Change:
    return lambda world: world.agencies[which].update(more)


AMOUNT = {"kind": "reported", "value": "5", "as_of": "2019", "source": "paper"}
SAID = {"by": "quiet", "date": "2019", "quote": "No.", "source": "paper"}
NOTE = {"id": "quiet-note", "kind": "pitch", "date": "2018", "text": "Met.", "sources": ["paper"], **CHECKED}
DATASET = {"type": "dataset", "dataset": {"name": "Set", "version": "1", "licence": "MIT"}}

REFERENCES = [
    Bad(
        "unknown source key",
        put("quiet", "domains", 0, sources=["nowhere"]),
        (At(QUIET, "source-known", '"nowhere"'), At(QUIET, "source-known", '"page": {')),
    ),
    Bad("unused source", sources("quiet", spare=source()), (At(QUIET, "source-known", '"spare": {'),)),
    Bad("unknown agency", quiet_tie(agency="us-none"), (At(QUIET, "agency-known", '"agency"'),)),
    Bad(
        "unknown agency of a note",
        both(sources("quiet", paper=source()), add("quiet", "notes", {**NOTE, "agency": "us-none"})),
        (At(QUIET, "agency-known", '"agency"'),),
    ),
    Bad("unknown parent", agency("us-dhs", parent="us-none"), (At("agencies/us-dhs.yml", "agency-known", '"parent"'),)),
    Bad(
        "agencies in a circle",
        agency("us-dhs", parent="us-ice"),
        tuple(At(f"agencies/{n}.yml", "agency-known", '"parent"') for n in ("us-dhs", "us-ice")),
    ),
    Bad("unknown owner", put("shoes", "owners", 0, owner="nobody"), (At(SHOES, "company-known", '"owner":'),)),
    Bad("unknown via", quiet_tie(kind="subcontract", via="nobody"), (At(QUIET, "company-known", '"via"'),)),
    Bad(
        "unknown speaker",
        quiet_tie(statements=[SAID | {"by": "nobody"}]),
        (At(QUIET, "company-known", '"by"'),),
    ),
    Bad("unknown operator", platform("new.com", company="nobody"), (At(HOSTED, "company-known", "nobody"),)),
    Bad(
        "the same tie twice",
        quiet_tie(id="old-ice"),
        (At(QUIET, "id-unique", '"id": "old-ice"', -1),),
    ),
    Bad(
        "the same research id twice",
        lambda world: world.companies["quiet"].update(research=world.companies["looked"]["research"]),
        (At(QUIET, "id-unique", '"id": "looked-2026"', -1),),
    ),
    Bad(
        "bought twice by the same owner without an id",
        both(put("shoes", "owners", 0, valid_to="2016"), add("shoes", "owners", owner("bigco", valid_from="2018"))),
        (At(SHOES, "id-unique", '"valid_from": "2018"', -3),),
    ),
    Bad(
        "an id wider than its column",
        name(".".join(["ab"] * 60) + ".com"),
        (At(QUIET, "id-unique", '"name": "ab.', -1),),
    ),
]

OWNERS = [
    Bad("owner of itself", add("quiet", "owners", owner("quiet")), (At(QUIET, "owner-cycle", '"owners"'),)),
    Bad(
        "owner cycle of two",
        add("bigco", "owners", owner("shoes")),
        # Code hangs below the circle and is not part of it.
        (At(BIGCO, "owner-cycle", '"owners"'), At(SHOES, "owner-cycle", '"owners"')),
    ),
    Bad(
        "owner cycle of three",
        both(put("shoes", "owners", 0, owner="code"), add("bigco", "owners", owner("shoes"))),
        tuple(At(file, "owner-cycle", '"owners"') for file in (BIGCO, CODE, SHOES)),
    ),
    Bad(
        "two owners at once",
        add("shoes", "owners", owner("quiet")),
        (At(SHOES, "one-owner", '"owner": "quiet"', -1),),
    ),
    Bad(
        "two owners for a day",
        both(
            put("shoes", "owners", 0, valid_to="2018-10-26"),
            add("shoes", "owners", owner("quiet", valid_from="2018-10-25")),
        ),
        (At(SHOES, "one-owner", '"owner": "quiet"', -1),),
    ),
    Bad(
        "an owner of unknown date beside a past one",
        both(
            put("shoes", "owners", 0, valid_to="2018"),
            add("shoes", "owners", {k: v for k, v in owner("quiet").items() if k != "valid_from"}),
        ),
        (At(SHOES, "one-owner", '"owner": "quiet"', -1),),
    ),
]

DOMAINS = [
    Bad(
        "domain of two companies",
        add("quiet", "domains", domain("shoes.com")),
        (At(SHOES, "domain-unique", '"name": "shoes.com"'),),
    ),
    Bad("domain and platform", platform("old.com"), (At(HOSTED, "domain-unique", '"name": "old.com"', -1),)),
    Bad(
        "domain and the platform's own child",
        add("quiet", "domains", domain("www.pages.com")),
        (At(HOSTED, "domain-unique", '"name": "pages.com"', -1),),
    ),
    Bad("platform twice", platform("pages.com"), (At(HOSTED, "domain-unique", '"platform": "Added"', -2),)),
    Bad(
        "platform and government",
        lambda world: world.hosted["governments"].append({"suffix": "pages.com", "country": "US"}),
        (At(HOSTED, "domain-unique", '"suffix": "pages.com"', -1),),
    ),
    *(
        Bad(f"domain {bad!r}", name(bad), (At(QUIET, "domain-form", '"name": ' + "".join(('"', escaped, '"'))),))
        for bad, escaped in [
            ("co.uk", "co.uk"),  # ICANN
            ("github.io", "github.io"),  # private
            ("blogspot.com", "blogspot.com"),
            ("Quiet.com", "Quiet.com"),
            ("büro.de", "b\\u00fcro.de"),
            ("quiet.com.", "quiet.com."),
            ("192.0.2.1", "192.0.2.1"),
            ("[::1]", "[::1]"),
            ("3232235777", "3232235777"),
            ("quiet", "quiet"),
            ("localhost", "localhost"),
            ("quiet.local", "quiet.local"),
            ("quiet.onion", "quiet.onion"),
            ("https://quiet.com", "https://quiet.com"),
            ("quiet.com/shop", "quiet.com/shop"),
            ("quiet.com:80", "quiet.com:80"),
            ("quiet..com", "quiet..com"),
            ("a" * 64 + ".com", "a" * 64 + ".com"),
        ]
        if bad != "quiet"  # the company's own name stands on another line too
    ),
    Bad("domain of one label", name("intranet"), (At(QUIET, "domain-form", '"name": "intranet"'),)),
    Bad("platform in a wrong form", platform("New.com"), (At(HOSTED, "domain-form", '"name": "New.com"', -1),)),
]

FAR = "2999-01-01"
FUTURE = [
    Bad(f"future {field}", change, (At(QUIET, "future-date", f'"{FAR}"'),))
    for field, change in [
        ("valid_from", put("quiet", "domains", 0, valid_from=FAR)),
        ("valid_to", put("quiet", "domains", 0, valid_to=FAR)),
        ("verified_at", put("quiet", "domains", 0, verified_at=FAR)),
        ("history", put("quiet", "domains", 0, history=[{"date": FAR, "status": "published", "note": "Later."}])),
        ("published_at", put("quiet", "sources", "page", published_at=FAR)),
        ("retrieved_at", put("quiet", "sources", "page", retrieved_at=FAR)),
        ("status_as_of", quiet_tie(status_as_of=FAR)),
        ("as_of", quiet_tie(amounts=[AMOUNT | {"as_of": FAR}])),
        ("statement", quiet_tie(statements=[SAID | {"date": FAR}])),
        ("note", both(sources("quiet", paper=source()), add("quiet", "notes", NOTE | {"date": FAR}))),
        (
            "research",
            add(
                "quiet",
                "research",
                {"id": "r", "date": FAR, "by": "me", "searched": [{"where": "a", "what": "b"}] * 2},
            ),
        ),
    ]
]

DATES_AND_EVIDENCE = [
    Bad(
        "end before begin",
        put("quiet", "domains", 0, valid_from="2018-10-25", valid_to="2018-10-24"),
        (At(QUIET, "date-order", '"valid_to"'),),
    ),
    Bad(
        "end in the month before",
        put("shoes", "owners", 0, valid_from="2018-10-01", valid_to="2018-09"),
        (At(SHOES, "date-order", '"valid_to"'),),
    ),
    *(
        Bad(title, change, (At(QUIET, "evidence", '"evidence"'),))
        for title, change in [
            ("record without one", quiet_tie(evidence="record")),
            ("corroborated by one", quiet_tie(evidence="corroborated")),
            ("single report of two", quiet_tie(**TWO | {"evidence": "single_report"})),
            (
                "single report of a record",
                both(quiet_tie(), sources("quiet", paper=source("government_record"))),
            ),
            (
                "corroborated by one publisher twice",
                both(quiet_tie(**TWO), sources("quiet", post=source(url="https://paper.example/other"))),
            ),
            ("awards in a press report", quiet_tie(awards=["CONT_AWD_1_7012_-NONE-_-NONE-"])),
        ]
    ),
    Bad(
        "dataset on a tie",
        both(quiet_tie(), sources("quiet", paper={**source(), **DATASET})),
        (At(QUIET, "dataset-use", '        "paper"'),),
    ),
    Bad(
        "dataset on a note",
        both(add("quiet", "notes", NOTE), sources("quiet", paper={**source(), **DATASET})),
        (At(QUIET, "dataset-use", '        "paper"'),),
    ),
    Bad(
        "a prime contract through somebody",
        quiet_tie(via="bigco"),
        (At(QUIET, "reseller-party", '"id": "quiet-tie"', -1),),
    ),
]

COPY = {"archive_url": "https://copies.example/story"}
BOUND = {"type": "dataset", "dataset": {"name": "Set", "version": "1", "licence": "CC BY-NC-SA 4.0"}}


def called(company: str, *names: str) -> Change:
    return lambda world: world.companies[company].update(aliases=list(names))


ALIASES = [
    Bad("an alias of one letter", called("quiet", "Q!"), (At(QUIET, "alias-form", '"Q!"'),)),
    Bad("an alias that is the name", called("quiet", "quiet."), (At(QUIET, "alias-form", '"quiet."'),)),
    Bad("an alias twice", called("quiet", "Hush", "HUSH"), (At(QUIET, "alias-form", '"HUSH"'),)),
    Bad("an alias of an agency", called("quiet", "I.C.E."), (At(QUIET, "alias-clash", '"I.C.E."'),)),
    Bad(
        "an alias that is a company's name",
        agency("us-dod", aliases=["Shoes"]),
        (At("agencies/us-dod.yml", "alias-clash", '"Shoes"'),),
    ),
    Bad(
        "an alias of two",
        both(called("quiet", "Hush"), called("shoes", "Hush")),
        (At(SHOES, "alias-clash", '"Hush"'),),
    ),
    Bad(
        "a name of two",
        lambda world: world.companies["quiet"].update(legal_name="Old"),
        (At(QUIET, "alias-clash", '"legal_name"'),),
    ),
]

WORDS = [
    Bad(
        "a summary that judges",
        quiet_tie(summary="Quiet sold ICE a Controversial system."),
        (At(QUIET, "no-judgement", '"summary"'),),
    ),
    Bad("a title that judges", quiet_tie(title="A massive contract"), (At(QUIET, "no-judgement", '"title": "A'),)),
    Bad(
        "a note that judges",
        both(sources("quiet", paper=source()), add("quiet", "notes", NOTE | {"text": "A secretive meeting."})),
        (At(QUIET, "no-judgement", '"text"'),),
    ),
    Bad(
        "an e-mail address",
        quiet_tie(summary="Bought by jane.doe@agency.example for ICE."),
        (At(QUIET, "no-contact", '"summary"'),),
    ),
    Bad(
        "a telephone number in a locator",
        put("quiet", "sources", "page", locator="call (202) 555-0143"),
        (At(QUIET, "no-contact", '"locator"'),),
    ),
    Bad(
        "a DUNS number",
        put("quiet", "sources", "page", locator="recipient, DUNS: 00-113-3421"),
        (At(QUIET, "no-duns", '"locator"'),),
    ),
    Bad(
        "a copy that no archive keeps",
        put("quiet", "sources", "page", **COPY),
        (At(QUIET, "archive-copy", '"archive'),),
    ),
    Bad(
        "a copy on a server for trying things out",
        put("quiet", "sources", "page", archive_url="https://staging.web.archive.org/web/1/x.y"),
        (At(QUIET, "public-address", '"archive'),),
    ),
    Bad(
        "a dataset that binds",
        sources("quiet", page={**source("company_statement", "Quiet"), **BOUND}),
        (At(QUIET, "dataset-licence", '"licence"'),),
    ),
]

ALL = [*ALIASES, *WORDS, *REFERENCES, *OWNERS, *DOMAINS, *FUTURE, *DATES_AND_EVIDENCE]
