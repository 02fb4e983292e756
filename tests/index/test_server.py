"""Every failure of a Qdrant server is a sentence, and only hosts that the settings allow are contacted."""

import json
import socket
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from qdrant_client import models

from memex.core.errors import IndexingError, MemexError, SettingsError
from memex.core.lenses import Lane
from memex.core.settings import QdrantServer
from memex.index.errors import IndexUnreachableError, StaleGenerationError
from memex.index.plans import candidates
from memex.index.server import ENGINE, ServerIndex
from memex.index.server_connection import connect, server_address
from memex.index.server_generations import ServerGenerations
from memex.index.server_shape import collection_config, field_schema
from memex.index.server_snapshots import ServerSnapshot, ServerSnapshots
from memex.index.shape import CollectionShape, shape_hash
from tests.index.builders import SHAPE, number, question, session
from tests.index.faulty_server import Answer, hang, raw, refusal, result, serving, vanish

REMOTE = "qdrant.example.org"
EXISTS = result({"exists": True})
OF_THIS_SHAPE = result(
    {
        "status": "green",
        "optimizer_status": "ok",
        "segments_count": 1,
        "payload_schema": {},
        "config": {
            "params": {},
            "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
            "metadata": {"shape": shape_hash(SHAPE, ENGINE)},
        },
    }
)

CALLS: dict[str, Callable[[ServerIndex], object]] = {
    "upsert": lambda index: index.upsert([session(1)]),
    "delete": lambda index: index.delete([number(1)]),
    "query": lambda index: index.query_batch(candidates(question(1), 3)),
    "count": lambda index: index.count(),
    "ids": lambda index: index.ids(),
    "pairs": lambda index: index.matrix_pairs(Lane.CONTENT, 3),
}

