"""`seed_demo`: load the demo broker, with a progress bar on a terminal."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backoffice import env
from backoffice.demo import seed
from backoffice.operators import demo as people

WIDTH, TRADES, MOST_TRADES = 32, 200_000, 10_000_000


class Command(BaseCommand):
    help = "Load the demo broker: assets, calendars, groups, sessions, markets, categories, rates, clients, commissions, history, money, operators."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--markets", type=int, default=300, help="how many markets, up to 5000")
        count = env.whole("DEMO_TRADES", TRADES, 0, MOST_TRADES)
        parser.add_argument("--trades", type=int, default=count, help=f"about how many executions, up to {MOST_TRADES}; further clients make more")
        parser.add_argument("--first-start", action="store_true", help="do nothing when there are assets already")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("the demo is not for production")
        if not 1 <= options["markets"] <= 5_000:
            raise CommandError("--markets must be from 1 to 5000")
        if not 0 <= options["trades"] <= MOST_TRADES:
            raise CommandError("--trades must be from 0 to 10000000")
        if options["first_start"] and seed.is_loaded():
            return
        people.make_demo_operators()
        try:
            seed.load(options["markets"], options["trades"], progress=self.show)
        except seed.Stopped as reason:
            raise CommandError(str(reason)) from None
        self.stderr.write("demo broker loaded")

    def show(self, what: str, done: int, of: int) -> None:
        if sys.stderr.isatty():
            filled = WIDTH * done // of
            end = "\n" if done >= of else ""
            self.stderr.write(f"\r  {what:<12}{'█' * filled}{'░' * (WIDTH - filled)} {done}/{of}", ending=end)
        elif done >= of:
            self.stderr.write(f"  {what}: {done}")
