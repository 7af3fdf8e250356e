"""Where rule files lie while they are read, and what is made of them for download. Nothing here has to last."""

import time
from datetime import timedelta

from django.db.models.functions import Now

from backoffice.commission_files.models import RuleFile
from backoffice.tables.store import Store

STORE = Store("rule-files", most="RULE_FILE_MAX_BYTES")
KEPT = timedelta(days=7)
SECONDS_MOST = 24 * 3600


def forget() -> None:
    """Rows of faulty files that nobody repaired for a week, and what lies about in the folder."""
    RuleFile.objects.filter(stage="Faulty", created_at__lt=Now() - KEPT).exclude(lines=[], faults=[]).update(lines=[], faults=[])
    for place in STORE.folder().iterdir():
        if time.time() - place.stat().st_mtime > SECONDS_MOST:
            place.unlink(missing_ok=True)
