# TEMPORARY (lead): the domains helper overwrites this file.
import tldextract

E = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
I = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # noqa: E741


def is_public_suffix(name: str) -> bool:
    return not E(name).domain


def private_suffixes_under(domain: str) -> list[str]:
    icann = set(I.tlds)
    return [t.removeprefix("*.") for t in E.tlds if t not in icann and (t == domain or t.endswith("." + domain))]


def suffixes_above(name: str) -> list[str]:
    labels = name.split(".")
    return [s for i in range(1, len(labels) - 1) if not I(s := ".".join(labels[i:])).domain]
