"""BERT safetensors → an ONNX graph with mean pooling and L2 norm inside, without torch.

Inputs `input_ids` and `attention_mask`, int64 (batch, tokens); output `embedding`, float32 (batch, hidden).
The layers are those of Devlin et al. 2019, as transformers' `BertModel` computes them.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper, save_model
from safetensors import SafetensorError
from safetensors.numpy import load_file

from memex.core.errors import ModelError

OPSET = 18
IR_VERSION = 9
MASKED = -1e9
"""Added to the attention score of a padding token: its softmax is then 0."""
SMALLEST_NORM = 1e-12

Weights = Mapping[str, NDArray[np.float32]]


class BertConfig(Struct, frozen=True):
    """The keys of `config.json` that shape the graph."""

    model_type: str
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    hidden_act: str
    layer_norm_eps: float
    position_embedding_type: str = "absolute"

    @property
    def head_size(self) -> int:
        return self.hidden_size // self.num_attention_heads


def write_graph(model_folder: Path, target: Path) -> None:
    """Raises `ModelError` where the folder does not hold a plain BERT."""
    try:
        config = msgspec.json.decode((model_folder / "config.json").read_bytes(), type=BertConfig)
        weights = load_file(model_folder / "model.safetensors")
        if (config.model_type, config.hidden_act, config.position_embedding_type) != (
            "bert",
            "gelu",
            "absolute",
        ):
            raise ModelError(
                f"{model_folder} does not hold a plain BERT: choose a folder with all-MiniLM-L6-v2."
            )
        model = build_graph(config, weights)
    except (msgspec.MsgspecError, SafetensorError, KeyError) as cause:
        raise ModelError(
            f"The model in {model_folder} cannot be read: copy or install it again ({cause})."
        ) from cause
    save_model(model, target)


def quantize_graph(fp32: Path, target: Path) -> None:
    """Weights of the matrix products as int8 per channel; the rest stays fp32."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]

    # It logs through the root logger's functions, which install a handler where there is none.
    root, placeholder = logging.getLogger(), logging.NullHandler()
    root.addHandler(placeholder)
    try:
        quantize_dynamic(
            fp32, target, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
        )
    finally:
        root.removeHandler(placeholder)


def build_graph(config: BertConfig, weights: Weights) -> ModelProto:
    graph = _Graph(weights)
    prefix = "bert." if any(name.startswith("bert.") for name in weights) else ""
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = _embeddings(graph, config, f"{prefix}embeddings.")
    bias = _attention_bias(graph, mask)
    for layer in range(config.num_hidden_layers):
        hidden = _layer(graph, config, f"{prefix}encoder.layer.{layer}.", hidden, bias)
    return graph.model(_l2_normalized(graph, _mean_pooled(graph, hidden, mask)), config.hidden_size)


