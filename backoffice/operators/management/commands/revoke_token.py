"""`revoke_token`: end one of our tokens before its time; it is read from standard input, so that no shell remembers it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backoffice.core import audit
from backoffice.operators import claims, tokens
from backoffice.operators.preconfigured import CLI


class Command(BaseCommand):
    help = "Read a token from standard input and end it everywhere within five seconds."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = tokens.read_own(sys.stdin.readline().strip())
        except claims.Refused as reason:
            raise CommandError(f"this is not a live token of ours: {reason}") from None
        with transaction.atomic():
            tokens.revoke(said)
            audit.changed(audit.open_record(CLI, "revoke_token"), "api_client", said.subject, {}, {"revokedToken": said.jti})
        self.stderr.write(f"{said.jti} is revoked")
