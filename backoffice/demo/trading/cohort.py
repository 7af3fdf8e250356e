"""The history of some clients, told hour by hour: they get money, give orders, open and close positions, and pay for the nights between."""

from bisect import bisect_right
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from backoffice.demo.trading import asks, levered, orders, overnight, spot
from backoffice.demo.trading.fates import Fate
from backoffice.demo.trading.orders import Desk
from backoffice.demo.trading.texts import HOUR, POWERS
from backoffice.demo.trading.traders import WEALTH, Position, Trader
from backoffice.trading.writing import Batch

# Executions a batch; about so many an action until it is known better; trades of orders that nobody here knows of.
BATCH, FILLS_AN_ACTION, UNKNOWN = 5_000, 2.6, 12
# Longer than any order takes to be filled.
HURRY = 10_000
# How lively markets are at an hour of the day, UTC, in tenths.
LIVELY = (4, 3, 3, 3, 4, 5, 7, 9, 10, 10, 10, 10, 11, 14, 15, 15, 14, 12, 10, 9, 8, 7, 5, 4)


class Span(NamedTuple):
    """Milliseconds; what is at `end` or later has not happened yet."""

    start: int
    end: int


class Cohort:
    """Traders by the beginning of their accounts: those who have been there longest trade most."""

    def __init__(self, desk: Desk, traders: list[Trader], span: Span, wanted: int) -> None:
        self.desk, self.span, self.wanted = desk, span, wanted
        self.traders = sorted(traders, key=lambda one: one.begin)
        self.begins = [one.begin for one in self.traders]
        self.due: list[tuple[int, int, Position]] = []
        self.numbers = count()
        self.actions = 0
        self.arrived = 0

    def told(self) -> Iterator[tuple[Batch, int]]:
        """Batches, each with how many executions there are with it."""
        first, last = self.span.start // HOUR, (self.span.end - 1) // HOUR
        left = sum(self._lively(hour) for hour in range(first, last + 1))
        told = 0
        for hour in range(first, last + 1):
            lively = self._lively(hour)
            self._hour(hour, (self.wanted - self.desk.made) * lively / left)
            left -= lively
            if self.desk.made - told >= BATCH:
                told = self.desk.made
                yield self._batch(), told
        self._unknown()
        yield self._batch(), self.desk.made

    def _lively(self, hour: int) -> int:
        """More towards the end than at the beginning, and little while most markets are closed."""
        grown = 60 + 80 * (hour * HOUR - self.span.start) // (self.span.end - self.span.start)
        is_weekend = (hour // 24 + 3) % 7 >= 5
        part = min(self.span.end - max(self.span.start, hour * HOUR), HOUR) * 100 // HOUR
        return LIVELY[hour % 24] * grown * part // (4 if is_weekend else 1) + 1

    def _hour(self, hour: int, fills: float) -> None:
        begin, end = max(hour * HOUR, self.span.start), min((hour + 1) * HOUR, self.span.end) - HURRY
        self._arrive(end)
        overnight.settle(self.desk, [position for _, _, position in self.due], hour)
        active = bisect_right(self.begins, begin)
        if end <= begin or not active:
            return
        ratio = self.desk.made / self.actions if self.actions > 200 else FILLS_AN_ACTION
        wanted = max(fills / ratio, 0)
        number = int(wanted) + (self.desk.chance.random() < wanted % 1)
        for at in sorted(self.desk.chance.randrange(begin, end) for _ in range(number)):
            self._close_due(at, hour)
            self._act(at, active, hour)
        self._close_due(end, hour)

    def _arrive(self, until: int) -> None:
        """New clients bring money along."""
        chance, root = self.desk.chance, self.desk.rates.root
        while self.arrived < len(self.traders) and self.begins[self.arrived] < until:
            trader = self.traders[self.arrived]
            wallet = trader.wallet(root)
            trader.wealth = chance.choice(WEALTH) * chance.randint(8, 14) * POWERS[wallet.scale] // 10
            trader.markup = 0 if trader.facts.account_group_id in ("vip", "partners") else chance.choice((0, 1, 1, 2, 2, 3))
            self.desk.books.deposit(wallet, trader.wealth, trader.begin)
            self.arrived += 1

    def _act(self, at: int, active: int, hour: int) -> None:
        chance = self.desk.chance
        trader = self.traders[int(active * chance.random() ** 1.8)]
        venues = [venue for venue in trader.venues if venue.hours.is_open(hour)]
        at = max(at, trader.busy + 1_000)
        if not venues or at // HOUR != hour or not self._is_time(at):
            return
        self.actions += 1
        venue = venues[int(len(venues) * chance.random() ** 1.4)]
        if venue.is_spot:
            spot.trade(self.desk, trader, venue, at, self.span.end)
        elif (position := levered.trade(self.desk, trader, venue, at, self.span.end)) is not None:
            self._plan(position, at + levered.closes_after(chance))

    def _is_time(self, at: int) -> bool:
        """Whether an order is filled before the hour is over: the next may be one in which the market is closed."""
        return at % HOUR < HOUR - HURRY and at < self.span.end - HURRY

    def _plan(self, position: Position, at: int) -> None:
        heappush(self.due, (at, next(self.numbers), position))

    def _close_due(self, until: int, hour: int) -> None:
        """When the market is closed then, soon after it opens."""
        while self.due and self.due[0][0] <= until:
            at, _, position = heappop(self.due)
            at = max(at, position.trader.busy + 1_000)
            if not self._is_time(at):
                at += HURRY
            opens = position.venue.hours.next_open(at // HOUR)
            if opens is None:
                self._plan(position, self.span.end + HOUR)
            elif opens > hour:
                self._plan(position, opens * HOUR + self.desk.chance.randrange(HOUR // 2))
            elif at >= self.span.end - HURRY:
                self._plan(position, self.span.end)
            elif levered.close(self.desk, position, at):
                self._plan(position, at + levered.closes_after(self.desk.chance))

    def _unknown(self) -> None:
        """Providers tell of trades that no order of ours led to."""
        chance = self.desk.chance
        for _ in range(UNKNOWN if self.traders else 0):
            trader = chance.choice(self.traders)
            venue = chance.choice(trader.venues)
            if venue.sessions:
                at = chance.randrange(self.span.start, self.span.end)
                ask = asks.given(self.desk, trader, venue, Fate("Completed", False, "Ioc", at, 0), is_buy=chance.random() < 0.5, steps=venue.least)
                session = chance.choice(venue.sessions)
                orders.unsolicited(self.desk, ask, at, venue.least, session, f"{session[:3].upper()}-{chance.getrandbits(40):011X}", None)

    def _batch(self) -> Batch:
        batch = self.desk.books.take()
        batch.positions = levered.lines(self.desk)
        self.desk.positions = {}
        return batch