class _Graph:
    """Collects nodes and constants; every method that adds one returns the name of its output."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def node(self, operator: str, *inputs: str, **attributes: float | Sequence[int]) -> str:
        output = f"{operator}_{len(self._nodes)}"
        node = helper.make_node(operator, list(inputs), [output])
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(node)
        return output

    def integers(self, *values: int) -> str:
        return self._constant(np.array(values, np.int64))

    def number(self, value: float) -> str:
        return self._constant(np.array(value, np.float32))

    def weight(self, name: str) -> str:
        return self._constant(self._weights[name])

    def linear(self, rows: str, name: str) -> str:
        kernel = self._constant(self._weights[f"{name}.weight"].T)
        return self.node("Add", self.node("MatMul", rows, kernel), self.weight(f"{name}.bias"))

    def layer_norm(self, rows: str, name: str, epsilon: float) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", rows, scale, bias, axis=-1, epsilon=epsilon)

    def model(self, output: str, dimension: int) -> ModelProto:
        self._nodes.append(helper.make_node("Identity", [output], ["embedding"]))
        tokens = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimension])
        graph = helper.make_graph(self._nodes, "sentence_embedding", tokens, [embedding], self._constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        # Without this mark `quantize_dynamic` warns that its input was not pre-processed.
        helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
        return model

    def _constant(self, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _embeddings(graph: _Graph, config: BertConfig, prefix: str) -> str:
    """Word + position + token type 0: a single text has no second segment."""
    words = graph.node("Gather", graph.weight(f"{prefix}word_embeddings.weight"), "input_ids")
    token_count = graph.node("Shape", "input_ids", start=1, end=2)
    all_positions = graph.weight(f"{prefix}position_embeddings.weight")
    positions = graph.node("Slice", all_positions, graph.integers(0), token_count)
    token_type = graph.node(
        "Gather", graph.weight(f"{prefix}token_type_embeddings.weight"), graph.integers(0)
    )
    total = graph.node("Add", graph.node("Add", words, positions), token_type)
    return graph.layer_norm(total, f"{prefix}LayerNorm", config.layer_norm_eps)


def _attention_bias(graph: _Graph, mask: str) -> str:
    """(batch, 1, 1, tokens): 0 for a token, `MASKED` for padding."""
    wide_mask = graph.node("Unsqueeze", mask, graph.integers(1, 2))
    return graph.node("Mul", graph.node("Sub", graph.number(1.0), wide_mask), graph.number(MASKED))


def _layer(graph: _Graph, config: BertConfig, prefix: str, hidden: str, bias: str) -> str:
    attended = graph.linear(
        _self_attention(graph, config, f"{prefix}attention.self.", hidden, bias),
        f"{prefix}attention.output.dense",
    )
    hidden = graph.layer_norm(
        graph.node("Add", attended, hidden), f"{prefix}attention.output.LayerNorm", config.layer_norm_eps
    )
    widened = _gelu(graph, graph.linear(hidden, f"{prefix}intermediate.dense"))
    narrowed = graph.linear(widened, f"{prefix}output.dense")
    return graph.layer_norm(
        graph.node("Add", narrowed, hidden), f"{prefix}output.LayerNorm", config.layer_norm_eps
    )


def _self_attention(graph: _Graph, config: BertConfig, prefix: str, hidden: str, bias: str) -> str:
    """softmax(QKᵀ / √head_size + bias) V, per head."""
    split = graph.integers(0, 0, config.num_attention_heads, config.head_size)

    def heads(name: str, order: Sequence[int]) -> str:
        return graph.node(
            "Transpose", graph.node("Reshape", graph.linear(hidden, prefix + name), split), perm=order
        )

    query, value = heads("query", (0, 2, 1, 3)), heads("value", (0, 2, 1, 3))
    key_transposed = heads("key", (0, 2, 3, 1))
    scale = graph.number(config.head_size**-0.5)
    scores = graph.node("Add", graph.node("Mul", graph.node("MatMul", query, key_transposed), scale), bias)
    context = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    together = graph.node("Transpose", context, perm=(0, 2, 1, 3))
    return graph.node("Reshape", together, graph.integers(0, 0, config.hidden_size))


def _gelu(graph: _Graph, values: str) -> str:
    """x · (1 + erf(x / √2)) / 2, the exact form; onnxruntime fuses it."""
    erf = graph.node("Erf", graph.node("Div", values, graph.number(2**0.5)))
    return graph.node(
        "Mul", graph.node("Mul", values, graph.node("Add", erf, graph.number(1.0))), graph.number(0.5)
    )


def _mean_pooled(graph: _Graph, hidden: str, mask: str) -> str:
    """The mean over the tokens that are no padding; every text has two at least, [CLS] and [SEP]."""
    column = graph.node("Unsqueeze", mask, graph.integers(2))
    tokens = graph.integers(1)
    total = graph.node("ReduceSum", graph.node("Mul", hidden, column), tokens, keepdims=0)
    return graph.node("Div", total, graph.node("ReduceSum", column, tokens, keepdims=0))


def _l2_normalized(graph: _Graph, rows: str) -> str:
    norm = graph.node("ReduceL2", rows, graph.integers(1), keepdims=1)
    return graph.node("Div", rows, graph.node("Max", norm, graph.number(SMALLEST_NORM)))
