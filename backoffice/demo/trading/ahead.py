"""Makes the next things while the last ones are being stored: what is made needs no database, and waits for none."""

from collections.abc import Iterable, Iterator
from queue import Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")
Made = tuple[T | None, BaseException | None]


def ahead(things: Iterable[T]) -> Iterator[T]:
    """The same things in the same order, made by a thread of their own, one ahead. What goes wrong there is raised here."""
    waiting: Queue[Made[T]] = Queue(maxsize=1)
    stopped = Event()
    thread = Thread(target=_make, args=(things, waiting, stopped), daemon=True)
    thread.start()
    try:
        while True:
            thing, fault = waiting.get()
            if fault is not None:
                raise fault
            if thing is None:
                return
            yield thing
    finally:
        stopped.set()
        while thread.is_alive():
            while not waiting.empty():
                waiting.get()
            thread.join(0.01)


def _make(things: Iterable[T], waiting: Queue[Made[T]], stopped: Event) -> None:
    try:
        for thing in things:
            waiting.put((thing, None))
            if stopped.is_set():
                return
        waiting.put((None, None))
    except BaseException as fault:
        waiting.put((None, fault))
