"""From the warehouse's transactions to what is published: awards of matched companies, their fiscal years, rollups.

All of it is computed in the importer's own store before the write lock is taken; unmatched recipients stay behind.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Any

from app.awards.matching import Holding, Match, Matcher, Recipient, holdings
from app.awards.warehouse import Warehouse
from app.seeding.reader import Tree

BATCH = 20_000
# FPDS action types: K close-out; E default, F convenience, N legal cancellation, X cause.
ENDED = "CASE action_type WHEN 'K' THEN 'closed' WHEN 'E' THEN 'terminated' WHEN 'F' THEN 'terminated' \
WHEN 'N' THEN 'terminated' WHEN 'X' THEN 'terminated' END"
# The last action of a day is the one with the highest modification; short numbers sort as numbers.
ORDER = "strftime(acted, '%Y%m%d') || lpad(coalesce(modification, ''), 25, '0') || coalesce(number, '')"
FISCAL_YEAR = "year(acted) + (month(acted) >= 10)::INTEGER"

AWARD_COLUMNS = (
    *("company", "held_by", "key", "kind", "number", "agency", "recipient", "uei", "cage", "matched_by"),
    *("matched_value", "prime", "obligated", "deobligated", "current_value", "potential_value", "first_action"),
    *("last_action", "ends", "actions", "modifications", "ended", "figures", "parent_award", "description"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """What was imported: first and last action, and the date of the newest file."""

    since: date | None
    until: date | None
    made: date | None


class Harvest:
    """What the warehouse holds for the companies of a seed, ready to be published: temporary tables `award`, `year`
    and `rollup` of its connection."""

    def __init__(self, warehouse: Warehouse, tree: Tree) -> None:
        self.warehouse = warehouse
        put_matches(warehouse, tree)
        _put(warehouse, "holding", Holding, list(holdings(tree)))
        for name, query in (
            ("matched", MATCHED),
            ("shown", SHOWN),
            ("year", YEAR),
            ("award", AWARD),
            ("rollup", ROLLUP),
        ):
            warehouse.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def rows(self, query: str) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query in batches, so that memory stays bounded. Nothing else may be asked meanwhile: temporary
        tables belong to the one connection."""
        result = self.warehouse.connection.execute(query)
        while batch := result.fetchmany(BATCH):
            yield batch

    def files(self) -> list[tuple[Any, ...]]:
        """The files behind it, oldest first."""
        return self.warehouse.run(
            """SELECT sha256, name, layout, made::VARCHAR, since::VARCHAR, until::VARCHAR, read, stored + known + older,
            quarantined FROM file ORDER BY made NULLS FIRST, name, sha256"""
        )


def put_matches(warehouse: Warehouse, tree: Tree) -> None:
    """The temporary tables `match` and `agency`: which recipient is which company when, which code which agency."""
    _put_agencies(warehouse, tree)
    _put(warehouse, "match", Match, list(_matches(warehouse, tree)))


def _matches(warehouse: Warehouse, tree: Tree) -> Iterator[Match]:
    matcher = Matcher(tree)
    fields = (
        "who::VARCHAR, any_value(uei), any_value(cage), any_value(name), any_value(parent_uei), any_value(parent_name)"
    )
    for row in warehouse.run(f"SELECT {fields} FROM standing WHERE NOT sole GROUP BY who"):
        yield from matcher.matches(Recipient(*row))


def _put_agencies(warehouse: Warehouse, tree: Tree) -> None:
    warehouse.run("CREATE OR REPLACE TEMP TABLE agency (code VARCHAR, id VARCHAR)")
    for agency, _ in tree.agencies.values():
        for code in (agency.codes.subtier, agency.codes.toptier):
            if code:
                warehouse.run("INSERT INTO agency VALUES (?, ?)", [code, agency.id])


def _put(warehouse: Warehouse, table: str, kind: type[Holding | Match], rows: list[Any]) -> None:
    """A temporary table of dataclasses; DuckDB takes columns much faster than rows."""
    types = {"who": "UHUGEINT", "since": "DATE", "until": "DATE"}
    names = [field.name for field in fields(kind)]
    columns = [f"{name} {types.get(name, 'VARCHAR')}" for name in names]
    warehouse.run(f"CREATE OR REPLACE TEMP TABLE {table} ({', '.join(columns)})")
    for batch in _batches(rows):
        lists = [list(map(str, column)) for column in zip(*map(astuple, batch), strict=True)]
        taken = ", ".join(f"unnest(?::VARCHAR[])::{types.get(name, 'VARCHAR')}" for name in names)
        warehouse.run(f"INSERT INTO {table} SELECT {taken}", lists)


