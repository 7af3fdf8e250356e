"""P1-P4 and P15: deposits over HTTP beside the bare statement and beside a plain DRF view; a hot account; latency; callbacks; overload.

    python -m bench.transfers [--runs 3] [--seconds 4] [--parts p1 p2 p3 p4 p15 retries] [--keep]

It needs wrk and nothing else: PostgreSQL (durable) and Valkey are its own, on a data directory of its own, and everything is on loopback. The two
sides of a ratio take turns within a run, and a ratio is that of one run. Afterwards the books are audited: without that no figure counts.
"""

import argparse
import base64
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from backoffice.embedded import discard
from bench.transfers_hosts import HOSTS, name_of

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("p1", "p2", "p3", "retries", "p15", "p4")
# The caller's own servers and keys are none of ours.
GIVEN = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY", "JWT_SIGNING_KEY", "CALLBACK_KEYS", "DB_POOL", "DEBUG")


def main() -> int:
    asked = arguments()
    data = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    data.chmod(0o711)
    measure = [sys.executable, "-m", "bench.transfers_measure", "--runs", str(asked.runs), "--seconds", str(asked.seconds), "--parts", *asked.parts]
    command = [sys.executable, "-m", "backoffice.embedded.command", "--", *measure]
    running = subprocess.Popen(command, env=environment(data), cwd=ROOT, start_new_session=True)
    try:
        return running.wait(asked.minutes * 60)
    except subprocess.TimeoutExpired:
        print(f"stopped after {asked.minutes:g} minutes")
        return 1
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(60)
        if asked.keep:
            print(f"kept: {data}")
        else:
            discard(data)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="of each load")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--minutes", type=float, default=15, help="after which it is stopped")
    parser.add_argument("--keep", action="store_true", help="leave the data directory, with the logs")
    return parser.parse_args()


def environment(data: Path) -> dict[str, str]:
    """As in earnest, but that receivers on this machine may be called, by plain HTTP, and one client may call without end."""
    kept = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in GIVEN}
    return kept | {
        "DATA_DIR": str(data),
        "DESK_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
        "PYTHONPATH": str(ROOT),
        "API_REQUESTS_PER_MINUTE": "1000000",
        "PLAIN_HTTP_CALLBACKS": "true",
        "CALLBACK_LOCAL_HOSTS": ",".join(f"{name_of(host)}=127.0.0.1" for host in HOSTS),
        "CALLBACK_KEYS": f"bench:{base64.b64encode(secrets.token_bytes(32)).decode()}",
    }


if __name__ == "__main__":
    sys.exit(main())
