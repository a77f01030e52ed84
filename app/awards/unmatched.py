"""For maintainers: which recipients nobody has linked to a company yet, and what could link them.

Nothing of this is published. Proposals say what speaks for them and are never applied by themselves; a name that only
looks alike is marked so (trust.md 5). DUNS numbers group spellings here and are not shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.awards.rollup import put_matches
from app.awards.warehouse import Warehouse
from app.lookup.answer import award_url
from app.render.money import dollars
from app.seeding.reader import Tree

# Jaro-Winkler. High, because what is below it is nearly always another firm; and even so it only proposes.
ALIKE = 0.93
SOLE = "(sole proprietors)"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A recipient without a company, under one agency; spellings with one UEI or DUNS number count as one."""

    name: str
    parent: str | None
    agency: str
    awards: int
    obligated: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """An identifier that a company may lack, and what speaks for it."""

    company: str
    kind: str
    value: str
    why: str
    awards: int
    obligated: int
    first: date
    last: date
    places: str
    parents: str
    award: str

    def yaml(self, today: date) -> str:
        """Lines to paste into the company's file, with the evidence as comments; its source goes under `sources`."""
        piid = self.award.split("_")[2]
        key = f"award-{piid.lower()}"
        return "\n".join(
            [
                f"# {self.company}: {self.why}",
                f"# {self.awards} awards, USD {dollars(self.obligated)}, {self.first} to {self.last}",
                f"# recipient in {self.places or 'no place given'}; reported parent {self.parents or 'none'}",
                "sources:",
                f"  {key}:",
                f"    url: {award_url(self.award)}",
                "    publisher: USAspending.gov",
                "    type: government_record",
                f"    title: Award {piid}",
                "identifiers:",
                f"  - kind: {self.kind}",
                f'    value: "{self.value}"',
                f"    sources: [{key}]",
                f"    verified_at: {today}",
                "    verified_by: your-handle",
            ]
        )


def unmatched(warehouse: Warehouse, tree: Tree, agency: str | None, limit: int) -> list[Unmatched]:
    """Recipients of prime awards without a company, the most money first; with `agency` those of one agency's id."""
    put_matches(warehouse, tree)
    query = f"""
        SELECT if(bool_and(r.sole), '{SOLE}', mode(r.name)), mode(r.parent_name),
            coalesce(sub.id, top.id, r.sub_agency_name, r.agency_sub) AS agency,
            count(DISTINCT r.award), sum(r.obligated)::BIGINT AS cents, min(r.first), max(r.acted)
        FROM standing r LEFT JOIN match m ON m.who = r.who AND r.first >= m.since AND r.first < m.until
        LEFT JOIN agency sub ON sub.code = r.agency_sub LEFT JOIN agency top ON top.code = r.agency_top
        WHERE m.company IS NULL AND r.basis <> 'subaward' AND ($1 IS NULL OR coalesce(sub.id, top.id) = $1)
        GROUP BY if(r.sole, '', coalesce(r.uei, r.duns, r.name)), 3 ORDER BY cents DESC, 1 LIMIT {limit}
    """
    return [Unmatched(*row) for row in warehouse.run(query, [agency])]


def _resembles(column: str) -> str:
    alike = f"jaro_winkler_similarity(upper({column}), n.name) >= {ALIKE}"
    return f"({alike} OR starts_with(upper({column}), n.name || ' '))"


