"""The layouts of USAspending's CSV files: which columns are read, under which names, and which must be there.

Columns are found by name, in any order; others are never read. That is how phones, faxes, officers' names and pay
stay out (trust.md 9): no field here takes them. Names: USAspending's `download_column_historical_lookups.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import AppError


class Basis(StrEnum):
    """What one row is: an action on an award, a whole award, a subaward."""

    TRANSACTION = "transaction"
    SUMMARY = "summary"
    SUBAWARD = "subaward"


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file. `fields` gives for each field of ours the names that its column has had; those in
    `required` must be there. `signature` tells the layout from the others."""

    name: str
    basis: Basis
    signature: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]


_AGENCY = {
    "agency_top": ("awarding_agency_code",),
    "agency_sub": ("awarding_sub_agency_code",),
    "agency_name": ("awarding_agency_name",),
    "sub_agency_name": ("awarding_sub_agency_name",),
    "funding_name": ("funding_agency_name",),
    "funding_sub_name": ("funding_sub_agency_name",),
}
_RECIPIENT = {
    "uei": ("recipient_uei",),
    "duns": ("recipient_duns",),
    "name": ("recipient_name_raw", "recipient_name"),
    "cage": ("cage_code",),
    "parent_uei": ("recipient_parent_uei",),
    "parent_duns": ("recipient_parent_duns",),
    "parent_name": ("recipient_parent_name_raw", "recipient_parent_name"),
    "city": ("recipient_city_name",),
    "state": ("recipient_state_code",),
    "federal": ("us_federal_government",),
    "federal_agency": ("federal_agency",),
    "sole": ("sole_proprietorship",),
}
_AWARD = {
    "award_key": ("contract_award_unique_key",),
    "piid": ("award_id_piid",),
    "parent_piid": ("parent_award_id_piid", "parent_award_id"),
    "parent_agency": ("parent_award_agency_id",),
    "current_value": ("current_total_value_of_award",),
    "potential_value": ("potential_total_value_of_award",),
    "begins": ("period_of_performance_start_date",),
    "ends": ("period_of_performance_current_end_date",),
    "may_end": ("period_of_performance_potential_end_date",),
    "award_or_idv": ("award_or_idv_flag",),
    "modified": ("last_modified_date",),
}
_ACTION = {
    "key": ("contract_transaction_unique_key",),
    "delete": ("correction_delete_ind",),
    "deleting_agency": ("agency_id",),
    "modification": ("modification_number",),
    "number": ("transaction_number",),
    "obligated": ("federal_action_obligation",),
    "all_options": ("base_and_all_options_value",),
    "acted": ("action_date",),
    "action_type": ("action_type_code",),
    "description": ("transaction_description", "award_description"),
}
_WHOLE = {
    "obligated": ("total_obligated_amount",),
    "first": ("award_base_action_date",),
    "acted": ("award_latest_action_date",),
    "description": ("prime_award_base_transaction_description",),
}
_SUBAWARD = {
    "award_key": ("prime_award_unique_key",),
    "number": ("subaward_number",),
    "obligated": ("subaward_amount",),
    "acted": ("subaward_action_date",),
    "description": ("subaward_description",),
    "agency_top": ("prime_award_awarding_agency_code",),
    "agency_sub": ("prime_award_awarding_sub_agency_code",),
    "agency_name": ("prime_award_awarding_agency_name",),
    "sub_agency_name": ("prime_award_awarding_sub_agency_name",),
    "prime": ("prime_awardee_name",),
    "uei": ("subawardee_uei",),
    "duns": ("subawardee_duns",),
    "name": ("subawardee_name",),
    "parent_uei": ("subawardee_parent_uei",),
    "parent_duns": ("subawardee_parent_duns",),
    "parent_name": ("subawardee_parent_name",),
    "city": ("subawardee_city_name",),
    "state": ("subawardee_state_code",),
    "business_types": ("subawardee_business_types",),
    "modified": ("subaward_sam_report_last_modified_date", "subaward_fsrs_report_last_modified_date"),
}
_PARTS = ("piid", "parent_piid", "parent_agency", "agency_sub", "award_or_idv")
_WHO = ("name", "parent_name", "sole", "federal")
_MONEY_AND_TIME = ("obligated", "current_value", "potential_value", "acted", "begins", "ends", "may_end", "modified")

LAYOUTS = (
    Layout(
        "transactions",
        Basis.TRANSACTION,
        ("contract_transaction_unique_key",),
        {**_AWARD, **_AGENCY, **_RECIPIENT, **_ACTION},
        ("key", "modification", *_PARTS, *_WHO, *_MONEY_AND_TIME, "all_options", "action_type", "description"),
    ),
    Layout(
        "transactions-2018",
        Basis.TRANSACTION,
        ("federal_action_obligation", "parent_award_id"),
        {**_AWARD, **_AGENCY, **_RECIPIENT, **_ACTION},
        ("modification", "number", *_PARTS, *_WHO, *_MONEY_AND_TIME, "all_options", "action_type", "description"),
    ),
    Layout(
        "summaries",
        Basis.SUMMARY,
        ("total_obligated_amount", "award_base_action_date"),
        {**_AWARD, **_AGENCY, **_RECIPIENT, **_WHOLE},
        ("award_key", "first", *_PARTS, *_WHO, *_MONEY_AND_TIME, "description"),
    ),
    Layout(
        "subawards",
        Basis.SUBAWARD,
        ("prime_award_unique_key", "subaward_number"),
        _SUBAWARD,
        ("award_key", "number", "obligated", "acted", "name", "agency_sub", "parent_name", "prime", "business_types"),
    ),
)
ASSISTANCE = "assistance_award_unique_key"


def recognise(header: Iterable[str], where: str) -> Layout:
    """The layout of a file with these column names.

    Raises AppError `award-file`: a column stands twice, no layout fits, or columns that are needed are missing.
    """
    names = list(header)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _wrong(where, f"the column {', '.join(twice)} stands twice: keep one")
    layout = next((each for each in LAYOUTS if set(each.signature) <= set(names)), None)
    if layout is None:
        hint = "it lists assistance awards" if ASSISTANCE in names else "its first line names no columns of USAspending"
        raise _wrong(where, f"{hint}: give prime award summaries, prime transactions or subawards of contracts")
    missing = [layout.fields[name][-1] for name in layout.required if not _present(layout.fields[name], names)]
    if missing:
        raise _wrong(where, f"a {layout.name} file needs these columns too: {', '.join(sorted(missing))}")
    return layout


def _present(columns: Iterable[str], names: Iterable[str]) -> bool:
    return any(column in names for column in columns)


def _wrong(where: str, what: str) -> AppError:
    return AppError("award-file", 422, f"{where}, line 1: {what}.")
