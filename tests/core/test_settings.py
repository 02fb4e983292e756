from pathlib import Path

import pytest

from memex.core.errors import SettingsError
from memex.core.settings import QdrantServer, Settings, Theme, load_settings, save_settings


def test_settings_are_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "library" / "settings.json"
    assert load_settings(path) == Settings()
    save_settings(path, Settings(folders=("/x",), theme=Theme.DARK))
    assert load_settings(path) == Settings(folders=("/x",), theme=Theme.DARK)


def test_keys_of_a_newer_version_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "dark", "not_yet_invented": 1}')
    assert load_settings(path).theme is Theme.DARK


def test_a_broken_file_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{")
    with pytest.raises(SettingsError, match=r"settings\.json"):
        load_settings(path)
    assert path.read_text() == "{"


def test_a_server_s_settings_are_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    server = QdrantServer("https://qdrant.example.org", ("qdrant.example.org",), shards=2, replicas=2)
    save_settings(path, Settings(server=server))
    assert load_settings(path).server == server


def test_a_server_without_an_address_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"server": {"shards": 2}}')
    with pytest.raises(SettingsError, match="url"):
        load_settings(path)
