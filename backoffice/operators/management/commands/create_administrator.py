"""`create_administrator`: the first person of a desk, who lets everybody else in."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backoffice.contracts.desk import NewOperator
from backoffice.contracts.errors import Refused
from backoffice.core import commands
from backoffice.operators.models import Operator
from backoffice.operators.preconfigured import CLI, ensure_roles, role_id
from backoffice.services import desk


class Command(BaseCommand):
    help = "Create an operator with the role Administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--password-file", type=Path, help="its first line; without it the password is asked for on the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"].strip().lower()
        if Operator.objects.filter(username=username).exists():
            raise CommandError(f"{username} is there already; nothing was changed")
        password = _password(options["password_file"])
        ensure_roles()
        draft = NewOperator(username=username, name=options["name"], email=options["email"], password=password, roles=[role_id("Administrator")])
        try:
            desk().operators.create(CLI, draft)
        except Refused as refusal:
            raise commands.refused(refusal) from None
        self.stderr.write(f"{username} may sign in now")


def _password(path: Path | None) -> str:
    if path:
        try:
            return path.read_text().split("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--password-file {path}: {error}") from None
    if not sys.stdin.isatty():
        raise CommandError("there is no terminal to ask for the password on; give --password-file")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise CommandError("the two passwords differ")
    return password
