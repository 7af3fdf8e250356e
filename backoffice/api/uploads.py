"""The multipart body of a market file."""

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


def _read(request: HttpRequest) -> Upload:
    if media_type(request) != "multipart/form-data":
        raise bodies.refused("Content-Type", "Expected multipart/form-data.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MARKET_FILE_MAX_BYTES + ENVELOPE_BYTES:
        raise bodies.refused("file", f"The file is larger than {settings.MARKET_FILE_MAX_BYTES} bytes.")
    fields = _fields(request)
    file = request.FILES.get("file")
    if file is None:
        raise bodies.refused("file", "This field is missing.")
    if "mapping" in fields and "presetId" in fields:
        raise bodies.refused("presetId", "Give either a mapping or a preset.")
    return Upload(
        file=cast(BinaryIO, file),
        name=(file.name or "markets")[-150:],
        mode=_mode(fields.get("mode", "ValidRows")),
        mapping=bodies.decode(fields["mapping"].encode(errors="surrogatepass"), FileMapping, at="mapping") if "mapping" in fields else None,
        preset_id=fields.get("presetId"),
    )


def _fields(request: HttpRequest) -> dict[str, str]:
    for given, allowed in ((request.POST, FIELDS), (request.FILES, ("file",))):
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
FILE = Reader(_read, ("multipart/form-data",), {"type": "object", "properties": _PROPERTIES, "required": ["file"], "additionalProperties": False})
