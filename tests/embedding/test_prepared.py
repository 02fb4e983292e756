"""The cache of prepared files: made once, checked always, never half of a file."""

import shutil
from pathlib import Path

import pytest

from memex.core.errors import ModelError
from memex.embedding import prepared
from memex.embedding.minilm import open_minilm
from memex.embedding.prepared import PreparedModel, Variant


def nothing_to_prepare_from() -> Path:
    raise AssertionError("the weights were asked for, though the cache is whole")


@pytest.fixture
def own_cache(tmp_path: Path, prepared_cache: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(prepared_cache, tmp_path / "models"))


def test_a_whole_cache_needs_no_weights(prepared_cache: Path) -> None:
    model = PreparedModel(prepared_cache, nothing_to_prepare_from)
    assert model.graph(Variant.FP32).is_file()
    assert model.graph(Variant.INT8).is_file()
    assert model.tokenizer().is_file()


@pytest.mark.parametrize("name", ["fp32.onnx", "tokenizer.json"])
def test_a_half_written_file_is_made_again(own_cache: Path, packaged_model: Path, name: str) -> None:
    (file,) = own_cache.rglob(name)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    open_minilm(own_cache, variant="fp32").close()
    assert file.read_bytes() == whole


def test_a_file_whose_record_was_not_written_is_made_again(own_cache: Path) -> None:
    (record,) = own_cache.rglob("int8.onnx.sha256")
    record.unlink()
    open_minilm(own_cache, variant="int8").close()
    assert record.is_file()


def test_a_draft_that_a_crash_left_is_replaced(own_cache: Path) -> None:
    (file,) = own_cache.rglob("fp32.onnx")
    draft = file.with_name("part-fp32.onnx")
    draft.write_bytes(b"half")
    file.unlink()
    open_minilm(own_cache, variant="fp32").close()
    assert file.is_file()
    assert not draft.exists()


def test_a_cache_of_another_graph_format_is_left_aside(
    prepared_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "GRAPH_FORMAT", prepared.GRAPH_FORMAT + 1)
    with pytest.raises(AssertionError, match="weights were asked for"):
        PreparedModel(prepared_cache, nothing_to_prepare_from).graph(Variant.FP32)


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "models"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(ModelError, match=r"cannot be kept in .*: make room or allow writing there"):
        open_minilm(blocked, variant="fp32")


def test_a_variant_from_a_newer_memex_is_one_sentence(prepared_cache: Path) -> None:
    with pytest.raises(ModelError, match="variant 'int4', which this Memex does not know: update"):
        open_minilm(prepared_cache, variant="int4")
