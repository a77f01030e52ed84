"""A small made-up world as seed files, and what to change in it. No real company is named here."""

import copy
import json
from pathlib import Path
from typing import Any

Record = dict[str, Any]

CHECKED = {"verified_at": "2026-01-02", "verified_by": "automated"}
RECORD = {"url": "https://www.usaspending.gov/award/CONT_AWD_1_7012_-NONE-_-NONE-/", "publisher": "USAspending.gov"}


def source(kind: str = "press", publisher: str = "The Paper", **more: str) -> Record:
    return {"url": "https://paper.example/story", "publisher": publisher, "type": kind, **more}


def domain(name: str, **more: Any) -> Record:
    return {"name": name, "sources": ["page"], **CHECKED, **more}


def owner(name: str, **more: Any) -> Record:
    return {"owner": name, "kind": "subsidiary", "valid_from": "2015-06-01", "sources": ["page"], **CHECKED, **more}


def tie(name: str, **more: Any) -> Record:
    return {
        "id": name,
        "agency": "us-ice",
        "kind": "prime_contract",
        "status": "active",
        "status_as_of": "2020-01",
        "evidence": "record",
        "title": f"Title of {name}",
        "summary": f"Summary of {name}.",
        "sources": ["award"],
        **CHECKED,
        **more,
    }


def company(name: str, **parts: Any) -> Record:
    """A company with sources `page`, `award`, `paper`; those that no claim uses are dropped."""
    record = {"id": name, "name": name.title(), **parts}
    sources = {
        "page": source("company_statement", name.title()),
        "award": {**RECORD, "type": "government_record"},
        "paper": source(),
        "post": source("press", "The Post"),
    }
    claims = [c for field in ("domains", "owners", "ties", "notes") for c in record.get(field, [])]
    used = {key for claim in claims for key in claim["sources"]}
    return {**record, "sources": {**{k: v for k, v in sources.items() if k in used}, **record.get("sources", {})}}


AGENCIES: list[Record] = [
    {"id": "us-dhs", "name": "Department of Homeland Security", "short_name": "DHS", "country": "US"},
    {
        "id": "us-ice",
        "name": "Immigration and Customs Enforcement",
        "short_name": "ICE",
        "country": "US",
        "parent": "us-dhs",
        "codes": {"subtier": "7012"},
    },
    {"id": "us-dod", "name": "Department of Defense", "short_name": "DoD", "country": "US"},
]

COMPANIES: list[Record] = [
    company(
        "bigco",
        domains=[domain("bigco.com"), domain("bigco.co.uk")],
        ties=[
            tie("bigco-ice-cloud", awards=["CONT_AWD_1_7012_-NONE-_-NONE-"]),
            tie(
                "bigco-dod-ended",
                agency="us-dod",
                status="ended",
                status_as_of="2014-03",
                valid_to="2014-03",
                evidence="corroborated",
                sources=["paper", "post"],
            ),
        ],
        notes=[
            {
                "id": "bigco-pitch",
                "kind": "pitch",
                "date": "2018-06",
                "text": "Bigco met the agency.",
                "sources": ["paper"],
                **CHECKED,
            }
        ],
    ),
    company("shoes", domains=[domain("shoes.com")], owners=[owner("bigco")]),
    company(
        "code",
        domains=[domain("code.com")],
        owners=[owner("bigco", valid_from="2018-10-25")],
        ties=[tie("code-ice-licence", kind="reseller", evidence="single_report", sources=["paper"])],
    ),
    company("quiet", domains=[domain("quiet.com")]),
    company(
        "old",
        domains=[domain("old.com")],
        ties=[tie("old-ice", status="ended", status_as_of="2019-03", valid_to="2019-03")],
    ),
    company(
        "looked",
        domains=[domain("looked.com")],
        research=[
            {
                "id": "looked-2026",
                "date": "2026-01-02",
                "by": "someone",
                "searched": [
                    {"where": "USAspending", "what": "prime awards, all agencies"},
                    {"where": "The Paper", "what": "its archive"},
                ],
            }
        ],
    ),
]

HOSTED: Record = {
    "platforms": [
        {
            "name": "pages.com",
            "platform": "Pages",
            "apex": "company",
            "children": "stop",
            "own": ["www"],
            "company": "quiet",
        },
        {"name": "sites.bigco.com", "platform": "Bigco Sites", "apex": "stop", "company": "bigco"},
    ],
    "governments": [{"suffix": "gov", "country": "US"}],
}


class World:
    """Seed files under a folder, made of the records above; change the records, then write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.companies: dict[str, Record] = {c["id"]: copy.deepcopy(c) for c in COMPANIES}
        self.agencies: dict[str, Record] = {a["id"]: copy.deepcopy(a) for a in AGENCIES}
        self.hosted = copy.deepcopy(HOSTED)

    def write(self) -> Path:
        """Write all files anew. JSON is YAML, and one field a line keeps line numbers telling."""
        for kind, records in (("companies", self.companies), ("agencies", self.agencies)):
            folder = self.folder / kind
            folder.mkdir(parents=True, exist_ok=True)
            for path in folder.glob("*.yml"):
                path.unlink()
            for name, record in records.items():
                (folder / f"{name}.yml").write_text(json.dumps(record, indent=2), "utf-8")
        (self.folder / "hosted.yml").write_text(json.dumps(self.hosted, indent=2), "utf-8")
        return self.folder
