"""Which addresses may be connected to: public unicast alone.

`ipaddress.is_global` says yes to multicast, NAT64, 6to4 and more, behind which private addresses can stand; so this is
a list of what is allowed, less what IANA's special-purpose registries take out of it.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

UNICAST: Final = IPv6Network("2000::/3")
# Within public space, but not one host on the internet, or another address in disguise.
SPECIAL: Final = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # IETF protocol assignments
            "192.88.99.0/24",  # 6to4 relays
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.175.48.0/24",  # AS112
            "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(text: str) -> bool:
    """Whether an address, as text, is one of a public host. What is no address is not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or address not in UNICAST):
        return False  # among these: ::ffff:0:0/96 (IPv4-mapped) and 64:ff9b::/96 (NAT64)
    return address.is_global and not address.is_multicast and not address.is_reserved and not _is_special(address)


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    return any(address.version == network.version and address in network for network in SPECIAL)
