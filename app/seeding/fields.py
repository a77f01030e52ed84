"""The kinds of field that seed records are made of. Each says in its error how to write it."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

QUOTE_WORDS = 40


def _partial_date(text: str) -> str:
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    if not match:
        raise ValueError("write a date as 2018, 2018-01 or 2018-01-24")
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise ValueError(f"no such date: {error}") from None
    return text


def _money(text: str) -> str:
    # Thirteen digits and two: SQLite keeps numbers as floats, which are exact to fifteen.
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", text) or Decimal(text) == 0:
        raise ValueError("write a positive amount without sign, comma or unit: 19400000 or 2053653.84")
    return text


def _quote(text: str) -> str:
    if len(text.split()) > QUOTE_WORDS:
        raise ValueError(f"a quote has at most {QUOTE_WORDS} words")
    return text


def _web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+\.[^\s<>\"{}|\\^`]+", text):
        raise ValueError("write the deep link to the source, beginning with https:// or http://")
    return text


_AWARD_KEY = r"^(CONT_AWD|CONT_IDV|ASST_NON|ASST_AGG)_[A-Z0-9_.\-]+$"

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(pattern=r"^\S[^\n]*$", max_length=300)]
ShortName = Annotated[str, StringConstraints(pattern=r"^\S[^\n]*$", max_length=100)]
PartialDate = Annotated[str, AfterValidator(_partial_date)]
Money = Annotated[str, AfterValidator(_money)]
Quote = Annotated[str, StringConstraints(min_length=1), AfterValidator(_quote)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Handle = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,38})$")]
AwardKey = Annotated[str, StringConstraints(pattern=_AWARD_KEY, max_length=200)]