# Codes and names in the records of a company that its file lacks, and spellings under a code that it has.
PROPOSALS = f"""
WITH mine AS (
    SELECT r.*, m.company, m.matched_by FROM record r JOIN match m
    ON m.who = r.who AND r.first >= m.since AND r.first < m.until
    WHERE NOT r.deleted AND NOT starts_with(m.matched_by, 'parent')
), listed AS (
    SELECT r.*, l.company FROM record r JOIN listing l ON l.key = r.award WHERE NOT r.deleted AND NOT r.sole
), kin AS (
    SELECT r.*, d.company FROM record r JOIN (SELECT DISTINCT duns, company FROM mine WHERE duns IS NOT NULL) d
    ON d.duns = r.duns WHERE NOT r.deleted
), alike AS (
    SELECT r.*, n.company, n.name AS meant, 'recipient' AS kind, r.name AS value FROM record r
    JOIN named n ON {_resembles("r.name")} WHERE NOT r.deleted AND r.who NOT IN (SELECT who FROM match)
    UNION ALL SELECT r.*, n.company, n.name, 'parent', r.parent_name FROM record r
    JOIN named n ON {_resembles("r.parent_name")} WHERE NOT r.deleted AND r.who NOT IN (SELECT who FROM match)
), found AS (
    SELECT *, 'uei' AS kind, uei AS value, 'the UEI in records matched by ' || matched_by AS why FROM mine
    UNION ALL BY NAME
    SELECT *, 'cage' AS kind, cage AS value, 'the CAGE code in records matched by ' || matched_by AS why FROM mine
    UNION ALL BY NAME
    SELECT *, 'recipient' AS kind, name AS value, 'a spelling in records matched by ' || matched_by AS why FROM mine
    UNION ALL BY NAME
    SELECT *, 'recipient' AS kind, name AS value, 'the recipient of an award that its file lists' AS why FROM listed
    UNION ALL BY NAME
    SELECT *, 'recipient' AS kind, name AS value, 'the records number it as a name in its file' AS why FROM kin
    UNION ALL BY NAME
    SELECT *, true AS guess, 'ONLY LOOKS LIKE ' || meant || ': check address and parent, or leave it' AS why FROM alike
), told AS (
    SELECT DISTINCT ON (company, kind, value, key) * REPLACE (coalesce(guess, false) AS guess)
    FROM found ORDER BY company, kind, value, key, coalesce(guess, false), why
)
SELECT f.company, f.kind, f.value, coalesce(min(f.why) FILTER (NOT f.guess), min(f.why)),
    count(DISTINCT f.award), sum(f.obligated)::BIGINT,
    min(f.first), max(f.acted), string_agg(DISTINCT concat_ws(' ', f.city, f.state), ', '),
    string_agg(DISTINCT f.parent_name, ' | '), arg_max(f.award, f.obligated)
FROM told f
WHERE f.value IS NOT NULL AND ($1 IS NULL OR f.company = $1)
    AND NOT EXISTS (SELECT 1 FROM known k WHERE k.kind = f.kind AND k.value = f.value)
GROUP BY f.company, f.kind, f.value ORDER BY f.company, bool_and(f.guess), sum(f.obligated) DESC
"""


def proposals(warehouse: Warehouse, tree: Tree, company: str | None) -> Iterator[Proposal]:
    """Identifiers that companies of the seed (or one of them) may lack, by company, the well founded ones first."""
    put_matches(warehouse, tree)
    _put(warehouse, "known", "kind, value", _known(tree))
    _put(warehouse, "listing", "company, key", _listed(tree))
    _put(warehouse, "named", "company, name", _named(tree))
    yield from (Proposal(*row) for row in warehouse.run(PROPOSALS, [company]))


def _put(warehouse: Warehouse, table: str, columns: str, rows: Iterator[tuple[str, str]]) -> None:
    first, second = columns.split(", ")
    warehouse.run(f"CREATE OR REPLACE TEMP TABLE {table} ({first} VARCHAR, {second} VARCHAR)")
    pairs = sorted(set(rows))
    values = [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
    warehouse.run(f"INSERT INTO {table} SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", values)


def _known(tree: Tree) -> Iterator[tuple[str, str]]:
    for company, _ in tree.companies.values():
        yield from ((each.kind.value, " ".join(each.value.split())) for each in company.identifiers)


def _listed(tree: Tree) -> Iterator[tuple[str, str]]:
    for company, _ in tree.companies.values():
        for tie in company.ties:
            if tie.kind.value == "prime_contract":
                yield from ((company.id, key) for key in tie.awards)


def _named(tree: Tree) -> Iterator[tuple[str, str]]:
    for company, _ in tree.companies.values():
        yield company.id, company.name.upper()
        if company.legal_name:
            yield company.id, company.legal_name.upper()
