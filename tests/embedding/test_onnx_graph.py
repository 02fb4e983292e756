"""The graph of any plain BERT, whatever its size, computes what transformers computes."""

import json
import logging
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from transformers import BertConfig, BertModel

from memex.core.errors import ModelError
from memex.embedding.onnx_graph import quantize_graph, write_graph

TINY = BertConfig(
    vocab_size=50,
    hidden_size=48,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=80,
    max_position_embeddings=32,
    layer_norm_eps=1e-5,
)
INPUT_IDS = np.array([[2, 7, 9, 11, 3], [2, 8, 3, 0, 0]], np.int64)
ATTENTION_MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.int64)


@pytest.fixture
def tiny_bert(tmp_path: Path) -> BertModel:
    """Saved in `tmp_path`."""
    torch.manual_seed(3)
    model = BertModel(TINY, add_pooling_layer=False).eval()
    model.save_pretrained(tmp_path)
    return model


def test_a_bert_of_another_size_is_pooled_and_normalized_as_by_transformers(
    tiny_bert: BertModel, tmp_path: Path
) -> None:
    write_graph(tmp_path, tmp_path / "tiny.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "tiny.onnx"), providers=["CPUExecutionProvider"])
    (ours,) = session.run(None, {"input_ids": INPUT_IDS, "attention_mask": ATTENTION_MASK})
    mask = torch.from_numpy(ATTENTION_MASK)
    with torch.no_grad():
        hidden = tiny_bert(torch.from_numpy(INPUT_IDS), mask).last_hidden_state
    mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
    np.testing.assert_allclose(ours, torch.nn.functional.normalize(mean).numpy(), atol=1e-5)


def test_quantizing_leaves_the_root_logger_alone(tiny_bert: BertModel, tmp_path: Path) -> None:
    root = logging.getLogger()
    kept, root.handlers = root.handlers, []
    try:
        write_graph(tmp_path, tmp_path / "tiny.onnx")
        quantize_graph(tmp_path / "tiny.onnx", tmp_path / "tiny-int8.onnx")
        assert root.handlers == []
    finally:
        root.handlers = kept


@pytest.mark.parametrize("changed", [{"model_type": "roberta"}, {"hidden_act": "relu"}])
def test_another_architecture_is_refused(
    tiny_bert: BertModel, tmp_path: Path, changed: dict[str, str]
) -> None:
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | changed))
    with pytest.raises(ModelError, match="does not hold a plain BERT"):
        write_graph(tmp_path, tmp_path / "tiny.onnx")


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_file_cut_short_is_one_sentence(tiny_bert: BertModel, tmp_path: Path, file: str) -> None:
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="cannot be read: copy or install it again"):
        write_graph(tmp_path, tmp_path / "tiny.onnx")
