"""`memex eval`: anybody's queries, and one sentence for a file that holds none."""

import json
from pathlib import Path

import pytest

from memex.core.evaluation import Evaluation
from tests.cli.commands import DEADLOCK, exit_code, json_of, text_of


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    asked = [
        {"id": "1", "query": "postgres deadlock", "relevant": [{"session": DEADLOCK[:8], "turns": [0]}]},
        {"id": "2", "query": "zygote photosynthesis quaternion", "relevant": []},
    ]
    file = tmp_path / "queries.jsonl"
    file.write_text("\n".join(map(json.dumps, asked)) + "\n", "utf-8")
    return file


def test_a_users_own_queries_are_measured_against_baselines(library: Path, queries: Path) -> None:
    found = json_of(Evaluation, library, "eval", str(queries), "--ablate")
    runs = {run.name: run for run in found.runs}
    assert found.queries == 2
    assert found.runs[0].name == "all lenses"
    assert runs["all lenses"].ndcg["overall"].mean == 1.0
    assert {"FTS5 by session", "FTS5 by turn", "one head vector", "plain RRF", "words alone"} <= set(runs)
    assert {"without full text", "without passages", "without trust", "with recency"} <= set(runs)
    assert found.landing["overall"].mean == 1.0
    assert found.separation.mean == 1.0


def test_people_read_a_table(library: Path, queries: Path) -> None:
    printed = text_of(library, "eval", str(queries))
    for part in ("nDCG@10", "all lenses", "FTS5 by turn", "Opens within two turns", "AUROC"):
        assert part in printed


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("not json", "Line 1 of "),
        ('{"id": "1", "query": "x", "relevant": [{"session": "nowhere"}]}', "Query 1: No session “nowhere”"),
        (
            '{"id": "1", "query": "x", "relevant": [{"path": "a.jsonl"}]}',
            "Query 1: No session of this library",
        ),
        ('{"id": "1", "query": "x", "relevant": [{"grade": 0}]}', "Line 1 of "),
        ("", "has no queries"),
    ],
)
def test_a_file_that_holds_no_queries_is_refused_in_a_sentence(
    library: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lines: str,
    sentence: str,
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(lines, "utf-8")
    assert exit_code(monkeypatch, "--home", str(library), "eval", str(file)) == 1
    assert sentence in capsys.readouterr().err
