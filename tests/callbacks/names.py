"""A DNS server on loopback that answers as it is told, a different thing each time if need be."""

import socket
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Answer = Sequence[str] | None


class Names:
    """`says[name]` holds answers for one question of each kind after another; the last one stays. None is silence."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.says: dict[str, deque[Answer]] = {}
        self.asked: list[tuple[str, str]] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.socket.getsockname()
        return host, port

    def tell(self, name: str, *answers: Answer) -> None:
        self.says[f"{name}."] = deque(answers)

    def serve(self) -> None:
        while True:
            try:
                content, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            if not content:
                return
            if (answer := self._answer(dns.message.from_wire(content))) is not None:
                self.socket.sendto(answer, sender)

    def _answer(self, query: dns.message.Message) -> bytes | None:
        question = query.question[0]
        name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if name not in self.says:
            response.set_rcode(dns.rcode.NXDOMAIN)
            return response.to_wire()
        told = self.says[name]
        # Both kinds of one look see the same answer: AAAA is asked last.
        answers = told.popleft() if kind == "AAAA" and len(told) > 1 else told[0]
        if answers is None:
            return None
        owner = name
        for record in answers:
            if record.startswith("cname:"):
                target = f"{record.removeprefix('cname:')}."
                response.answer.append(dns.rrset.from_text(owner, 0, "IN", "CNAME", target))
                owner = target
        records = [record for record in answers if not record.startswith("cname:") and (":" in record) == (kind == "AAAA")]
        if records:
            response.answer.append(dns.rrset.from_text_list(owner, 0, "IN", kind, records))
        return response.to_wire(max_size=65_535)


@contextmanager
def serving() -> Iterator[Names]:
    names = Names()
    thread = threading.Thread(target=names.serve, daemon=True)
    thread.start()
    try:
        yield names
    finally:
        # A datagram of nothing wakes it: closing alone does not.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(b"", names.address)
        thread.join()
        names.socket.close()
