"""Nothing heavy is loaded before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "onnxruntime",
    "onnx",
    "tokenizers",
    "torch",
    "sentence_transformers",
    "transformers",
    "huggingface_hub",
}


def heavy_modules_after(program: str) -> set[str]:
    report = f"{program}\nimport sys; print(*({HEAVY!r} & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


@pytest.mark.parametrize("module", ["memex.embedding", "memex.embedding.protocol"])
def test_the_room_and_its_protocol_load_no_runtime(module: str) -> None:
    assert heavy_modules_after(f"import {module}") == set()


def test_an_open_model_of_a_prepared_cache_needs_neither_torch_nor_onnx(prepared_cache: Path) -> None:
    program = (
        "from pathlib import Path; from memex.embedding.minilm import open_minilm\n"
        f"open_minilm(Path({str(prepared_cache)!r}), variant='int8').encode(['query'])"
    )
    assert heavy_modules_after(program) == {"onnxruntime", "tokenizers"}


def test_preparing_needs_no_torch(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "from pathlib import Path; from memex.embedding.minilm import open_minilm\n"
        f"open_minilm(Path({str(tmp_path)!r}), variant='int8').encode(['query'])"
    )
    assert "transformers" not in heavy_modules_after(program)
