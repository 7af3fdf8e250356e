"""The incorrect rows of a faulty file alone, with their reasons, and with the file's id: so they find back among its right rows."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from backoffice.commission_files.columns import HEADER
from backoffice.commission_files.models import RuleFile
from backoffice.commission_files.reading import FILE, cells
from backoffice.commission_files.storage import STORE
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.tables.faults import NOTES, noted
from backoffice.tables.write import write as write_table


def write(file: RuleFile, format: FileFormat) -> Path:
    """Made anew for every request."""
    return write_table(STORE.path(f"errors-{file.pk}.{format.lower()}"), format, [*HEADER, *NOTES, FILE], _rows(file), sheet="Errors")


def _rows(file: RuleFile) -> Iterator[dict[str, str]]:
    faults = msgspec.convert(file.faults, list[CellError])
    notes, wrong = noted(faults), {fault.row for fault in faults}
    for number, texts in file.lines:
        if number in wrong:
            yield cells(texts) | notes(number) | {FILE: str(file.pk)}
