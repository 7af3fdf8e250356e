"""What the demo's gateway knows: where it is kept, and who it is."""

from pathlib import Path

import msgspec

FILE = Path("secrets/demo_gateway.json")


class Gateway(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    client_id: str
    client_secret: str
    callback_secret: str
    receiver_port: int


def read(data: Path) -> Gateway | None:
    """None before the demo was loaded, or when the file is not ours to read."""
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=Gateway)
    except (OSError, msgspec.DecodeError):
        return None
