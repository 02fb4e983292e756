"""The hub client's own protocol, spoken with a server on this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from memex.embedding.hub import fetch_from_hub

CONTENT = bytes(range(256)) * 4096
COMMIT = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"


class HubHandler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._head()

    def do_GET(self) -> None:
        if self._head():
            self.wfile.write(CONTENT)

    def _head(self) -> bool:
        found = self.path == f"/me/model/resolve/{COMMIT}/model.safetensors"
        self.send_response(200 if found else 404)
        self.send_header("ETag", '"one"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(CONTENT) if found else 0))
        self.end_headers()
        return found

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)  # no test goes beyond this machine
    server = ThreadingHTTPServer(("127.0.0.1", 0), HubHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_fetched_and_its_bytes_are_told(tmp_path: Path, endpoint: str) -> None:
    steps: list[int] = []
    fetch_from_hub("me/model", COMMIT, "model.safetensors", tmp_path, steps.append, endpoint)
    assert (tmp_path / "model.safetensors").read_bytes() == CONTENT
    assert sum(steps) == len(CONTENT)


def test_a_file_that_the_hub_has_not_got_is_an_error(tmp_path: Path, endpoint: str) -> None:
    with pytest.raises(OSError, match="Hub"):
        fetch_from_hub("me/model", COMMIT, "absent.bin", tmp_path, lambda _: None, endpoint)
