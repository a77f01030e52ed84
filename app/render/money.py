"""Cents as people and the interface read them."""


def decimal(cents: int) -> str:
    """A decimal string: 2053653.84, -2.32, and 19400000 where there are no cents."""
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100}" + (f".{cents % 100:02}" if cents % 100 else "")


def dollars(cents: int) -> str:
    """The same with commas: 2,053,653.84."""
    whole, point, rest = decimal(abs(cents)).partition(".")
    return f"{'-' if cents < 0 else ''}{int(whole):,}{point}{rest}"
