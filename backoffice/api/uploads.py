"""The multipart bodies of files: of markets, and of commission rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast, get_args

from django.conf import settings
from django.http import HttpRequest

from backoffice.api import bodies
from backoffice.api.endpoint import Reader
from backoffice.api.versions import media_type
from backoffice.contracts.market_files import FileMapping, FileMode

FIELDS = ("mode", "mapping", "presetId")
# What the parts around the file may weigh.
ENVELOPE_BYTES = 1_000_000


@dataclass(frozen=True)
class Upload:
    file: BinaryIO
    name: str
    mode: FileMode
    mapping: FileMapping | None
    preset_id: str | None


@dataclass(frozen=True)
class RuleUpload:
    file: BinaryIO
    name: str


def _read(request: HttpRequest) -> Upload:
    file, name, fields = _parts(request, FIELDS, most=settings.MARKET_FILE_MAX_BYTES)
    if "mapping" in fields and "presetId" in fields:
        raise bodies.refused("presetId", "Give either a mapping or a preset.")
    return Upload(
        file=file,
        name=name or "markets",
        mode=_mode(fields.get("mode", "ValidRows")),
        mapping=bodies.decode(fields["mapping"].encode(errors="surrogatepass"), FileMapping, at="mapping") if "mapping" in fields else None,
        preset_id=fields.get("presetId"),
    )


def _read_rules(request: HttpRequest) -> RuleUpload:
    file, name, _ = _parts(request, (), most=settings.RULE_FILE_MAX_BYTES)
    return RuleUpload(file=file, name=name or "rules")


def _parts(request: HttpRequest, names: Sequence[str], *, most: int) -> tuple[BinaryIO, str, dict[str, str]]:
    """The file, its name, and the fields beside it."""
    if media_type(request) != "multipart/form-data":
        raise bodies.refused("Content-Type", "Expected multipart/form-data.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > most + ENVELOPE_BYTES:
        raise bodies.refused("file", f"The file is larger than {most} bytes.")
    fields = _fields(request, names)
    file = request.FILES.get("file")
    if file is None:
        raise bodies.refused("file", "This field is missing.")
    return cast(BinaryIO, file), (file.name or "")[-150:], fields


def _fields(request: HttpRequest, names: Sequence[str]) -> dict[str, str]:
    for given, allowed in ((request.POST, names), (request.FILES, ("file",))):
        for name in given:
            if name not in allowed:
                raise bodies.refused(name, "There is no such field.")
            if len(given.getlist(name)) > 1:
                raise bodies.refused(name, "This field is given twice.")
    fields = {name: str(value) for name, value in request.POST.items()}
    for name, value in fields.items():
        if not bodies.storable(value):
            raise bodies.refused(name, "This text holds a character that cannot be stored.")
    return fields


def _mode(given: str) -> FileMode:
    if given not in get_args(FileMode):
        raise bodies.refused("mode", f"Expected one of {', '.join(get_args(FileMode))}.")
    return cast(FileMode, given)


_PROPERTIES: dict[str, Any] = {
    "file": {"type": "string", "format": "binary", "description": "CSV or XLSX, up to 50 MB and 200,000 rows."},
    "mode": {"enum": list(get_args(FileMode)), "default": "ValidRows"},
    "mapping": {"type": "string", "contentMediaType": "application/json", "description": "A FileMapping as JSON, for a foreign layout."},
    "presetId": {"type": "string", "description": "A saved mapping, instead of `mapping`."},
}
_RULES: dict[str, Any] = {"file": {"type": "string", "format": "binary", "description": "CSV or XLSX, up to 2 MB and 2,000 rows."}}


def _multipart(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": ["file"], "additionalProperties": False}


FILE = Reader(_read, ("multipart/form-data",), _multipart(_PROPERTIES))
RULE_FILE = Reader(_read_rules, ("multipart/form-data",), _multipart(_RULES))
