"""`python -m backoffice.demo.receiver --port 8001`: listens on loopback alone, keeps its things under DATA_DIR/receiver."""

import argparse
import os
from pathlib import Path

from backoffice.demo.receiver.kept import Kept
from backoffice.demo.receiver.server import Receiver

ROOT = Path(__file__).resolve().parents[3]


def main() -> None:
    parser = argparse.ArgumentParser(prog="backoffice.demo.receiver")
    parser.add_argument("--port", type=int, default=os.environ.get("RECEIVER_PORT", "8001"))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DATA_DIR") or ROOT / "var"))
    asked = parser.parse_args()
    with Receiver(asked.port, asked.data, Kept(asked.data / "receiver")) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
