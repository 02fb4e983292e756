"""The tokenizer that cuts a text into the word pieces that the model sees."""

from pathlib import Path

from tokenizers import Tokenizer

from memex.core.errors import ModelError


def load_tokenizer_file(path: Path) -> Tokenizer:
    """Without the truncation and padding to 128 tokens that the published file asks for."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as cause:  # tokenizers raises bare Exception
        raise ModelError(f"{path} is no tokenizer: copy or install the model again ({cause}).") from cause
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encodable(text: str) -> str:
    """Lone surrogates, which JSON can carry and tokenizers refuse, as `?`; no character moves."""
    return text.encode("utf-8", "replace").decode("utf-8")