FAULTS: dict[str, tuple[Answer, type[MemexError], str]] = {
    "hangs": (hang, IndexUnreachableError, "did not answer in time"),
    "vanishes": (vanish, IndexUnreachableError, "cannot be reached"),
    "fails": (refusal(500, "Service internal error: task panicked"), IndexUnreachableError, "task panicked"),
    "has no room": (refusal(507, "No space left on device"), IndexUnreachableError, "No space left"),
    "is busy": (refusal(429, "Too many", Retry_After="3"), IndexUnreachableError, "asked too much"),
    "redirects": (raw(b"", 302, Location=f"http://{REMOTE}/"), IndexUnreachableError, "failed"),
    "answers garbage": (raw(b"\x00\xff garbage"), IndexUnreachableError, "is not Qdrant"),
    "answers another page": (raw(b"<html>It works!</html>"), IndexUnreachableError, "is not Qdrant"),
    "answers other JSON": (raw(b'{"hello": "world"}'), IndexUnreachableError, "is not Qdrant"),
    "knows another key": (refusal(401, "Must provide an API key"), IndexingError, "MEMEX_QDRANT_API_KEY"),
    "knows no such key": (raw(b"Invalid API key", 403), IndexingError, "MEMEX_QDRANT_API_KEY"),
    "lost it": (
        refusal(404, "Not found: Collection `memex-1` is gone!"),
        StaleGenerationError,
        "rebuilt",
    ),
    "refuses": (refusal(400, "Wrong input: Vector dimension error"), IndexingError, "Vector dimension error"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(("answer", "error", "sentence"), FAULTS.values(), ids=FAULTS)
def test_every_failure_is_a_sentence(
    call: Callable[[ServerIndex], object], answer: Answer, error: type[MemexError], sentence: str
) -> None:
    with serving(EXISTS, OF_THIS_SHAPE, answer) as served:
        index = ServerIndex.open(QdrantServer(served.url, timeout_seconds=1), 1, SHAPE)
        with pytest.raises(error, match=sentence) as failure:
            call(index)
        assert str(failure.value).endswith(".")
        assert "\n" not in str(failure.value)
        index.close()


def test_a_server_that_is_down_is_a_sentence() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server = QdrantServer(f"http://127.0.0.1:{nobody.getsockname()[1]}", timeout_seconds=1)
        with pytest.raises(IndexUnreachableError, match="cannot be reached: start it"):
            ServerIndex.open(server, 1, SHAPE)
        with pytest.raises(IndexUnreachableError, match="cannot be reached: start it"):
            ServerIndex.create(server, 1, SHAPE)
        with ServerGenerations(server) as generations, pytest.raises(IndexUnreachableError):
            generations.version()


def test_after_a_failure_the_next_call_may_succeed() -> None:
    with serving(EXISTS, OF_THIS_SHAPE, vanish, refusal(503, "Starting"), result({"count": 7})) as served:
        index = ServerIndex.open(QdrantServer(served.url, timeout_seconds=1), 1, SHAPE)
        for _ in range(2):
            with pytest.raises(IndexUnreachableError):
                index.count()
        assert index.count() == 7
        index.close()


@pytest.mark.parametrize(
    "answers", [(result({"exists": False}),), (EXISTS, refusal(404, "Collection is gone"))]
)
def test_a_generation_that_is_gone_is_to_be_rebuilt(answers: list[Answer]) -> None:
    with serving(*answers) as served, pytest.raises(StaleGenerationError, match="must be rebuilt"):
        ServerIndex.open(QdrantServer(served.url), 1, SHAPE)


def test_a_generation_of_another_shape_is_to_be_rebuilt() -> None:
    other = CollectionShape(SHAPE.dimension, version=99)
    with serving(EXISTS, OF_THIS_SHAPE) as served, pytest.raises(StaleGenerationError, match="another model"):
        ServerIndex.open(QdrantServer(served.url), 1, other)


@pytest.mark.parametrize(
    "url",
    [
        f"https://{REMOTE}",
        f"http://{REMOTE}:6333",
        "http://10.0.0.7:6333",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://0.0.0.0:6333",
        "http://[2001:db8::1]:6333",
    ],
)
def test_other_hosts_are_contacted_only_when_allowed(url: str) -> None:
    with pytest.raises(IndexingError, match="add it to allowed_hosts"):
        connect(QdrantServer(url))


@pytest.mark.parametrize("url", ["http://localhost:6333", "http://127.0.0.1", "https://[::1]:6333/qdrant/"])
def test_this_machine_needs_no_permission(url: str) -> None:
    connect(QdrantServer(url)).close()


def test_an_allowed_host_is_this_one_and_no_other() -> None:
    server = QdrantServer(f"https://{REMOTE.upper()}/qdrant/", allowed_hosts=(REMOTE,))
    assert server_address(server).url == f"https://{REMOTE}:6333/qdrant"
    with pytest.raises(IndexingError, match="does not contact"):
        server_address(QdrantServer("https://other.example.org", allowed_hosts=(REMOTE,)))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6333",
        "ftp://localhost",
        "http://",
        "http://localhost:port",
        "http://localhost:99999",
        f"http://localhost@{REMOTE}",
        f"http://localhost\\@{REMOTE}",
        f"http://localhost\\.{REMOTE}",
        "http://local host",
        "http://localhost?host=other",
        "http://localhost#@other",
        "http://[::1",
    ],
)
def test_an_address_that_can_be_misread_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="must be like http://localhost:6333"):
        connect(QdrantServer(url, allowed_hosts=(REMOTE,)))


def test_the_key_is_of_the_environment_and_never_sent_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMEX_QDRANT_API_KEY", "s3cret")
    monkeypatch.setenv("HTTP_PROXY", f"http://{REMOTE}:1")
    with serving(EXISTS, OF_THIS_SHAPE, refusal(500, "broken")) as served:
        index = ServerIndex.open(QdrantServer(served.url), 1, SHAPE)
        with pytest.raises(IndexUnreachableError) as failure:
            index.count()
        index.close()
        assert {headers["api-key"] for _, _, headers, _ in served.requests} == {"s3cret"}
        assert "s3cret" not in str(failure.value)
    with pytest.raises(SettingsError, match="in the clear"):
        connect(QdrantServer(f"http://{REMOTE}", allowed_hosts=(REMOTE,)))
    connect(QdrantServer(f"https://{REMOTE}", allowed_hosts=(REMOTE,))).close()


def test_a_certificate_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="correct ca_file"):
        connect(QdrantServer("https://localhost", ca_file=str(tmp_path / "none.pem")))


