"""A receiver of callbacks that costs as little as Python allows: `python -m bench.transfers_receiver [--hang] PORT ...`.

It answers 204 to whatever has come in whole, or nothing at all; it checks no signature, for how fast receivers are is not the question.
"""

import argparse
import asyncio
import re

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.line = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (head := self.held.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.held, 0, head)
            whole = head + 4 + (int(length[1]) if length else 0)
            if len(self.held) < whole:
                return
            self.held = self.held[whole:]
            self.line.write(ANSWER)  # type: ignore[attr-defined]


class Hanging(asyncio.Protocol):
    pass


async def serve(ports: list[int], kind: type[asyncio.Protocol]) -> None:
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(kind, "127.0.0.1", port, backlog=512) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hang", action="store_true")
    parser.add_argument("ports", type=int, nargs="+")
    asked = parser.parse_args()
    asyncio.run(serve(asked.ports, Hanging if asked.hang else Answering))


if __name__ == "__main__":
    main()
