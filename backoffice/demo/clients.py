"""More clients than the facts name: plausible people of many scripts with one account or two, the same by number on every desk."""

from collections.abc import Iterator
from hashlib import blake2b
from random import Random

import msgspec

from backoffice.accounts import bulk
from backoffice.accounts.bulk import PastAccount, PastUser
from backoffice.contracts.accounts import AccountType
from backoffice.demo import broker
from backoffice.demo.trading.cohort import Span
from backoffice.demo.trading.texts import DAY, instant

PREFIX, FIRST = "crm-", 200_000
SECOND = ("Crypto", "Crypto", "Futures", "Savings", "Hedging")


class Spelling(msgspec.Struct):
    given: list[str]
    family: list[str]


class Names(msgspec.Struct, rename="camel"):
    """Of one language. Family names that come first bring their own blank, if there is one."""

    given: list[str]
    family: list[str]
    latin: Spelling
    family_first: bool = False


def make(first: int, count: int, groups: list[str], span: Span) -> tuple[list[PastUser], list[PastAccount]]:
    """So many accounts, of users numbered from `first` on. Half are there from the beginning, the others come in the course of time."""
    users, accounts, names = [], list[PastAccount](), broker.values("names.json", list[Names])
    number = first
    while len(accounts) < count:
        chance = Random(f"client {number}")  # noqa: S311  a demo, the same every time
        at = span.start + (chance.randrange((span.end - span.start) * 9 // 10) if chance.random() < 0.5 else chance.randrange(DAY))
        users.append(_user(number, names, at, chance))
        accounts += list(_accounts(users[-1], groups, chance))[: count - len(accounts)]
        number += 1
    return users, accounts


def taken() -> int:
    """How many of them there are."""
    last = bulk.last_user(PREFIX, len(PREFIX) + len(str(FIRST)))
    return 0 if last is None else int(last.removeprefix(PREFIX)) - FIRST + 1


def _user(number: int, names: list[Names], at: int, chance: Random) -> PastUser:
    people = chance.choice(names)
    given, family = chance.randrange(len(people.given)), chance.randrange(len(people.family))
    shown = (people.family[family] + people.given[given]) if people.family_first else f"{people.given[given]} {people.family[family]}"
    email = f"{people.latin.given[given]}.{people.latin.family[family]}.{number}@example.{chance.choice(('com', 'org'))}"
    return PastUser(f"{PREFIX}{FIRST + number}", email, shown, instant(at))


def _accounts(user: PastUser, groups: list[str], chance: Random) -> Iterator[PastAccount]:
    group = groups[int(len(groups) * chance.random() ** 3)]
    for name in ["Main", chance.choice(SECOND)][: 2 if chance.random() < 0.22 else 1]:
        kind: AccountType = "Hedging" if name in ("Futures", "Hedging") or chance.random() < 0.4 else "Netting"
        account_id = blake2b(f"{user.user_id}/{name}".encode(), digest_size=12).hexdigest()
        yield PastAccount(account_id, user.user_id, name, group, kind, user.at)
