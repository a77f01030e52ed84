"""From the text somebody gives to the name of a host, as a browser reads it.

The WHATWG URL Standard decides, through `ada-url`, the parser that Node uses; `extension/lib/match.js` is the twin of
this module, and tests/vectors/hosts.json is run by both. What a browser does not check is added here: the lengths of
RFC 1035 and the names that can never be a company's site.
"""

import re
import unicodedata
from typing import Final, Literal, NamedTuple, NoReturn

import ada_url

from app.errors import AppError

# Bounds the work before anything is decoded: ada-url's Punycode grows with the square of a label's length, and takes
# 20 ms for the worst text of this length (4,089 different ideographs). No host needs more: 253 octets come from at most
# 253 characters of four octets, 3,036 characters when all are percent-encoded; the rest is room for a path.
MAX_TEXT: Final = 4096
MAX_NAME: Final = 253  # RFC 1035, 2.3.4, in the form without the final dot
MAX_LABEL: Final = 63  # RFC 1035, 2.3.4
MAX_ECHO: Final = 80

WEB_SCHEMES: Final = frozenset({"http:", "https:", "ws:", "wss:", "ftp:"})

# RFC 6761 (test, localhost, invalid, example), RFC 6762 (local), RFC 9476 (alt), ICANN's reservation of 2024
# (internal). The reverse zones in those RFCs hold no sites. RFC 6761's example.com, .net and .org are real sites.
LOCAL_SUFFIXES: Final = frozenset({"alt", "example", "internal", "invalid", "local", "localhost", "test"})
HOME_NETWORK: Final = "home.arpa"  # RFC 8375

_SPECIAL: Final = LOCAL_SUFFIXES | {"onion", "arpa"}

# The URL Standard lets these into a host, but browsers differ: Firefox refuses `"`, Chromium writes `*` as %2A and a
# space as %20. No site is named so, and refusing them keeps the server and every browser alike.
_UNALIKE = frozenset('"*%')

_C0_AND_SPACE = "".join(map(chr, range(0x21)))
_TAB_OR_NEWLINE = re.compile(r"[\t\n\r]")
_NOT_IN_A_HOST = re.compile(r"[\x00-\x20\x7f/\\?#@]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WEB_SCHEME = re.compile(r"(?:https?|wss?|ftp):", re.IGNORECASE | re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
_SCHEME_AND_SLASHES = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE | re.ASCII)


# Lower-case ASCII labels, the last of which is no number: a host that browsers take as it stands.
_PLAIN = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9_-]{0,62}", re.ASCII)
_PLAIN_URL = re.compile(rf"https?://({_PLAIN.pattern})(?:[/?#].*)?", re.ASCII | re.DOTALL)

Reason = Literal["address", "local", "onion", "single_label"]


class HostError(AppError):
    """The text names no host that could be looked up."""

    def __init__(self, detail: str) -> None:
        super().__init__("invalid-host", 422, detail)


class Host(NamedTuple):
    """A host as a browser names it.

    `name` is ASCII, lower case, without a final dot; an IPv6 address keeps its brackets. `reason` says why the name
    can never be a company's site: "address", "local", "onion" or "single_label"; None for all other names.
    """

    name: str
    reason: Reason | None


def parse_host(text: str) -> Host:
    """The host that `text`, a bare host name or address, stands for. Raises HostError for anything else."""
    if _PLAIN.fullmatch(text) and _is_simple(text):
        return _simple(text)
    text = _bounded(text)
    found = _NOT_IN_A_HOST.search(text)
    if found:
        _refuse(f"{_quote(text)} has {_quote(found[0])} in it: write the host alone, such as www.example.com.")
    if ":" in text and not (text.startswith("[") and text.endswith("]")):
        _refuse_colon(text)
    return _named(_parsed(f"http://{text}/", text)[1], text)


def parse_url(text: str) -> Host:
    """The host of a whole web address. Raises HostError for other schemes, and for what no browser would open."""
    plain = _PLAIN_URL.fullmatch(text) if len(text) <= MAX_TEXT else None
    if plain and _is_simple(plain[1]):
        return _simple(plain[1])
    return _host_of(_trimmed(text))


def parse_query(text: str) -> Host:
    """The host of what a person typed: a host, with port, path or user if need be, or a whole web address."""
    query = _trimmed(text)
    if _WEB_SCHEME.match(query):
        return _host_of(query)
    if _SCHEME_AND_SLASHES.match(query):
        _refuse_scheme(query)
    return _named(_parsed(f"http://{query}", query)[1], query)


