"""From a name to addresses that a callback may go to: asked anew for every connection, and all of them must be public."""

import ipaddress
import time

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from django.conf import settings

from backoffice.callbacks import addresses

SECONDS = 3
MOST_RECORDS = 16


class Unknown(Exception):
    """The name leads nowhere now; a later try may find it."""


class Forbidden(Exception):
    """The name leads to where no callback goes; the text never says where that is."""


def resolve(host: str, seconds: float) -> list[addresses.Address]:
    """The addresses of a name, IPv4 first. Refuses: Unknown, Forbidden."""
    if local := settings.CALLBACK_LOCAL_HOSTS.get(host):
        return [ipaddress.ip_address(local)]
    found = _asked(host, min(seconds, SECONDS))
    if not found:
        raise Unknown("the name has no address")
    if len(found) > MOST_RECORDS:
        raise Unknown(f"the name has more than {MOST_RECORDS} addresses")
    # One that is not public spoils them all: whoever mixes them means it.
    if not all(addresses.is_public(address) for address in found):
        raise Forbidden("the name leads to an address that is not public")
    return found


def _asked(host: str, seconds: float) -> list[addresses.Address]:
    until = time.monotonic() + seconds
    found: list[addresses.Address] = []
    try:
        # The last dot keeps the system's search domains out.
        name, resolver = dns.name.from_text(f"{host}."), _resolver()
        for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
            left = max(until - time.monotonic(), 0.01)
            answer = resolver.resolve(name, kind, lifetime=left, raise_on_no_answer=False, search=False)
            found += [ipaddress.ip_address(record.address) for record in answer.rrset or ()]
    except dns.resolver.NXDOMAIN:
        raise Unknown("there is no such name") from None
    except (dns.exception.DNSException, OSError, ValueError):
        raise Unknown("the name could not be resolved") from None
    return found


def _resolver() -> dns.resolver.Resolver:
    if settings.CALLBACK_RESOLVER is None:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver(*settings.CALLBACK_RESOLVER)]
    return resolver
