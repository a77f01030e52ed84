"""The Public Suffix List, for the checks of the seed and the stops of a release; never on the way of a question.

The list is the one bundled with tldextract, so that the same seed gives the same release everywhere: nothing is ever
fetched and nothing cached on disk. Only the rules are taken from there: where one wildcard stands below another
(`*.customer-oci.com`, `*.oci.customer-oci.com`) tldextract 5.4 calls `oci.customer-oci.com` no suffix; the list's own
algorithm (https://github.com/publicsuffix/list/wiki/Format) does. Names are canonical, as `names.parse_host` has them.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import ada_url
from tldextract import TLDExtract


def is_public_suffix(name: str) -> bool:
    """Whether people register names of their own right under `name`, at a registry or at a private owner.

    A single label that is not on the list counts too: the list's default rule is `*`.
    """
    return _is_domain(name) and registrable_domain(name) is None


def is_icann_suffix(name: str) -> bool:
    """Whether `name` is a suffix by a rule in the list's ICANN section."""
    return _is_domain(name) and _suffix(name, _rules(private=False)) == name


def registrable_domain(name: str) -> str | None:
    """The part of `name` that somebody registered: a public suffix and one label; None if there is no such part."""
    if not _is_domain(name):
        return None
    name = name.lower()
    labels = name.split(".")
    suffix = _suffix(name, _rules(private=True)) or labels[-1]  # not on the list: its default rule is `*`
    registered = suffix.count(".") + 2
    return ".".join(labels[-registered:]) if len(labels) >= registered else None


def private_suffixes_under(domain: str) -> list[str]:
    """The suffixes of the list's private section that are `domain` or stand below it; `*.x` is given as `x`."""
    return list(_private_suffixes().get(domain, ()))


def suffixes_above(name: str) -> list[str]:
    """The ICANN suffixes of two labels or more that `name` stands below, the nearest first."""
    return [above for above in _ancestors(name) if "." in above and is_icann_suffix(above)]


@cache
def _rules(*, private: bool) -> frozenset[str]:
    """The list's rules, each as it is written there and in ASCII; with or without its private section."""
    written = TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=private).tlds
    return frozenset(written) | {ada_url.idna_to_ascii(rule).decode("ascii") for rule in written}


def _suffix(name: str, rules: frozenset[str]) -> str | None:
    """The suffix by the longest rule that matches; an exception (`!www.ck`) beats them all."""
    candidates = (name, *_ancestors(name))
    for candidate in candidates:
        if f"!{candidate}" in rules:
            return candidate.partition(".")[2]
    for candidate in candidates:
        if candidate in rules or f"*.{candidate.partition('.')[2]}" in rules:
            return candidate
    return None


@cache
def _private_suffixes() -> dict[str, list[str]]:
    """For every name, the private suffixes at and below it, in ASCII."""
    rules = _rules(private=True) - _rules(private=False)
    bases = {rule.removeprefix("*.") for rule in rules if rule.isascii() and not rule.startswith("!")}
    found: dict[str, list[str]] = defaultdict(list)
    for base in sorted(bases):
        for name in (base, *_ancestors(base)):
            found[name].append(base)
    return dict(found)


def _ancestors(name: str) -> Iterator[str]:
    while name := name.partition(".")[2]:
        yield name


def _is_domain(name: str) -> bool:
    """Whether `name` can stand on the list at all: addresses and empty labels cannot."""
    labels = name.split(".")
    return "" not in labels and not name.startswith("[") and not labels[-1].isdigit()
