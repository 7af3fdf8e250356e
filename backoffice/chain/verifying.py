"""The proof: everything is computed anew from what is on record, and held against what was told to the outside."""

from collections.abc import Collection, Iterator, Sequence

from django.db import connection, transaction

from backoffice.chain import canonical, heads, models
from backoffice.chain.canonical import Record
from backoffice.chain.linking import UNLINKED
from backoffice.chain.reading import Changes, Sealed, records
from backoffice.contracts.audit_chain import MOST_FAULTS, ChainFault, ChainHead, ChainReport

BATCH = 1_000
ERASED = "erased"
# A transaction below `settled` had ended and was linked with all it wrote: what stands there now without a link was put in later.
UNLINKED_RECORDS = f"""
SELECT id, coalesce(transaction_id < (SELECT settled FROM chain_state WHERE cluster = (SELECT system_identifier::text FROM pg_control_system())),
    false) OR (transaction_id IS NULL AND EXISTS (SELECT FROM chain_state))
FROM core_auditrecord r WHERE {UNLINKED} ORDER BY id
"""  # noqa: S608  texts of ours only
STRAYS = "SELECT id, record_id FROM core_auditchange c WHERE NOT EXISTS (SELECT FROM core_auditrecord r WHERE r.id = c.record_id) ORDER BY id"


class _Found:
    """What a look at the chain has come to so far."""

    def __init__(self) -> None:
        self.faults: list[ChainFault] = []
        self.fault_count = 0
        self.erased = 0
        self.checked = 0
        self.hash = canonical.GENESIS
        self.hashes: dict[int, str] = {}

    def fault(self, detail: str, *, number: int | None = None, record: int | None = None) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(ChainFault(number=number, record=record, detail=detail))


def verify(given: Sequence[ChainHead], key: str | None) -> ChainReport:
    """In one moment of the database, whatever goes on meanwhile."""
    found, waiting = _Found(), 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Only a test is in a transaction already.
            if not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = '30min'")
        told = [*map(heads.value, models.Head.objects.order_by("number")), *given]
        wanted = {head.number for head in told}
        for links in _links():
            _check(found, links, wanted)
        waiting = _unlinked(found)
        _strays(found)
    _hold_against(found, told, heads.public_keys() if key is None else [key])
    return ChainReport(
        checked=found.checked,
        hash=found.hash.hex(),
        heads=len(wanted),
        waiting=waiting,
        erased=found.erased,
        fault_count=found.fault_count,
        faults=found.faults,
    )


def _links() -> Iterator[list[models.Link]]:
    last = -(2**62)
    while links := list(models.Link.objects.filter(number__gt=last).order_by("number")[:BATCH]):
        yield links
        last = links[-1].number


def _check(found: _Found, links: list[models.Link], wanted: set[int]) -> None:
    ids = [link.record_id for link in links]
    rows, changes = records(ids), Changes(ids)
    for link in links:
        if link.number != found.checked + 1:
            found.fault(f"the numbers from {found.checked + 1} to {link.number - 1} are missing", number=link.number, record=link.record_id)
            found.checked = link.number - 1
        elif bytes(link.previous) != found.hash:
            found.fault("it does not follow from the link before it", number=link.number, record=link.record_id)
        _check_contents(found, link, rows.get(link.record_id), changes)
        found.checked, found.hash = link.number, bytes(link.hash)
        if link.number in wanted:
            found.hashes[link.number] = found.hash.hex()


def _check_contents(found: _Found, link: models.Link, record: Record | None, changes: Changes) -> None:
    if record is None:
        found.fault("the record is gone", number=link.number, record=link.record_id)
        return
    spoiled: list[int] = []
    digests = _digests(found, changes.of(record.id), spoiled)
    if canonical.link_hash(link.number, bytes(link.previous), record, digests) != bytes(link.hash):
        found.fault("the record or one of its changes is not what was linked", number=link.number, record=record.id)
    elif spoiled:
        found.fault(f"what is personal in change {spoiled[0]} is not what was linked", number=link.number, record=record.id)


def _digests(found: _Found, changes: Iterator[Sealed], spoiled: list[int]) -> Iterator[tuple[canonical.Change, bytes | None]]:
    for change, digest, salt in changes:
        if digest and salt and canonical.personal_digest(change, salt) != digest:
            spoiled.append(change.id)
        elif digest and salt is None:
            found.erased += 1
            if not canonical.is_erased(change, ERASED):
                spoiled.append(change.id)
        yield change, digest


def _unlinked(found: _Found) -> int:
    waiting = 0
    with connection.cursor() as cursor:
        cursor.execute(UNLINKED_RECORDS)
        for id, was_put_in in cursor.fetchall():
            if was_put_in:
                found.fault("the record has no link, though everything of its time was linked", record=id)
            else:
                waiting += 1
    return waiting


def _strays(found: _Found) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STRAYS)
        for id, record in cursor.fetchall():
            found.fault(f"change {id} is of a record that there is not", record=record)


def _hold_against(found: _Found, told: Sequence[ChainHead], keys: Collection[str]) -> None:
    for head in told:
        if keys and not heads.is_signed(head, keys):
            found.fault(f"the head of {head.at:%Y-%m-%d %H:%M} is not signed by this desk's key", number=head.number)
        elif head.number > found.checked:
            found.fault(
                f"the chain ends at {found.checked}, and at {head.at:%Y-%m-%d %H:%M} it went on to here: its tail is cut off", number=head.number
            )
        elif found.hashes.get(head.number) != head.hash:
            found.fault(f"at {head.at:%Y-%m-%d %H:%M} another hash was told of this number: the chain was written anew", number=head.number)
