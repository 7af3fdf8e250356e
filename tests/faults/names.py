"""A tiny name server on loopback, for names that lead where no callback goes."""

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL = 0


@dataclass(frozen=True)
class Name:
    """`wait` is how long it thinks first; with `alias` the records are those of the alias."""

    records: Sequence[str] = ()
    alias: str | None = None
    wait: float = 0.0


class NameServer:
    def __init__(self) -> None:
        self.names: dict[str, Name] = {}
        self.asked: list[str] = []
        # Answers too long for a datagram are asked for again over TCP, at the same port.
        self.socket, self.listener = _same_port()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def start(self) -> None:
        threading.Thread(target=self._serve_datagrams, name="names", daemon=True).start()
        threading.Thread(target=self._serve_lines, name="names over TCP", daemon=True).start()

    def stop(self) -> None:
        for one in (self.socket, self.listener):
            # Wakes the thread that waits on it; a close alone does not.
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve_datagrams(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                content, sender = self.socket.recvfrom(4096)
                if not content:
                    return
                threading.Thread(target=self._answer_datagram, args=(content, sender), daemon=True).start()

    def _answer_datagram(self, content: bytes, sender: tuple[str, int]) -> None:
        answer = self._answer(content)
        told = answer.to_wire(max_size=65_535)
        if len(told) > 512:
            answer.answer = []
            answer.flags |= dns.flags.TC
            told = answer.to_wire()
        with contextlib.suppress(OSError):
            self.socket.sendto(told, sender)

    def _serve_lines(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self.listener.accept()
                with line:
                    line.settimeout(5)
                    length = int.from_bytes(line.recv(2, socket.MSG_WAITALL), "big")
                    told = self._answer(line.recv(length, socket.MSG_WAITALL)).to_wire(max_size=65_535)
                    line.sendall(len(told).to_bytes(2, "big") + told)

    def _answer(self, content: bytes) -> dns.message.Message:
        query = dns.message.from_wire(content)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        answer = dns.message.make_response(query)
        found = self.names.get(name)
        if found is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer
        time.sleep(found.wait)
        owner = question.name
        if found.alias:
            answer.answer.append(dns.rrset.from_text(owner, TTL, "IN", "CNAME", f"{found.alias}."))
            owner = dns.name.from_text(f"{found.alias}.")
        fitting = [record for record in found.records if (":" in record) == (question.rdtype == dns.rdatatype.AAAA)]
        if fitting:
            answer.answer.append(dns.rrset.from_text_list(owner, TTL, "IN", question.rdtype, fitting))
        return answer


def _same_port() -> tuple[socket.socket, socket.socket]:
    while True:
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", 0))
        try:
            return datagrams, socket.create_server(datagrams.getsockname())
        except OSError:
            datagrams.close()
