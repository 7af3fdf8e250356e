"""The process behind a PDF: HTML on standard input, PDF on standard output. Run by its path; it imports nothing of ours.

Its arguments: the stylesheet, the bytes of memory and the seconds of the processor that it may have.
"""

import ctypes
import resource
import sys
from pathlib import Path
from typing import Any, NoReturn

NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
FILE_BYTES = 64 << 20
# The second wall behind the fetcher, and the only one where a network of one's own is not to be had.
CLOSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.Request", "ftplib.", "http.client.")


def leave_the_network() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NETWORK) != 0:
        libc.unshare(NEW_USER | NEW_NETWORK)


def limit(memory: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refuse(event: str, _: Any) -> None:
    if event.startswith(CLOSED):
        raise PermissionError(f"{event} is closed here")


def main() -> None:
    leave_the_network()
    limit(int(sys.argv[2]), int(sys.argv[3]))
    # After the limits, so that they hold for what the import allocates too.
    from weasyprint import CSS, HTML  # noqa: PLC0415  not before the limits are set
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415  not before the limits are set

    sys.addaudithook(refuse)

    class Nothing(URLFetcher):  # type: ignore[misc]  # the package tells no types
        def fetch(self, url: str, headers: Any = None) -> NoReturn:  # noqa: ARG002  the base class's signature
            raise FatalURLFetchingError(f"{url[:100]} is not fetched")

    look = Path(sys.argv[1]).read_text(encoding="utf-8")
    page = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=Nothing(), base_url="about:blank")
    sys.stdout.buffer.write(page.write_pdf(stylesheets=[CSS(string=look, url_fetcher=Nothing())], presentational_hints=True))


if __name__ == "__main__":
    main()
