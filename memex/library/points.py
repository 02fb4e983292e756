"""A session as a point of the index."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from memex.catalog.catalog import Catalog
from memex.catalog.sessions import IndexableSession
from memex.core.lenses import Lane, Lens
from memex.core.models import ModelSignature
from memex.core.session import Session, point_id
from memex.index.points import IndexPoint
from memex.index.sparse import SparseVector, sparse_vector
from memex.library.lens_documents import TITLE

SCHEMA_VERSION = 1
TITLE_SHARE = 0.5
"""Of the title in the content vector, against the mean of all passages."""
LANE_OF_LENS = {Lens.TOOL: Lane.TOOL, Lens.PATH: Lane.PATH, Lens.ERROR: Lane.ERROR, Lens.CODE: Lane.CODE}


def payload_of(session: Session) -> dict[str, str | int | bool]:
    """The ten payload fields; what a session has not got is left out."""
    fields = {
        "project_name": session.project_name,
        "project_path": session.project_path,
        "git_branch": session.branch,
        "intent": session.intent.value,
        "outcome": session.outcome.value,
        "source_agent": session.agent.value,
        "ai_title": session.title or None,
        "start_ts_dt": session.started_at.isoformat() if session.started_at else None,
        "has_errors": session.error_count > 0,
        "schema_version": SCHEMA_VERSION,
    }
    return {name: value for name, value in fields.items() if value is not None}


def point_of(catalog: Catalog, session: IndexableSession, model: ModelSignature) -> IndexPoint:
    """All the session's slots, from the catalog's vectors alone."""
    dense: dict[Lane, NDArray[np.float32]] = {}
    contents, is_title = [], []
    for text, vector in catalog.vectors.of_session(model, session.key):
        if text.lens is Lens.CONTENT:
            contents.append(vector)
            is_title.append(text.ordinal == TITLE)
        else:
            dense[LANE_OF_LENS[text.lens]] = vector
    late = np.stack(contents) if contents else None
    if late is not None:
        (dense[Lane.CONTENT],) = content_vectors(late, np.array(is_title), [0])
    return IndexPoint(
        point_id(session.agent, session.id),
        dense,
        _sparse(catalog, session.key),
        late,
        msgspec.json.decode(session.payload),
    )


def content_vectors(
    contents: NDArray[np.float32], is_title: NDArray[np.bool_], starts: Sequence[int] | NDArray[np.intp]
) -> NDArray[np.float32]:
    """The direction of each session's passages' mean, drawn towards the title; 0 only if all cancel out.

    A session's rows of `contents` follow one another, from one of `starts` to the next; one may be its title.
    """
    passages: NDArray[np.float32] = np.add.reduceat(contents, starts)
    titles = np.zeros_like(passages)
    titles[np.searchsorted(starts, np.flatnonzero(is_title), side="right") - 1] = contents[is_title]
    return _unit(_unit(passages - titles) + np.float32(TITLE_SHARE) * titles)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """A row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _sparse(catalog: Catalog, key: int) -> dict[Lane, SparseVector]:
    bags = catalog.lens_texts.bags_of(key)
    vectors = {lane: sparse_vector(Counter(counts).elements()) for lane, counts in bags.items()}
    return {lane: vector for lane, vector in vectors.items() if vector}
