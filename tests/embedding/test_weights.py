"""Where the weights come from, in which order, and what is refused."""

import shutil
from pathlib import Path

import pytest

from memex.core.errors import ModelError
from memex.embedding import weights
from memex.embedding.hub import Download
from memex.embedding.minilm import open_minilm
from memex.embedding.weights import FILE_BYTES, find_weights


class FakeHub:
    """Serves the files of a local folder, and keeps what it was asked."""

    def __init__(self, source: Path, *, allowed: bool = True, fails: bool = False) -> None:
        self.source, self.allowed, self.fails = source, allowed, fails
        self.asked: list[int] = []
        self.served: list[str] = []
        self.progress: list[tuple[int, int]] = []

    def download(self) -> Download:
        return Download(self.is_allowed, lambda done, total: self.progress.append((done, total)), self.fetch)

    def is_allowed(self, size: int) -> bool:
        self.asked.append(size)
        return self.allowed

    def fetch(self, model, revision, file, folder, advance) -> None:
        if self.fails and file == "model.safetensors":
            raise ConnectionError("network is unreachable")
        shutil.copyfile(self.source / file, folder / file)
        self.served.append(file)
        advance((folder / file).stat().st_size)


@pytest.fixture
def nothing_packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package_of_weights")


def with_weights(folder: Path, packaged_model: Path, content: bytes) -> Path:
    """A model folder whose weights are `content`."""
    folder.mkdir()
    for name in FILE_BYTES:
        shutil.copyfile(packaged_model / name, folder / name)
    (folder / "model.safetensors").write_bytes(content)
    return folder


def flipped(packaged_model: Path) -> bytes:
    content = bytearray((packaged_model / "model.safetensors").read_bytes())
    content[len(content) // 2] ^= 1
    return bytes(content)


def test_the_packaged_weights_serve_without_a_network(tmp_path: Path, packaged_model: Path) -> None:
    hub = FakeHub(packaged_model)
    assert find_weights(tmp_path, None, hub.download()) == packaged_model
    assert hub.asked == []


def test_a_folder_of_the_users_comes_before_the_packaged_weights(
    tmp_path: Path, packaged_model: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(packaged_model, own)
    assert find_weights(tmp_path, own, None) == own


def test_a_folder_without_a_model_is_passed_over(
    tmp_path: Path, packaged_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert find_weights(tmp_path, tmp_path / "nowhere", None) == packaged_model
    assert "nowhere" in caplog.text


def test_truncated_weights_are_refused(tmp_path: Path, packaged_model: Path) -> None:
    content = (packaged_model / "model.safetensors").read_bytes()[:-1000]
    own = with_weights(tmp_path / "own", packaged_model, content)
    with pytest.raises(ModelError, match=r"is cut short \(90,867,376 of 90,868,376 bytes\): copy"):
        open_minilm(tmp_path, user_folder=own)


def test_weights_that_differ_in_one_bit_are_refused(tmp_path: Path, packaged_model: Path) -> None:
    own = with_weights(tmp_path / "own", packaged_model, flipped(packaged_model))
    with pytest.raises(
        ModelError, match=r"damaged or belongs to another model .* replace it or remove it\.$"
    ):
        open_minilm(tmp_path, user_folder=own)


@pytest.mark.usefixtures("nothing_packaged")
class TestWithoutPackagedWeights:
    def test_offline_with_nothing_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r"not on this machine: run .* or allow its download\.$"):
            open_minilm(tmp_path)

    def test_a_download_is_asked_for_with_its_size_then_kept(
        self, tmp_path: Path, packaged_model: Path
    ) -> None:
        hub = FakeHub(packaged_model)
        folder = find_weights(tmp_path, None, hub.download())
        assert folder.parent == tmp_path
        assert hub.asked == [91_335_235]
        assert hub.progress[-1] == (91_335_235, 91_335_235)
        assert find_weights(tmp_path, None, None) == folder

    def test_without_consent_nothing_is_fetched(self, tmp_path: Path, packaged_model: Path) -> None:
        hub = FakeHub(packaged_model, allowed=False)
        with pytest.raises(ModelError, match="allow its download"):
            find_weights(tmp_path, None, hub.download())
        assert hub.served == []

    def test_a_broken_connection_is_one_sentence_and_leaves_no_model(
        self, tmp_path: Path, packaged_model: Path
    ) -> None:
        hub = FakeHub(packaged_model, fails=True)
        with pytest.raises(ModelError, match=r"could not be downloaded: check .*network is unreachable"):
            find_weights(tmp_path, None, hub.download())
        hub.fails = False
        assert find_weights(tmp_path, None, hub.download()).is_dir()

    def test_wrong_weights_from_the_hub_are_refused_and_fetched_anew(
        self, tmp_path: Path, packaged_model: Path
    ) -> None:
        wrong = with_weights(tmp_path / "wrong", packaged_model, flipped(packaged_model))
        cache = tmp_path / "cache"
        with pytest.raises(ModelError, match="damaged or belongs to another model"):
            find_weights(cache, None, FakeHub(wrong).download())
        assert list(cache.iterdir()) == []
        assert find_weights(cache, None, FakeHub(packaged_model).download()).is_dir()
