"""The Public Suffix List, for the checks of the seed and the stops of a release; never on the way of a question.

The list is the one bundled with tldextract, so that the same seed gives the same release everywhere: nothing is ever
fetched and nothing cached on disk. Names are canonical, as `names.parse_host` gives them.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import ada_url
from tldextract import TLDExtract


@cache
def _list(*, private: bool) -> TLDExtract:
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=private)


def is_public_suffix(name: str) -> bool:
    """Whether people register names of their own right under `name`, at a registry or at a private owner.

    A single label that is not on the list counts too: the list's default rule is `*`.
    """
    return _is_domain(name) and registrable_domain(name) is None


def is_icann_suffix(name: str) -> bool:
    """Whether `name` is a suffix in the ICANN section of the list."""
    if not _is_domain(name):
        return False
    parts = _list(private=False)(name)
    return not parts.domain and bool(parts.suffix)


def registrable_domain(name: str) -> str | None:
    """The part of `name` that somebody registered: a public suffix and one label; None if there is no such part."""
    if not _is_domain(name):
        return None
    parts = _list(private=True)(name.lower())
    if parts.suffix:
        return parts.top_domain_under_public_suffix or None
    labels = name.lower().split(".")  # not on the list: its default rule is `*`
    return ".".join(labels[-2:]) if len(labels) > 1 else None


def private_suffixes_under(domain: str) -> list[str]:
    """The suffixes of the list's private section that are `domain` or stand below it; `*.x` is given as `x`."""
    return list(_private_suffixes().get(domain, ()))


def suffixes_above(name: str) -> list[str]:
    """The ICANN suffixes of two labels or more that `name` stands below, the nearest first."""
    return [above for above in _ancestors(name) if "." in above and is_icann_suffix(above)]


@cache
def _private_suffixes() -> dict[str, list[str]]:
    """For every name, the private suffixes at and below it."""
    rules = set(_list(private=True).tlds) - set(_list(private=False).tlds)
    bases = {_ascii(rule.removeprefix("*.")) for rule in rules if not rule.startswith("!")}
    found: dict[str, list[str]] = defaultdict(list)
    for base in sorted(bases):
        for name in (base, *_ancestors(base)):
            found[name].append(base)
    return dict(found)


def _ancestors(name: str) -> Iterator[str]:
    while name := name.partition(".")[2]:
        yield name


def _ascii(rule: str) -> str:
    return ada_url.idna_to_ascii(rule).decode("ascii")


def _is_domain(name: str) -> bool:
    """Whether `name` can stand on the list at all: addresses and empty labels cannot."""
    labels = name.split(".")
    return "" not in labels and not name.startswith("[") and not labels[-1].isdigit()
