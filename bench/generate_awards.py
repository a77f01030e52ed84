"""A made-up file of prime transactions in the real layout: 297 columns, values as long as real ones."""

import argparse
import json
import time
from pathlib import Path

import duckdb

LAYOUT = Path(__file__).resolve().parent.parent / "tests" / "awards" / "layouts" / "transactions.txt"
# Each award has about four actions; each recipient some thousands of actions; one in five recipients is curated.
PARTS = """
    SELECT i,
        'PIID' || lpad((i // 4)::VARCHAR, 10, '0') AS piid,
        CASE WHEN i % 4 = 0 THEN '0' ELSE 'P' || lpad((i % 4)::VARCHAR, 5, '0') END AS mod,
        CASE WHEN (i // 4) % 3 = 0 THEN '-NONE-' ELSE 'GS35F' || lpad(((i // 4) % 5000)::VARCHAR, 5, '0') END AS parent,
        CASE WHEN (i // 4) % 3 = 0 THEN '-NONE-' ELSE '4730' END AS parent_agency,
        DATE '2008-10-01' + ((i * 7919) % 6000)::INTEGER AS day,
        (hash(i // 4) % 1000)::INTEGER AS firm,
        (hash(i) % 400000000)::BIGINT - 40000000 AS cents
    FROM range({rows}) AS t(i)
"""
SPECIAL = {
    "contract_transaction_unique_key": "'7012_' || parent_agency || '_' || piid || '_' || mod || '_' || parent || '_0'",
    "contract_award_unique_key": "'CONT_AWD_' || piid || '_7012_' || parent || '_' || parent_agency",
    "award_id_piid": "piid",
    "modification_number": "mod",
    "transaction_number": "'0'",
    "parent_award_agency_id": "nullif(parent_agency, '-NONE-')",
    "parent_award_id_piid": "nullif(parent, '-NONE-')",
    "federal_action_obligation": "(cents / 100)::DECIMAL(15, 2)::VARCHAR",
    "total_dollars_obligated": "(abs(cents) / 25)::DECIMAL(15, 2)::VARCHAR",
    "base_and_exercised_options_value": "(cents / 100)::DECIMAL(15, 2)::VARCHAR",
    "current_total_value_of_award": "(abs(cents) / 25)::DECIMAL(15, 2)::VARCHAR",
    "base_and_all_options_value": "(abs(cents) / 20)::DECIMAL(15, 2)::VARCHAR",
    "potential_total_value_of_award": "(abs(cents) / 20)::DECIMAL(15, 2)::VARCHAR",
    "action_date": "day::VARCHAR",
    "action_date_fiscal_year": "year(day + INTERVAL 3 MONTH)::VARCHAR",
    "period_of_performance_start_date": "day::VARCHAR",
    "period_of_performance_current_end_date": "(day + 365)::VARCHAR",
    "period_of_performance_potential_end_date": "(day + 1460)::VARCHAR",
    "awarding_agency_code": "'070'",
    "awarding_agency_name": "'DEPARTMENT OF HOMELAND SECURITY (DHS)'",
    "awarding_sub_agency_code": "'7012'",
    "awarding_sub_agency_name": "'U.S. IMMIGRATION AND CUSTOMS ENFORCEMENT'",
    "awarding_office_name": "'MISSION SUPPORT WASHINGTON'",
    "funding_agency_code": "'070'",
    "funding_agency_name": "'DEPARTMENT OF HOMELAND SECURITY (DHS)'",
    "funding_sub_agency_code": "'7012'",
    "funding_sub_agency_name": "'U.S. IMMIGRATION AND CUSTOMS ENFORCEMENT'",
    "recipient_uei": "'UE' || lpad(firm::VARCHAR, 10, '0')",
    "recipient_duns": "lpad(firm::VARCHAR, 9, '7')",
    "recipient_name": "'MADE UP FIRM ' || firm || ', INC.'",
    "recipient_name_raw": "'MADE UP FIRM ' || firm || ', INC.'",
    "cage_code": "lpad(firm::VARCHAR, 5, '9')",
    "recipient_parent_uei": "'PU' || lpad((firm // 2)::VARCHAR, 10, '0')",
    "recipient_parent_name": "'MADE UP HOLDING ' || firm // 2",
    "recipient_address_line_1": "'1200 NEW HAMPSHIRE AVENUE NW STE 201'",
    "recipient_city_name": "'WASHINGTON'",
    "recipient_phone_number": "'2025550' || lpad((firm % 1000)::VARCHAR, 3, '0')",
    "recipient_fax_number": "'2025551' || lpad((firm % 1000)::VARCHAR, 3, '0')",
    "award_or_idv_flag": "'AWARD'",
    "award_type_code": "'C'",
    "award_type": "'DELIVERY ORDER'",
    "transaction_description": "'IGF::OT::IGF SOFTWARE, LICENCES AND SUPPORT FOR OFFICE ' || i % 977"
    " || CASE WHEN i % 50 = 0 THEN ', CONTACT JANE.DOE@EXAMPLE.COM OR (202) 555-0147' ELSE '' END",
    "prime_award_base_transaction_description": "'IGF::OT::IGF SOFTWARE, LICENCES AND SUPPORT'",
    "action_type_code": "CASE WHEN i % 4 = 0 THEN NULL ELSE 'C' END",
    "action_type": "CASE WHEN i % 4 = 0 THEN NULL ELSE 'FUNDING ONLY ACTION' END",
    "number_of_actions": "'1'",
    "naics_code": "'541512'",
    "naics_description": "'COMPUTER SYSTEMS DESIGN SERVICES'",
    "product_or_service_code": "'7030'",
    "product_or_service_code_description": "'ADP SOFTWARE'",
    "contracting_officers_determination_of_business_size": "'OTHER THAN SMALL BUSINESS'",
    "country_of_product_or_service_origin": "'UNITED STATES'",
    "usaspending_permalink": "'https://www.usaspending.gov/award/CONT_AWD_' || piid || '_7012_' || parent"
    " || '_' || parent_agency || '/'",
    "initial_report_date": "(day + 2)::VARCHAR",
    "last_modified_date": "(day + 30)::VARCHAR",
    "highly_compensated_officer_1_name": "CASE WHEN firm % 3 = 0 THEN 'A PERSON' END",
    "highly_compensated_officer_1_amount": "CASE WHEN firm % 3 = 0 THEN '450000' END",
}


