"""Which addresses a callback may be sent to: the public ones of the internet and no other.

Python's own `is_global` is not enough: what it says changes between releases, and it has called multicast, 192.0.0.192, NAT64 and 6to4
global. The table below stands beside it and a test pins both.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DENIED_4 = (
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared by carriers; 100.100.100.200 in it tells a cloud's secrets
    "127.0.0.0/8",  # this machine
    "169.254.0.0/16",  # link; 169.254.169.254 tells a cloud's secrets
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # automatic multicast tunnels
    "192.88.99.0/24",  # relays of 6to4
    "192.168.0.0/16",  # private
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
)
DENIED_6 = (
    "::/96",  # unspecified, this machine, IPv4 compatible
    "::ffff:0:0/96",  # IPv4 mapped: looked at as IPv4 before
    "::ffff:0:0:0/96",  # IPv4 translated
    "64:ff9b::/96",  # NAT64
    "64:ff9b:1::/48",  # NAT64, local
    "100::/64",  # discarded
    "2001::/23",  # protocol assignments, Teredo among them
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4
    "3fff::/20",  # documentation
    "5f00::/16",  # segment routing
    "fc00::/7",  # private; fd00:ec2::254 tells a cloud's secrets
    "fe80::/10",  # link
    "fec0::/10",  # site
    "ff00::/8",  # multicast
)
# All that is handed out to the public internet so far; whatever else there is, nobody's receiver lives there.
PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_DENIED_4 = tuple(ipaddress.IPv4Network(network) for network in DENIED_4)
_DENIED_6 = tuple(ipaddress.IPv6Network(network) for network in DENIED_6)


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.scope_id is not None or address not in PUBLIC_6:
            return False
        return address.is_global and not any(address in network for network in _DENIED_6)
    return address.is_global and not any(address in network for network in _DENIED_4)
