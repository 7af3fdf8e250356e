"""`approvals list|show|approve|deny`: what waits for others, and a decision by a person who shows who they are."""

import getpass
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import Approval
from backoffice.contracts.errors import FactorNeeded, Refused
from backoffice.contracts.factors import Proof
from backoffice.core import commands
from backoffice.services import desk, identity

CLI = Actor(kind="system", id="cli", name="command line", door="cli", operations=frozenset({*operations.ALL, operations.OWN}))
HERE = {"network": "127.0.0.1", "agent": "command line"}


class Command(BaseCommand):
    help = "List what waits for the approval of others, show one, approve or deny it as an operator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["list", "show", "approve", "deny"])
        parser.add_argument("approval", nargs="?", help="its id")
        parser.add_argument("--as", dest="username", help="the operator who decides; the password is asked for on the terminal")
        parser.add_argument("--password-file", type=Path, help="its first line is the password")
        parser.add_argument("--code", help="of the authenticator, where the operator has one")
        parser.add_argument("--shown", default="", help="the hash that `show` told, or its first 12 digits: approving binds to it")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["act"] == "list":
                for found in desk().approvals.find(CLI, states=["Waiting", "Approved"], limit=200).items:
                    self.stdout.write(
                        f"{found.id}  {found.state:<9}{found.action:<34}{found.maker_name}, until {found.expires_at:%Y-%m-%d %H:%M} UTC"
                    )
                return
            if not options["approval"]:
                raise CommandError("name an approval by its id")
            seen = desk().approvals.get(CLI, options["approval"])
            if options["act"] == "show":
                self._show(seen)
            else:
                self._decide(seen, options)
        except Refused as refusal:
            raise commands.refused(refusal) from None

    def _decide(self, seen: Approval, options: dict[str, Any]) -> None:
        is_approval = options["act"] == "approve"
        if not options["username"]:
            raise CommandError("a person decides: say who with --as")
        if is_approval and (len(options["shown"]) < 12 or not seen.shown_hash.startswith(options["shown"])):
            raise CommandError("say with --shown what you have seen: the hash that `approvals show` tells")
        with _signed_in(options) as actor:
            if is_approval:
                ended = desk().approvals.approve(actor, seen.id, seen.shown_hash, reason=options["reason"])
            else:
                ended = desk().approvals.deny(actor, seen.id, reason=options["reason"])
        self.stdout.write(f"{ended.id} {ended.state}" + (f": {ended.outcome}" if ended.outcome else ""))

    def _show(self, seen: Approval) -> None:
        self.stdout.write(f"{seen.action} by {seen.maker_name} ({seen.door}), {seen.state}, {len(seen.decisions)} of {seen.needed} decided")
        for name, text in seen.about.items():
            self.stdout.write(f"  {name}: {text}")
        for change in seen.changes:
            self.stdout.write(f"  {change.object_type} {change.object_id}")
            for name in [*change.after, *(name for name in change.before if name not in change.after)]:
                self.stdout.write(f"    {name}: {change.before.get(name)} -> {change.after.get(name)}")
        self.stdout.write(f"shown {seen.shown_hash}")


@contextmanager
def _signed_in(options: dict[str, Any]) -> Iterator[Actor]:
    """As at the portal, second factor and all, for this one command. Refuses: Unauthenticated, TooMany."""
    try:
        sign_in, _ = identity().sign_in(options["username"], _password(options["password_file"]), **HERE)
    except FactorNeeded as needed:
        if not options["code"]:
            raise CommandError("this operator has a second factor: give --code") from None
        sign_in, _ = identity().finish_sign_in(needed.pending, Proof(way="code", value=options["code"]), **HERE)
    try:
        actor = identity().actor_of_sign_in(sign_in, trace_id="")
        if actor is None:
            raise CommandError("the sign-in ended at once")
        yield msgspec.structs.replace(actor, door="cli")
    finally:
        identity().sign_out(sign_in)


def _password(path: Path | None) -> str:
    if path:
        return path.read_text().split("\n")[0].rstrip("\r")
    if not sys.stdin.isatty():
        raise CommandError("there is no terminal to ask for the password on; give --password-file")
    return getpass.getpass("Password: ")
