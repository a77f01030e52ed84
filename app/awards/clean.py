"""From the text of a cell to a value: SQL for DuckDB. Nothing is guessed; what cannot be read becomes null, and the
gates say so (gates.py). Money is whole cents, never a float."""

import re

CENTS = r"-?[0-9]{1,13}(\.[0-9]{1,2}0*)?"
# Spreadsheets have saved the files of 2018 with these; today's are ISO.
SLASHED = ("%d/%m/%Y", "%d/%m/%y %H:%M", "%d/%m/%Y %H:%M")
REMOVED = "[contact removed]"

# The rest of a description after one of these is about a person or an address: whom to ask, where to deliver.
_MARKERS = (
    r"(ALT(ERNATE)?\.? +|DELIVERY +|ORDER +|PRIMARY +)?(P\.?O\.?C\b|POINTS? OF CONTACT|ATTN\b|ATTENTION\b|A?COT?RS?\b"
    r"|CONTACTS?\b|CORRESPOND\w+ TO\b|E-?MAILS?\b|SHIP(PING)?( LOCATION)?( TO)?\b *[:;]|SHIP TO\b"
    r"|DELIVER(Y|ED)?( TO| ADDRESS)? *[:;]|ADDRESS *[:;]|TECHNICAL REP\b|MR\.|MRS\.|MS\."
    r"|((TELE)?PHONE|TEL|FAX|CELL) *[:;#.])"
)
_MAIL = r"[A-Z0-9._%+'-]+ ?@ ?[A-Z0-9-]+\.[A-Z0-9.-]+"
_PHONE = r"(\+?1[-. ]{0,2})?(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ]{1,2})[0-9]{3}[-. ]{1,2}[0-9]{4}\b"
_SOCIAL_SECURITY = r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"
# The name of whoever answers stands before the number or address.
_NUMBERS = rf"([A-Z.'-]+[,:;]? +){{0,4}}({_MAIL}|{_PHONE}|{_SOCIAL_SECURITY})"
_CONTACT = rf"(?is)(\[?\b{_MARKERS}|{_NUMBERS}).*$"
# Cheap, and never silent where the pattern above would find something.
_HINT = (
    r"(?i)@|P\.?O\.?C|CONTACT|ATTN|ATTENTION|COT?R|CORRESPOND|MAIL|SHIP|DELIVER|ADDRESS|TECHNICAL REP"
    r"|PHONE|TEL|FAX|CELL|M[RS]S?\.|[0-9]{3}[-. )]+[0-9]{2}"
)


def text(value: str) -> str:
    """A text without blanks around it, or null. (An empty cell is null already, quoted or not.)"""
    return f"nullif(trim({value}), '')"


def day(value: str) -> str:
    """A date: ISO, or day before month with slashes. Null for anything else, such as a month of 13."""
    slashed = ", ".join(f"'{form}'" for form in SLASHED)
    iso = f"TRY_CAST(left({value}, 10) AS DATE)"
    return f"CASE WHEN substr({value}, 5, 1) = '-' THEN {iso} ELSE try_strptime({value}, [{slashed}])::DATE END"


def cents(value: str) -> str:
    """Dollars as whole cents. Null for fractions of a cent, exponents, commas and what is no number."""
    exact = f"(CAST({value} AS DECIMAL(18, 2)) * 100)::BIGINT"
    return f"CASE WHEN regexp_full_match({value}, '{CENTS}') THEN {exact} END"


def agency_code(value: str) -> str:
    """A sub-agency's code. It has four characters, so a shorter number has certainly lost zeros in front."""
    return f"CASE WHEN regexp_full_match({value}, '[0-9]{{1,3}}') THEN lpad({value}, 4, '0') ELSE upper({value}) END"


def fixed_digits(value: str, width: int) -> str:
    """A code of fixed width, such as a CAGE code: the zeros that a short number has lost are put back."""
    shorter = f"length({value}) < {width} AND regexp_full_match({value}, '[0-9]+')"
    return f"CASE WHEN {shorter} THEN lpad({value}, {width}, '0') ELSE upper({value}) END"


def name(value: str) -> str:
    """A name as written; runs of blanks count as one, because files differ in them."""
    return f"CASE WHEN contains({value}, '  ') THEN regexp_replace({value}, '\\s+', ' ', 'g') ELSE {value} END"


def scrub(value: str) -> str:
    """A description without contacts: cut off where the first one begins (a marker such as POC, an e-mail address, a
    phone number), together with the name before it."""
    cut = f"regexp_replace({value}, {_quoted(_CONTACT)}, '{REMOVED}')"
    return f"CASE WHEN regexp_matches({value}, {_quoted(_HINT)}) THEN {cut} ELSE {value} END"


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


def collapse(written: str) -> str:
    """What `name` makes of a name, for names that come from elsewhere."""
    return re.sub(r"\s+", " ", written.strip())
