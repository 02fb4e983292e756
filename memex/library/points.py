"""A session as a point of the index."""

from collections import Counter

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

SCHEMA_VERSION = 1
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
    passages = []
    for text, vector in catalog.vectors.of_session(model, session.key):
        if text.lens is Lens.CONTENT:
            passages.append(vector)
        else:
            dense[LANE_OF_LENS[text.lens]] = vector
    late = np.stack(passages) if passages else None
    if late is not None:
        dense[Lane.CONTENT] = late.mean(axis=0)
    return IndexPoint(
        point_id(session.agent, session.id),
        dense,
        _sparse(catalog, session.key),
        late,
        msgspec.json.decode(session.payload),
    )


def _sparse(catalog: Catalog, key: int) -> dict[Lane, SparseVector]:
    bags = catalog.lens_texts.bags_of(key)
    vectors = {lane: sparse_vector(Counter(counts).elements()) for lane, counts in bags.items()}
    return {lane: vector for lane, vector in vectors.items() if vector}
