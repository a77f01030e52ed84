"""A made-up world of any size: the same for the same number, with names and texts that pack as badly as real ones do.

Names are made of syllables, texts of a vocabulary with Zipf's weights; every tenth company has ties, or every `tied`th,
every third an owner. Nothing real is named.
"""

import json
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from app.seeding.store import Fact, fact

ONSETS = "b br c ch cl d dr f fl g gr h j k kl l m n p pl qu r s sh sk sl sp st t tr v w z".split()  # noqa: SIM905
VOWELS = ["a", "a", "a", "e", "e", "e", "i", "i", "o", "o", "u", "ai", "ea", "oo", "ou"]
CODAS = ["", "", "", "l", "n", "r", "s", "t", "x", "ck", "ng", "nd", "st"]
TLDS = ["com"] * 12 + ["co.uk", "de", "net", "org", "io", "shop", "fr", "ca"]
CHECKED = {"verified_at": "2026-11-20", "verified_by": "automated"}
DOMAINS_A_COMPANY = 10


class Maker:
    """Makes names and texts by chance, from one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._taken: set[str] = set()
        self.words = [self.word() for _ in range(4_000)]
        self._weights = list(accumulate(1 / (at + 3) for at in range(len(self.words))))

    def word(self) -> str:
        pick = self.chance.choice
        return "".join(pick(ONSETS) + pick(VOWELS) + pick(CODAS) for _ in range(self.chance.choice([1, 2, 2, 3])))

    def new_name(self) -> str:
        """A word that was not given before."""
        while True:
            name = self.word() + self.chance.choice(["", "", self.word()])
            if 3 < len(name) < 30 and name not in self._taken:
                self._taken.add(name)
                return name

    def text(self, words: int) -> str:
        """Words by Zipf's law."""
        return " ".join(self.chance.choices(self.words, cum_weights=self._weights, k=words)).capitalize() + "."

    def date(self) -> str:
        return (
            f"{self.chance.randrange(2008, 2026)}-{self.chance.randrange(1, 13):02}-{self.chance.randrange(1, 29):02}"
        )

    def source(self) -> dict[str, Any]:
        path = "-".join(self.chance.choices(self.words, k=5))
        url = f"https://www.{self.chance.choice(self.words)}.com/{self.chance.randrange(2010, 2026)}/{path}/"
        return {"url": url, "publisher": self.chance.choice(self.words).title(), "type": "press", "title": self.text(7)}


