"""`verify_audit`: compute the audit trail's chain anew; exit status 1 when it is not what was linked, or not what was told to the outside."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from backoffice.chain import heads
from backoffice.contracts import wire
from backoffice.contracts.actor import Actor
from backoffice.contracts.audit_chain import ChainHead, ChainReport
from backoffice.services import desk

CLI = Actor(kind="system", id="cli", name="command line", door="cli", operations=frozenset({"view-audit"}))


class Command(BaseCommand):
    help = "Verify the whole audit trail against its chain and against the heads that were exported."

    def add_arguments(self, parser: ArgumentParser) -> None:
        own = f"{heads.folder() / heads.FILE} where it is there"
        parser.add_argument("--heads", type=Path, help=f"a file of exported heads, best one that was kept elsewhere; {own}")
        parser.add_argument("--key", help="the public key that signed them, base64; this desk's own when left out")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = desk().audit_chain.verify(CLI, heads=_heads(options["heads"]), key=options["key"])
        if options["json"]:
            self.stdout.write(wire.encode(report).decode())
        else:
            self._tell(report)
        if not report.is_sound:
            sys.exit(1)

    def _tell(self, report: ChainReport) -> None:
        for fault in report.faults:
            at = " ".join(f"{name} {value}" for name, value in (("number", fault.number), ("record", fault.record)) if value is not None)
            self.stdout.write(f"{at}: {fault.detail}")
        if report.fault_count > len(report.faults):
            self.stdout.write(f"and {report.fault_count - len(report.faults)} more")
        verdict = "the trail is what was recorded" if report.is_sound else "THE TRAIL WAS TAMPERED WITH"
        counts = f"{report.checked} records linked, {report.waiting} not yet, {report.erased} changes erased, {report.heads} heads"
        self.stdout.write(f"{counts}; {verdict}")


def _heads(path: Path | None) -> list[ChainHead]:
    own = heads.folder() / heads.FILE
    if path is None and not own.exists():
        return []
    try:
        return list(heads.read((path or own).read_text().splitlines()))
    except (OSError, msgspec.DecodeError) as error:
        raise CommandError(f"{path or own}: {error}") from None
