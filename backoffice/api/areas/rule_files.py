"""Rule files: uploads that become change sets, their faults, exports."""

from backoffice.api.areas.market_files import ErrorsQuery
from backoffice.api.endpoint import MEDIA, Download
from backoffice.api.uploads import RuleUpload
from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.rule_files import RuleFile
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.contracts.value import Value
from backoffice.services import back_api


class RulesQuery(Value, frozen=True, kw_only=True):
    """Without a profile, the rules of all."""

    format: FileFormat = "Csv"
    profile_id: str | None = None


def upload(actor: Actor, body: RuleUpload) -> RuleFile:
    """Upload a file of commission rules."""
    return back_api().rule_files.upload(actor, body.file, name=body.name)


def get(actor: Actor, file_id: str) -> RuleFile:
    """One file of commission rules."""
    return back_api().rule_files.get(actor, file_id)


def errors(actor: Actor, file_id: str, query: ErrorsQuery) -> Page[CellError] | Download:
    """Every fault of a file of commission rules."""
    files = back_api().rule_files
    if query.format is None:
        return files.errors(actor, file_id, after=query.after, limit=query.limit)
    path = files.errors_file(actor, file_id, format=query.format)
    return Download(f"commission-rules-errors.{query.format.lower()}", path, MEDIA[query.format])


def download(actor: Actor, query: RulesQuery) -> Download:
    """Commission rules as a file."""
    name, path = back_api().rule_files.download(actor, format=query.format, profile_id=query.profile_id)
    return Download(name, path, MEDIA[query.format])