def _is_simple(name: str) -> bool:
    return len(name) <= MAX_NAME and "xn--" not in name


def _simple(name: str) -> Host:
    special = name[name.rindex(".") + 1 :] in _SPECIAL
    return Host(name, _reason(name, name.split(".")) if special else None)


def _host_of(url: str) -> Host:
    scheme, hostname = _parsed(url, url)
    if scheme not in WEB_SCHEMES:
        _refuse_scheme(url)
    return _named(hostname, url)


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        _refuse(f"The text has {len(text):,} characters, at most {MAX_TEXT:,} are read: write the host alone.")
    if not text:
        _refuse("The text is empty: write a host name such as www.example.com.")
    # ada-url is handed UTF-8, which cannot hold half a surrogate pair; browsers read it as U+FFFD too.
    return _LONE_SURROGATE.sub("\ufffd", text)


def _trimmed(text: str) -> str:
    """The text without what browsers drop from an address before they read it."""
    trimmed = _TAB_OR_NEWLINE.sub("", _bounded(text).strip(_C0_AND_SPACE))
    if not trimmed:
        _refuse("The text is blank: write a host name such as www.example.com.")
    return trimmed


def _parsed(url: str, text: str) -> tuple[str, str]:
    """Scheme (with its colon) and host name of an address, by the rules of browsers."""
    try:
        parts = ada_url.parse_url(url, ("protocol", "hostname"))
        return parts["protocol"], _composed(parts["hostname"], url)
    except ValueError:
        if _SCHEME.match(url):
            _refuse(f"{_quote(text)} has no host that a browser would open: check its spelling.")
        _refuse(f"{_quote(text)} is no web address: begin it with https://.")


def _composed(hostname: str, url: str) -> str:
    """The host name in the normal form that browsers use.

    ada-url 4.0 takes an accented letter before a mark that belongs below it, and a Hangul syllable before a final
    consonant, for normal (ada-url/ada #1226, ada-url/idna #88). Names written in Punycode pass as they are.
    """
    if "xn--" not in hostname or (url.isascii() and "%" not in url):
        return hostname
    decoded = ada_url.idna_to_unicode(hostname)
    composed = unicodedata.normalize("NFC", decoded)
    if composed == decoded:
        return hostname
    return ada_url.parse_url(f"http://{composed}/", ("hostname",))["hostname"]


def _named(hostname: str, text: str) -> Host:
    name = hostname.removesuffix(".")
    if _UNALIKE & set(name):
        _refuse(f"{_quote(text)} has a character in its host that no site's name has.")
    if len(name) > MAX_NAME:
        _refuse(f"{_quote(text)} has a host of {len(name)} octets: a name has at most {MAX_NAME}.")
    labels = name.split(".")
    if "" in labels:
        _refuse(f"{_quote(text)} has an empty part in its host: write one dot between two parts.")
    if any(len(label) > MAX_LABEL for label in labels):
        _refuse(f"{_quote(text)} has a part of more than {MAX_LABEL} octets between two dots of its host.")
    return Host(name, _reason(name, labels))


def _reason(name: str, labels: list[str]) -> Reason | None:
    last = labels[-1]
    if name.startswith("[") or last.isdigit():  # the parser lets no name but an IPv4 address end in a number
        return "address"
    if last == "onion":
        return "onion"
    if last in LOCAL_SUFFIXES or name == HOME_NETWORK or name.endswith(f".{HOME_NETWORK}"):
        return "local"
    return "single_label" if len(labels) == 1 else None


def _refuse(detail: str) -> NoReturn:
    raise HostError(detail)


def _refuse_colon(text: str) -> NoReturn:
    if text.count(":") > 1:
        _refuse(f"{_quote(text)} has colons in it: write an IPv6 address in brackets, such as [2001:db8::1].")
    _refuse(f"{_quote(text)} has a port or scheme: write the host alone, or ask with GET /v1/lookup?url=.")


def _refuse_scheme(url: str) -> NoReturn:
    _refuse(f"{_quote(url)} is no web address: only http, https, ws, wss and ftp addresses have a site's name.")


def _quote(text: str) -> str:
    """The text for an error message: short, and with everything unprintable escaped."""
    shown = repr(text[:MAX_ECHO])[1:-1]
    whole = len(text) <= MAX_ECHO and len(shown) <= MAX_ECHO
    return f"“{shown}”" if whole else f"“{shown[: MAX_ECHO - 1]}…”"
