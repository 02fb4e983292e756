"""A server on a port of this machine that does as it is told, once for each request."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler"], None]


@dataclass
class Served:
    """`answers` are given in turn, the last one from then on."""

    port: int
    answers: list[Answer]
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    served: Served

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.served.requests.append((self.command, self.path, dict(self.headers), body))
        answer = self.served.answers[0]
        if len(self.served.answers) > 1:
            self.served.answers.pop(0)
        answer(self)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass

    def send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def result(value: Any) -> Answer:
    """As Qdrant answers."""
    content = json.dumps({"result": value, "status": "ok", "time": 0.0}).encode()
    return lambda handler: handler.send(200, content, Content_Type="application/json")


def refusal(status: int, reason: str, **headers: str) -> Answer:
    content = json.dumps({"status": {"error": reason}, "time": 0.0}).encode()
    return lambda handler: handler.send(status, content, **headers)


def raw(content: bytes, status: int = 200, **headers: str) -> Answer:
    return lambda handler: handler.send(status, content, **headers)


def hang(handler: Handler) -> None:
    """Until the server is stopped."""
    handler.served.hanging.wait()


def vanish(handler: Handler) -> None:
    """In the middle of an answer."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(*answers: Answer) -> Iterator[Served]:
    served = Served(0, list(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"served": served}))
    server.daemon_threads = True
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.hanging.set()
    server.shutdown()
    server.server_close()
    thread.join()
