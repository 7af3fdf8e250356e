"""`issue_token`: a JWT alone on standard output, for development and for trying things out."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from backoffice.contracts.desk import ApiClientChange, NewApiClient
from backoffice.contracts.errors import Refused
from backoffice.core import audit
from backoffice.operators import api_clients, rules, tokens
from backoffice.operators.models import ApiClient
from backoffice.operators.preconfigured import CLI
from backoffice.services import desk

LONGEST_SECONDS = 86_400


class Command(BaseCommand):
    help = "Print an API token for a client, which is made, or granted what it lacks, when needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operations", required=True, help="names with commas between")
        parser.add_argument("--client", required=True, help="the client's name")
        parser.add_argument("--ttl", type=int, default=3_600, help=f"seconds, up to {LONGEST_SECONDS}")
        parser.add_argument("--production", action="store_true", help="yes, on the production desk")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["production"]:
            raise CommandError("this is the production desk; add --production if you mean it")
        if not 1 <= options["ttl"] <= LONGEST_SECONDS:
            raise CommandError(f"--ttl must be from 1 to {LONGEST_SECONDS}")
        wanted = sorted({name.strip() for name in options["operations"].split(",") if name.strip()})
        if faults := rules.operation_faults(wanted):
            raise CommandError("; ".join(faults))
        try:
            client = self._client(options["client"], wanted)
        except Refused as refusal:
            raise CommandError("; ".join(reason for found in refusal.fields.values() for reason in found) or refusal.detail) from None
        except IntegrityError:
            raise CommandError(f"somebody else makes the API client {options['client']} at this moment; repeat it") from None
        self.stdout.write(tokens.make(client, wanted, seconds=options["ttl"]))

    @transaction.atomic
    def _client(self, name: str, wanted: list[str]) -> ApiClient:
        client = ApiClient.objects.select_for_update().filter(name=name).first()
        if client is None:
            _refuse_alone()
            self.stderr.write(f"the API client {name} is new; it has no secret")
            return api_clients.add(audit.open_record(CLI, "issue_token"), NewApiClient(name=name, operations=wanted), secret_hash="")
        if not client.is_active:
            raise CommandError(f"the API client {name} is not active")
        if missing := sorted(set(wanted) - set(client.operations)):
            _refuse_alone()
            self.stderr.write(f"granted to the API client {name}: {', '.join(missing)}")
            change = ApiClientChange(operations=[*client.operations, *missing], is_active=True, scope=client.scope)
            api_clients.update(audit.open_record(CLI, "issue_token"), client.id, change)
        return client


def _refuse_alone() -> None:
    """This command does not go through the guard, and must be no way around a policy."""
    covered = ("manage-api-clients", "api_clients.create", "api_clients.update")
    if any(policy.is_active and policy.covers in covered for policy in desk().approval_policies.find(CLI)):
        raise CommandError("a policy asks for the approval of others here: make or change the API client in the portal")