def facts_of_world(domains: int, seed: int = 1, tied: int = 10) -> list[Fact]:
    """All facts of a world with so many domains."""
    maker = Maker(seed)
    companies = [maker.new_name() for _ in range(max(3, domains // DOMAINS_A_COMPANY))]
    found = [
        fact("agency", f"us-a{at}", {"name": f"Agency {at}", "short_name": f"A{at}", "country": "US", "parent": None,
                                     "toptier": None, "subtier": None})
        for at in range(20)
    ]  # fmt: skip
    for at, name in enumerate(companies):
        found.append(fact("company", name, {"name": name.title(), "legal_name": None}))
        share = domains // len(companies) + (at < domains % len(companies))
        found += [domain_fact(maker, name, new_domain(maker, name)) for _ in range(share)]
        if at % 3 == 2:
            found.append(owner_fact(maker, name, companies[at // 3]))
        if at % tied == 0:
            found += [tie_fact(maker, name, n) for n in range(maker.chance.choice([1, 1, 2, 3]))]
    return found


def new_domain(maker: Maker, company: str) -> str:
    """A name for a company: sometimes like its own, mostly another."""
    stem = company if maker.chance.random() < 0.15 else maker.new_name()
    name = f"{stem}.{maker.chance.choice(TLDS)}"
    if name in maker._taken:
        return new_domain(maker, company)
    maker._taken.add(name)
    return name


def domain_fact(maker: Maker, company: str, name: str) -> Fact:
    body: dict[str, Any] = {"company": company, "name": name, "claim_status": "published", "history": [], **CHECKED}
    return fact("domain", f"{company}-domain-{name.replace('.', '-dot-')}", body | {"sources": [maker.source()]})


def owner_fact(maker: Maker, company: str, owner: str) -> Fact:
    body: dict[str, Any] = {"company": company, "owner": owner, "kind": "subsidiary", "valid_from": maker.date()}
    body |= {"claim_status": "published", "history": [], **CHECKED}
    return fact("ownership", f"{company}-owner-{owner}", body | {"sources": [maker.source()]})


def tie_fact(maker: Maker, company: str, number: int) -> Fact:
    chance = maker.chance
    body = {
        "company": company,
        "agency": f"us-a{chance.randrange(20)}",
        "kind": chance.choice(["prime_contract", "reseller", "subcontract"]),
        "status": chance.choice(["active", "unknown", "ended"]),
        "status_as_of": maker.date(),
        "evidence": chance.choice(["record", "corroborated", "single_report"]),
        "title": maker.text(5),
        "summary": maker.text(25),
        "amounts": [{"kind": "reported", "value": str(chance.randrange(10**4, 10**8)), "currency": "USD",
                     "as_of": maker.date(), "source": 0}],
        "awards": [],
        "statements": [],
        "claim_status": "published",
        "history": [],
        "sources": [maker.source() for _ in range(chance.choice([1, 2]))],
        **CHECKED,
    }  # fmt: skip
    return fact("tie", f"{company}-tie-{number}", body)


def churn(facts: list[Fact], share: float, seed: int = 2) -> list[Fact]:
    """The facts after a share of the domains changed: a third is gone, a third is new, a third has moved to another
    company."""
    maker = Maker(seed)
    domains = [one for one in facts if one.type == "domain"]
    companies = [one.id for one in facts if one.type == "company"]
    picked = maker.chance.sample(domains, max(3, int(len(domains) * share)))
    dropped = {one.id for one in picked}
    kept = [one for one in facts if one.id not in dropped or one.type != "domain"]
    return kept + list(_replaced(maker, picked, companies))


def _replaced(maker: Maker, picked: list[Fact], companies: list[str]) -> Iterator[Fact]:
    for at, one in enumerate(picked):
        company = maker.chance.choice(companies)
        if at % 3 == 1:
            yield domain_fact(maker, company, f"{maker.new_name()}-new.com")
        elif at % 3 == 2:
            yield domain_fact(maker, company, one.body["name"])


def write_seed(facts: list[Fact], folder: Path) -> None:
    """The world as seed files. JSON is YAML."""
    companies: dict[str, dict[str, Any]] = {}
    for kind in ("companies", "agencies"):
        (folder / kind).mkdir(parents=True)
    for one in facts:
        body = {key: value for key, value in one.body.items() if value is not None and value != []}
        if one.type == "agency":
            (folder / "agencies" / f"{one.id}.yml").write_text(json.dumps({"id": one.id, **body}, indent=1))
        elif one.type == "company":
            companies[one.id] = {"id": one.id, **body, "sources": {}}
        else:
            _add_claim(companies[body.pop("company")], one, body)
    for name, record in companies.items():
        (folder / "companies" / f"{name}.yml").write_text(json.dumps(record, indent=1))
    (folder / "hosted.yml").write_text("platforms: []\ngovernments: []\n")


def _add_claim(record: dict[str, Any], one: Fact, body: dict[str, Any]) -> None:
    keys = [f"s{len(record['sources']) + at}" for at in range(len(body["sources"]))]
    record["sources"] |= dict(zip(keys, body["sources"], strict=True))
    amounts = [amount | {"source": keys[amount["source"]]} for amount in body.pop("amounts", [])]
    parts = {"amounts": amounts} if amounts else {}
    field = {"domain": "domains", "ownership": "owners", "tie": "ties"}[one.type]
    named = {"id": one.id} if one.type == "tie" else {}
    record.setdefault(field, []).append({**named, **body, **parts, "sources": keys})
