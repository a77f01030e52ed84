"""Made-up award files in the real layouts: whole headers, a handful of rows. No row of a real file is used."""

import csv
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

LAYOUTS = Path(__file__).parent / "layouts"
Row = dict[str, str]
# What must never be stored, in columns that nobody reads and in a description.
SECRETS = ("2025550147", "2025550199", "JANE OFFICER", "987654321", "JANE.DOE@EXAMPLE.COM", "(202) 555-0123")


def header(layout: str) -> list[str]:
    return (LAYOUTS / f"{layout}.txt").read_text("utf-8").split()


def action(piid: str = "70CDCR18P00000001", **more: str) -> Row:
    """One action on an award, in today's layout. `mod` and `amount` are short for their columns; the keys are made of
    the parts, unless given."""
    mod, amount = more.pop("mod", "0"), more.pop("amount", "1000.00")
    row = {
        "award_id_piid": piid,
        "modification_number": mod,
        "transaction_number": "0",
        "federal_action_obligation": amount,
        "current_total_value_of_award": "1000.00",
        "base_and_all_options_value": "5000.00",
        "potential_total_value_of_award": "5000.00",
        "action_date": "2018-01-24",
        "period_of_performance_start_date": "2018-01-24",
        "period_of_performance_current_end_date": "2019-01-23",
        "period_of_performance_potential_end_date": "2023-01-23",
        "awarding_agency_code": "070",
        "awarding_agency_name": "DEPARTMENT OF HOMELAND SECURITY (DHS)",
        "awarding_sub_agency_code": "7012",
        "awarding_sub_agency_name": "U.S. IMMIGRATION AND CUSTOMS ENFORCEMENT",
        "recipient_name": "BIGCO FEDERAL, INC.",
        "recipient_duns": "012345678",
        "recipient_parent_name": "BIGCO HOLDING CORP",
        "recipient_parent_duns": "012345679",
        "recipient_city_name": "SPRINGFIELD",
        "recipient_state_code": "VA",
        "recipient_phone_number": "2025550147",
        "recipient_fax_number": "2025550199",
        "award_or_idv_flag": "AWARD",
        "transaction_description": "CLOUD SERVICES",
        "us_federal_government": "f",
        "sole_proprietorship": "f",
        "highly_compensated_officer_1_name": "JANE OFFICER",
        "highly_compensated_officer_1_amount": "987654321",
        "last_modified_date": "2018-02-01",
        **more,
    }
    return _keys(row)


def _keys(row: Row) -> Row:
    none = "-NONE-"
    piid, sub = row["award_id_piid"], row["awarding_sub_agency_code"]
    parent, agency = row.get("parent_award_id_piid") or none, row.get("parent_award_agency_id") or none
    number = row["transaction_number"] or none
    idv = row["award_or_idv_flag"] == "IDV"
    keys = {
        "contract_transaction_unique_key": "_".join((sub, agency, piid, row["modification_number"], parent, number)),
        "contract_award_unique_key": f"CONT_IDV_{piid}_{sub}" if idv else f"CONT_AWD_{piid}_{sub}_{parent}_{agency}",
    }
    return keys | row


def as_2018(row: Row) -> Row:
    """The same action as a file of 2018 has it: other names, dates with slashes, zeros in front lost."""
    old = dict(row)
    old["parent_award_id"] = old.pop("parent_award_id_piid", "")
    old["award_description"] = old.pop("transaction_description")
    for name in [name for name in old if name.endswith("_date")]:
        year, month, day = old[name].split("-")
        short = name != "action_date"
        old[name] = f"{day}/{month}/{year[2:]} 00:00" if short else f"{day}/{month}/{year}"
    for name in ("recipient_duns", "recipient_parent_duns", "awarding_agency_code", "cage_code"):
        old[name] = old.get(name, "").lstrip("0")
    return {name: value for name, value in old.items() if name in header("transactions2018")}


def summary(piid: str = "70CDCR18P00000009", **more: str) -> Row:
    """A whole award."""
    row = action(piid)
    whole = {
        "total_obligated_amount": "7000.50",
        "award_base_action_date": "2017-12-01",
        "award_latest_action_date": "2018-03-01",
        "prime_award_base_transaction_description": "SUPPORT",
        **more,
    }
    return {name: value for name, value in (row | whole).items() if name in header("summaries")}


def subaward(number: str = "SUB-1", **more: str) -> Row:
    """A subaward to the same firm, under another's award."""
    return {
        "prime_award_unique_key": "CONT_AWD_PRIME1_7012_-NONE-_-NONE-",
        "prime_awardee_name": "SOME PRIME LLC",
        "prime_award_awarding_agency_code": "070",
        "prime_award_awarding_sub_agency_code": "7012",
        "subaward_number": number,
        "subaward_amount": "250.25",
        "subaward_action_date": "2018-04-02",
        "subawardee_name": "BIGCO FEDERAL, INC.",
        "subawardee_parent_name": "BIGCO HOLDING CORP",
        "subawardee_business_types": "Corporate Entity Not Tax Exempt",
        "subaward_description": "HOSTING",
        "subawardee_highly_compensated_officer_1_name": "JANE OFFICER",
        "subaward_sam_report_last_modified_date": "2018-05-01",
        **more,
    }


def text(rows: list[Row], layout: str = "transactions", columns: list[str] | None = None) -> str:
    names = columns or header(layout)
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, rows: list[Row], layout: str = "transactions", **more: Any) -> Path:
    path.write_text(text(rows, layout, **more), "utf-8", newline="")
    return path


def write_gz(path: Path, rows: list[Row]) -> Path:
    path.write_bytes(gzip.compress(text(rows).encode()))
    return path


def write_zip(path: Path, members: dict[str, list[Row]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in members.items():
            archive.writestr(name, text(rows))
    return path