def _batches(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


# The sub-agency's own record, else the department's: the lowest one that the data knows.
MATCHED = """
SELECT r.*, m.company AS held_by, m.matched_by, m.matched_value, coalesce(sub.id, top.id) AS agency
FROM standing r JOIN match m ON m.who = r.who AND r.first >= m.since AND r.first < m.until
LEFT JOIN agency sub ON sub.code = r.agency_sub LEFT JOIN agency top ON top.code = r.agency_top
WHERE coalesce(sub.id, top.id) IS NOT NULL
"""
SHOWN = f"""
SELECT h.company, m.*, {ORDER} AS place, {FISCAL_YEAR} AS fiscal_year, least(obligated, 0) AS less,
    CASE basis WHEN 'subaward' THEN 'subaward' ELSE if(starts_with(award, 'CONT_IDV_'), 'idv', 'award') END AS kind,
    CASE basis WHEN 'subaward' THEN number ELSE '' END AS subnumber,
    CASE basis WHEN 'summary' THEN 'summary' ELSE 'actions' END AS figures,
    {ENDED} AS ended
FROM matched m JOIN holding h ON h.holder = m.held_by AND m.first >= h.since AND m.first < h.until
"""


_TOLD = ", ".join(f"coalesce({name}::VARCHAR, chr(30))" for name in AWARD_COLUMNS)


def _last(value: str) -> str:
    """The value that the last action gives which gives any."""
    return f"arg_max({value}, place) FILTER ({value} IS NOT NULL)"


# What each year holds goes into the digest too: an action that moves to another year changes its award.
AWARD = f"""
WITH split AS (
    SELECT company, held_by, key, kind, number,
        string_agg(concat_ws(':', fiscal_year, obligated, deobligated, actions), ',' ORDER BY fiscal_year) AS years
    FROM year GROUP BY company, held_by, key, kind, number
), whole AS (
    SELECT company, held_by, award AS key, kind, subnumber AS number, arg_max(agency, place) AS agency,
        {_last("name")} AS recipient, {_last("uei")} AS uei, {_last("cage")} AS cage,
        arg_max(matched_by, place) AS matched_by, arg_max(matched_value, place) AS matched_value,
        {_last("prime")} AS prime, sum(obligated)::BIGINT AS obligated, sum(less)::BIGINT AS deobligated,
        {_last("current_value")} AS current_value, {_last("potential_value")} AS potential_value,
        min(first)::VARCHAR AS first_action, max(acted)::VARCHAR AS last_action,
        ({_last("ends")})::VARCHAR AS ends, count(*)::INTEGER AS actions,
        (count(DISTINCT modification) FILTER (modification <> '0'))::INTEGER AS modifications,
        nullif(arg_max(coalesce(ended, ''), place), '') AS ended, max(figures) AS figures,
        {_last("parent_award")} AS parent_award, arg_min(description, place) AS description
    FROM shown GROUP BY company, held_by, award, kind, subnumber
)
SELECT {", ".join(AWARD_COLUMNS)}, md5(concat_ws(chr(31), years, {_TOLD})) AS digest
FROM whole LEFT JOIN split USING (company, held_by, key, kind, number)
"""
YEAR = """
SELECT company, held_by, award AS key, kind, subnumber AS number, fiscal_year, arg_max(agency, place) AS agency,
    sum(obligated)::BIGINT AS obligated, sum(less)::BIGINT AS deobligated, count(*)::INTEGER AS actions,
    min(first)::VARCHAR AS first_action, max(acted)::VARCHAR AS last_action
FROM shown WHERE figures = 'actions' GROUP BY company, held_by, award, kind, subnumber, fiscal_year
"""
_SUMS = """
    count(DISTINCT CASE WHEN kind <> 'subaward' THEN key END)::INTEGER AS awards,
    coalesce(sum(CASE WHEN kind <> 'subaward' THEN actions END), 0)::INTEGER AS actions,
    coalesce(sum(CASE WHEN kind <> 'subaward' THEN obligated END), 0)::BIGINT AS obligated,
    coalesce(sum(CASE WHEN kind <> 'subaward' THEN deobligated END), 0)::BIGINT AS deobligated,
"""
_REST = """
    min(CASE WHEN kind <> 'subaward' THEN first_action END) AS first_action,
    max(CASE WHEN kind <> 'subaward' THEN last_action END) AS last_action,
    count(CASE WHEN kind = 'subaward' THEN 1 END)::INTEGER AS subawards,
    coalesce(sum(CASE WHEN kind = 'subaward' THEN obligated END), 0)::BIGINT AS subaward_amount
"""
# An order's value is part of its vehicle's; where both are here only the vehicle's counts.
_TOP = (
    "kind <> 'subaward' AND NOT coalesce(parent_award IN (SELECT key FROM award v WHERE v.company = a.company), false)"
)
ROLLUP = f"""
SELECT company, agency, 0 AS fiscal_year, {_SUMS}
    (sum(current_value) FILTER ({_TOP}))::BIGINT AS current_value,
    (sum(potential_value) FILTER ({_TOP}))::BIGINT AS potential_value, {_REST}
FROM award a GROUP BY company, agency
UNION ALL
SELECT company, agency, fiscal_year, {_SUMS} NULL::BIGINT, NULL::BIGINT, {_REST}
FROM year GROUP BY company, agency, fiscal_year
"""
