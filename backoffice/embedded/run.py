"""`bin/run`: the whole desk on one machine, started, watched and stopped as one."""

import argparse
import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from backoffice.embedded import parts, readiness, steps
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places, default_data, places
from backoffice.embedded.sharing import Servers, environment, lock
from backoffice.embedded.supervisor import Supervisor

ROUND_SECONDS = 0.1
READY_SECONDS = 120
WAIT_FOR_COMMANDS_SECONDS = 30


class Stopped(BaseException):
    """A signal asked the desk to stop."""


def main() -> int:
    asked = _arguments()
    _stop_on_signals()
    try:
        at = places(default_data())
        with contextlib.ExitStack() as stack:
            _be_the_only_one(stack, at)
            _run(stack, at, asked)
    except Stopped:
        print("stopped", flush=True)
    except Failed as failure:
        print(f"bin/run: {failure}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description="Start the desk and everything it needs.")
    parser.add_argument("--empty", action="store_true", help="begin without the demo broker")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on (default 127.0.0.1, or HOST)")
    parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"), help="port to listen on (default 8000, or PORT)")
    return parser.parse_args()


def _stop_on_signals() -> None:
    # Only the first one interrupts: a second Ctrl-C must not cut the orderly stop short.
    def stop(*_: object) -> None:
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(which, lambda *_: None)
        raise Stopped

    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, stop)


def _be_the_only_one(stack: contextlib.ExitStack, at: Places) -> None:
    if not stack.enter_context(lock(at, "run", fcntl.LOCK_EX)):
        raise Failed(f"already running on {at.data}; stop that one first, or set DATA_DIR and PORT")
    deadline = time.monotonic() + WAIT_FOR_COMMANDS_SECONDS
    while time.monotonic() < deadline:
        with contextlib.ExitStack() as attempt:
            if attempt.enter_context(lock(at, "services", fcntl.LOCK_EX)):
                stack.enter_context(attempt.pop_all())
                return
        time.sleep(0.1)
    raise Failed(f"a bin/manage command is using the database of {at.data}; wait until it ends")


def _run(stack: contextlib.ExitStack, at: Places, asked: argparse.Namespace) -> None:
    began = time.monotonic()
    say = _speaker(at.log("run"))
    supervisor = Supervisor(say)
    servers = Servers(at)
    stack.callback(servers.stop)
    servers.start()
    readiness.require_free(asked.host, asked.port)
    for server in servers.parts:
        supervisor.adopt(server)
    environ = environment(at, servers.urls)
    live_port = readiness.free_from(asked.host, asked.port + 2)
    addresses = {"PUBLIC_URL": f"http://{_shown(asked.host)}:{asked.port}", "LIVE_URL": f"http://{_shown(asked.host)}:{live_port}/events/"}
    environ = {**addresses, **environ}
    is_demo = steps.is_demo(at, empty=asked.empty)
    if is_demo:
        environ = steps.receiver_beside(at, environ, port=asked.port)
    _prepare(at, environ, empty=asked.empty)
    started = time.monotonic()
    desk = [
        parts.web(at, environ, host=asked.host, port=asked.port),
        parts.live(at, environ, host=asked.host, port=live_port),
        *(parts.worker(at, environ, queue=queue) for queue in ("desk", "files", "callbacks", "reports", "mail")),
        parts.beat(at, environ),
        *([parts.receiver(at, environ)] if is_demo else []),
    ]
    for part in reversed(desk):
        stack.callback(part.stop)
    for part in desk:
        supervisor.start(part)
    if warning := steps.warning(at):
        say(warning)
    sign_ins = steps.demo_sign_ins(at, environ)
    _await_ready(supervisor, asked.host, asked.port, started)
    say(f"ready after {time.monotonic() - began:.1f} s; logs are in {at.logs}, Ctrl-C stops everything")
    receiver = f"  http://localhost:{environ['RECEIVER_PORT']}/ shows the callbacks that arrive\n" if is_demo else ""
    print(f"\n  http://{_shown(asked.host)}:{asked.port}/\n{receiver}{_indented(sign_ins)}", flush=True)
    while True:
        supervisor.look()
        time.sleep(ROUND_SECONDS)


def _prepare(at: Places, environ: dict[str, str], *, empty: bool) -> None:
    with steps.static_files(at, environ):
        steps.migrate(environ)
        steps.first_data(at, environ, empty=empty)


def _await_ready(supervisor: Supervisor, host: str, port: int, started: float) -> None:
    wrong = ["web: not asked yet"]
    while wrong:
        if time.monotonic() - started > READY_SECONDS:
            raise Failed(f"not ready after {READY_SECONDS} s: {'; '.join(wrong)}")
        supervisor.look()
        time.sleep(ROUND_SECONDS)
        wrong = readiness.failing(host, port, seconds_up=time.monotonic() - started)


def _speaker(log: Path) -> Callable[[str], None]:
    def say(line: str) -> None:
        stamped = f"{time.strftime('%H:%M:%S')} {line}"
        # The terminal may be gone; the file then still tells.
        with contextlib.suppress(OSError):
            print(stamped, flush=True)
        with contextlib.suppress(OSError), log.open("a") as file:
            print(time.strftime("%Y-%m-%d"), stamped, file=file)

    return say


def _shown(host: str) -> str:
    return "localhost" if host == "127.0.0.1" else host


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