def test_the_server_is_told_the_whole_shape() -> None:
    config = collection_config(CollectionShape(384), QdrantServer("http://localhost", shards=3, replicas=2))
    vectors = {
        name: params.model_dump(exclude_none=True) for name, params in config["vectors_config"].items()
    }
    graphs = {name: (v["hnsw_config"]["m"], v["hnsw_config"]["ef_construct"]) for name, v in vectors.items()}
    assert graphs == {
        "content": (24, 200),
        "tool": (12, 64),
        "path": (12, 64),
        "error": (16, 100),
        "code": (20, 150),
        "content_late": (0, 0),
    }
    for params in vectors.values():
        assert (params["size"], params["distance"]) == (384, models.Distance.COSINE)
        assert params["quantization_config"] == {
            "turbo": {"always_ram": True, "bits": models.TurboQuantBitSize.BITS2}
        }
    assert {name for name, params in vectors.items() if "multivector_config" in params} == {"content_late"}
    sparse = config["sparse_vectors_config"]
    assert {name: params.modifier for name, params in sparse.items()} == dict.fromkeys(
        ("path_sparse", "tool_sparse"), models.Modifier.IDF
    )
    assert (config["shard_number"], config["replication_factor"]) == (3, 2)
    assert config["wal_config"].wal_capacity_mb == 32
    assert config["strict_mode_config"].enabled
    indexes = {field.name: field_schema(field) for field in CollectionShape(384).payload}
    assert len(indexes) == 10
    assert indexes["project_name"].is_tenant
    assert not indexes["git_branch"].is_tenant
    assert indexes["ai_title"] == models.PayloadSchemaType.TEXT
    assert indexes["start_ts_dt"] == models.PayloadSchemaType.DATETIME
    assert indexes["has_errors"] == models.PayloadSchemaType.BOOL


def test_a_new_generation_is_stamped_last() -> None:
    """A creation cut short leaves a collection without a stamp, which is made again."""
    with serving(result(True), result(True), refusal(500, "out of memory")) as served:
        with pytest.raises(IndexUnreachableError):
            ServerIndex.create(QdrantServer(served.url), 4, SHAPE)
        assert [(method, path.split("?")[0]) for method, path, _, _ in served.requests] == [
            ("DELETE", "/collections/memex-4"),
            ("PUT", "/collections/memex-4"),
            ("PUT", "/collections/memex-4/index"),
        ]
        assert "metadata" not in json.loads(served.requests[1][3])


SNAPSHOT = b"a snapshot" * 100_000


def test_snapshots_are_made_listed_downloaded_and_sent_back(tmp_path: Path) -> None:
    described = {"name": "memex-1.snapshot", "size": len(SNAPSHOT), "checksum": sha256(SNAPSHOT).hexdigest()}
    answers = (result(described), result([described]), raw(SNAPSHOT), result(True))
    with serving(*answers) as served, ServerSnapshots(QdrantServer(served.url), 1) as snapshots:
        made = snapshots.create()
        assert snapshots.all() == [made]
        snapshots.download(made, tmp_path / "kept.snapshot")
        assert (tmp_path / "kept.snapshot").read_bytes() == SNAPSHOT
        snapshots.recover(tmp_path / "kept.snapshot")
        method, path, _, body = served.requests[-1]
        assert (method, path.split("?")[0]) == ("POST", "/collections/memex-1/snapshots/upload")
        assert SNAPSHOT in body


@pytest.mark.parametrize(
    "answer", [raw(SNAPSHOT[:-1]), vanish, refusal(404, "Snapshot is gone")], ids=range(3)
)
def test_a_snapshot_that_does_not_arrive_whole_leaves_no_file(tmp_path: Path, answer: Answer) -> None:
    described = ServerSnapshot("../x", len(SNAPSHOT), sha256(SNAPSHOT).hexdigest())
    with serving(answer) as served, ServerSnapshots(QdrantServer(served.url), 1) as snapshots:
        with pytest.raises(IndexingError):
            snapshots.download(described, tmp_path / "kept.snapshot")
        assert served.requests[0][1] == "/collections/memex-1/snapshots/..%2Fx"
    assert list(tmp_path.iterdir()) == []
