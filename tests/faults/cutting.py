"""A proxy in front of PostgreSQL's socket that cuts a line at the worst moment: when the answer to a statement is known and not yet told."""

import contextlib
import select
import socket
import threading
from pathlib import Path
from typing import Literal

Moment = Literal["before the statement", "before the reply"]


class CuttingProxy:
    """Cuts the next `times` lines that carry `marker`: on its way to the server, or on its way back when the server has committed."""

    def __init__(self, server: Path, directory: Path) -> None:
        self.server = server
        self.path = directory / server.name
        self.marker, self.moment, self.times = b"", "before the reply", 0
        self.cuts = 0
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(64)

    def start(self) -> None:
        threading.Thread(target=self._serve, name="cutting proxy", daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.path.unlink(missing_ok=True)

    def cut(self, marker: str, moment: Moment, times: int = 1) -> None:
        with self.lock:
            self.marker, self.moment, self.times, self.cuts = marker.encode(), moment, times, 0

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, contextlib.suppress(OSError):
            server.connect(str(self.server))
            other = {client: server, server: client}
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    content = ready.recv(65_536)
                    if not content or self._is_cut(content, "before the statement" if ready is client else "before the reply"):
                        return
                    other[ready].sendall(content)

    def _is_cut(self, content: bytes, moment: Moment) -> bool:
        with self.lock:
            if self.times and self.moment == moment and self.marker in content:
                self.times -= 1
                self.cuts += 1
                return True
            return False
