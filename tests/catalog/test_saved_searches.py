"""Saved searches: under a name, in the catalog, and refused with a sentence."""

import sqlite3
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.core.errors import SavedSearchError
from memex.core.lenses import Lens
from memex.core.mixing import MarkedSession, SavedMix, SavedSearch

MIX = SavedMix((MarkedSession("a", "One"),), (MarkedSession("b", "Two"),), "a", Lens.ERROR)


@pytest.fixture
def catalog(tmp_path: Path):
    with Catalog(tmp_path / "catalog.db") as opened:
        yield opened


def names(catalog: Catalog) -> list[str]:
    return [search.name for search in catalog.saved_searches.all()]


def test_a_mix_is_there_as_it_was_saved_when_the_catalog_is_opened_again(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        catalog.saved_searches.save(SavedSearch("  linker,\n not web ", mix=MIX, is_listed=False))
    with Catalog(tmp_path / "catalog.db") as catalog:
        (found,) = catalog.saved_searches.all()
    assert (found.name, found.mix, found.is_listed) == ("linker, not web", MIX, False)


def test_the_newest_is_first_and_the_same_name_replaces(catalog: Catalog) -> None:
    for name, text in (("one", "a"), ("two", "b"), ("one", "c")):
        catalog.saved_searches.save(SavedSearch(name, text))
    assert [(each.name, each.text) for each in catalog.saved_searches.all()] == [("one", "c"), ("two", "b")]


def test_renamed_and_deleted(catalog: Catalog) -> None:
    for name in ("one", "two"):
        catalog.saved_searches.save(SavedSearch(name, "x"))
    catalog.saved_searches.rename("one", "three")
    catalog.saved_searches.rename("three", "three")
    catalog.saved_searches.delete("two")
    catalog.saved_searches.delete("two")
    assert names(catalog) == ["three"]


def test_refusals(catalog: Catalog) -> None:
    catalog.saved_searches.save(SavedSearch("one", "x"))
    catalog.saved_searches.save(SavedSearch("two", "x"))
    with pytest.raises(SavedSearchError, match="needs a name"):
        catalog.saved_searches.save(SavedSearch("  ", "x"))
    with pytest.raises(SavedSearchError, match="the name of another"):
        catalog.saved_searches.rename("one", "two")
    with pytest.raises(SavedSearchError, match="no saved search"):
        catalog.saved_searches.rename("gone", "there")
    assert sorted(names(catalog)) == ["one", "two"]


def test_a_mix_that_cannot_be_read_is_left_out_and_left_alone(catalog: Catalog) -> None:
    catalog.saved_searches.save(SavedSearch("one", "x"))
    db = sqlite3.connect(catalog.path)
    db.execute("INSERT INTO saved_search VALUES ('later', '', '{\"likes\": 1}', 1, 0.0)")
    db.commit()
    db.close()
    assert names(catalog) == ["one"]
    catalog.saved_searches.rename("later", "still there")
