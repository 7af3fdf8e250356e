"""Points at which the fault lab kills a process; elsewhere they do nothing."""

import os
import signal
from pathlib import Path

from django.conf import settings


def crash(point: str) -> None:
    """Die here without warning when the lab has armed this point, once."""
    if not settings.FAULTLAB:
        return
    armed = Path(settings.FAULTLAB) / point
    try:
        armed.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