def generate(path: Path, rows: int) -> None:
    """Write `rows` transactions to a CSV file, every value quoted, as the site does."""
    columns = LAYOUT.read_text("utf-8").split()
    values = ", ".join(f'{SPECIAL.get(name, _plain(name))} AS "{name}"' for name in columns)
    with duckdb.connect() as connection:
        query = f"SELECT {values} FROM ({PARTS.format(rows=rows)})"
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER)")


def write_seed(folder: Path) -> Path:
    """A seed in which every fifth of the thousand firms is a company, known by its UEI."""
    for kind in ("companies", "agencies"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    page = {"url": "https://www.usaspending.gov/award/x/", "publisher": "USAspending.gov", "type": "government_record"}
    checked = {"sources": ["award"], "verified_at": "2026-01-02", "verified_by": "automated"}
    for firm in range(0, 1000, 5):
        known = {"kind": "uei", "value": uei(firm), **checked}
        company = {"id": f"firm-{firm}", "name": f"Firm {firm}", "sources": {"award": page}, "identifiers": [known]}
        (folder / "companies" / f"firm-{firm}.yml").write_text(json.dumps(company), "utf-8")
    agency = {"id": "us-ice", "name": "Immigration", "short_name": "ICE", "country": "US", "codes": {"subtier": "7012"}}
    (folder / "agencies" / "us-ice.yml").write_text(json.dumps(agency), "utf-8")
    (folder / "hosted.yml").write_text("{}", "utf-8")
    return folder


def uei(firm: int) -> str:
    """What `recipient_uei` is in the made-up file."""
    return f"UE{firm:010}"


def _plain(name: str) -> str:
    """What stands in the columns that nobody reads: a flag, a code, its words, or nothing."""
    if name.endswith("_code"):
        return "'X'"
    if any(word in name for word in ("business", "owned", "college", "organization", "government", "agency", "firm")):
        return "'f'"
    if f"{name}_code" in LAYOUT.read_text("utf-8"):
        return "'NOT APPLICABLE'"
    return "NULL"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    given = parser.parse_args()
    started = time.monotonic()
    generate(given.path, given.rows)
    print(f"{given.path}: {given.path.stat().st_size / 1e9:.2f} GB in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
