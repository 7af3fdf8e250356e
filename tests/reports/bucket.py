"""A store of objects on loopback that speaks as much of S3 as the desk does: objects whole and in parts, one bucket."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape


class Bucket(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaker)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.at = datetime.now(UTC)
        self.is_down = False
        self.asked: list[str] = []

    @property
    def settings(self) -> dict[str, str]:
        endpoint = f"http://127.0.0.1:{self.server_port}"
        return {"bucket": "files", "prefix": "desk", "endpoint": endpoint, "region": "us-east-1", "key": "key", "secret": "not told"}


class Speaker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def _asked(self) -> tuple[str, dict[str, str], bytes]:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
        assert "not told" not in str(self.headers)
        self.server.asked.append(f"{self.command} {parts.path}")
        query = {key: value[0] for key, value in parse_qs(parts.query, keep_blank_values=True).items()}
        return unquote(parts.path).removeprefix("/files").lstrip("/"), query, body

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(503 if self.server.is_down else status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Last-Modified", self.server.at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        key, query, body = self._asked()
        if self.server.is_down:
            return self._answer(503)
        if "partNumber" in query:
            self.server.parts[query["uploadId"]][int(query["partNumber"])] = body
        else:
            self.server.objects[key] = body
        return self._answer(200, ETag='"1"')

    def do_POST(self) -> None:
        key, query, body = self._asked()
        if "delete" in query:
            keys = [one.text or "" for one in ET.fromstring(body).iter() if one.tag.endswith("Key")]
            for one in keys:
                self.server.objects.pop(one, None)
            gone = "".join(f"<Deleted><Key>{escape(one)}</Key></Deleted>" for one in keys)
            return self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())
        if "uploads" in query:
            self.server.parts[key] = {}
            names = f"<Bucket>files</Bucket><Key>{key}</Key><UploadId>{key}</UploadId>"
            return self._answer(200, f"<InitiateMultipartUploadResult>{names}</InitiateMultipartUploadResult>".encode())
        self.server.objects[key] = b"".join(part for _, part in sorted(self.server.parts.pop(query["uploadId"]).items()))
        return self._answer(200, b'<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>')

    def do_GET(self) -> None:
        key, query, _ = self._asked()
        if "list-type" in query:
            at = self.server.at.isoformat().replace("+00:00", "Z")
            each = "".join(
                f"<Contents><Key>{escape(one)}</Key><LastModified>{at}</LastModified><ETag>1</ETag><Size>{len(content)}</Size></Contents>"
                for one, content in self.server.objects.items()
                if one.startswith(query.get("prefix", ""))
            )
            return self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{each}</ListBucketResult>".encode())
        if key not in self.server.objects:
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        return self._answer(200, self.server.objects[key], ETag='"1"')

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        key, _, _ = self._asked()
        self.server.objects.pop(key, None)
        self._answer(204)

    def log_message(self, format: str, *arguments: Any) -> None:
        return


@contextmanager
def bucket(settings: Any) -> Iterator[Bucket]:
    """One that the settings then name."""
    found = Bucket()
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    settings.REPORT_STORE = found.settings
    try:
        yield found
    finally:
        settings.REPORT_STORE = None
        found.shutdown()
        found.server_close()
        thread.join()
