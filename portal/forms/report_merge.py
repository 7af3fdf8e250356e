"""Two who edited one report template: their filters and columns compared whole, everything else field by field."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backoffice.contracts.errors import Invalid
from portal import report_words
from portal.forms.form import Field, Form
from portal.forms.merge import Merge
from portal.forms.report_editor import COLUMNS, FILTERS, Editor, entries_of
from portal.templatetags.desk import words


@dataclass(frozen=True, kw_only=True)
class Entries(Field):
    """Filters as JSON, read as words."""

    def label_of(self, value: str) -> str:
        try:
            found = report_words.said(entries_of(value), "UTC")
        except Invalid:
            return value
        return "; ".join(" ".join(one) for one in found) or "—"


@dataclass(frozen=True, kw_only=True)
class Names(Field):
    def label_of(self, value: str) -> str:
        return ", ".join(words(name) for name in value.split(",")) if value else "The usual ones"


FLAT: Sequence[Field] = (Entries(name=FILTERS, label="Filters"), Names(name=COLUMNS, label="Columns"))


def of(mine: Editor, theirs: Editor) -> Merge:
    return Merge.of(_flat(mine), _flat(theirs))


def _flat(editor: Editor) -> Form:
    form = editor.form
    return replace(form, fields=[*form.fields, *FLAT], values={**form.values, **editor.flat}, base={**form.base, **editor.was})
