"""Retired company ids: which company each stands for now."""

from collections.abc import Mapping


def resolved(redirects: Mapping[str, str]) -> dict[str, str]:
    """Every retired id with the id at the end of its chain; those that lead into a circle are left out."""
    found: dict[str, str] = {}
    for old in redirects:
        seen, at = {old}, redirects[old]
        while at in redirects and at not in seen:
            seen.add(at)
            at = redirects[at]
        if at not in seen:
            found[old] = at
    return found
