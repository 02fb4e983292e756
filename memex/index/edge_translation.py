"""Query plans (REST JSON) as qdrant_edge objects: 1:1 in meaning, but Edge itself takes no JSON."""

from collections.abc import Iterable

import qdrant_edge as edge

from memex.index.edge_filters import edge_filter
from memex.index.edge_queries import ScoringQuery, edge_query
from memex.index.plan_reader import plan_bool, plan_int, plan_list, plan_number, plan_object, plan_text
from memex.index.points import JSON

_PREFETCH = frozenset({"prefetch", "query", "using", "filter", "params", "score_threshold", "limit"})
_REQUEST = _PREFETCH | {"offset", "with_payload", "with_vector"}


def edge_requests(plans: Iterable[JSON]) -> list[edge.QueryRequest]:
    """Raises PlanError for whatever Edge cannot do or this translator does not know.

    A filter that plans of one batch have in common is read once: hundreds of ids take 1 ms a lane.
    """
    requests = []
    shared: JSON = None
    where: edge.Filter | None = None
    for plan in plans:
        spec = plan_object(plan, _REQUEST, "request")
        if spec.get("filter") != shared:
            shared, where = spec.get("filter"), _filter(spec)
        requests.append(_request(spec, where))
    return requests


def _request(spec: dict[str, JSON], where: edge.Filter | None) -> edge.QueryRequest:
    return edge.QueryRequest(
        limit=_limit(spec),
        offset=plan_int(spec.get("offset", 0), "offset"),
        query=_query(spec),
        prefetches=_prefetches(spec),
        filter=where,
        params=_params(spec),
        score_threshold=_threshold(spec),
        with_payload=plan_bool(spec.get("with_payload", False), "with_payload"),
        with_vector=plan_bool(spec.get("with_vector", False), "with_vector"),
    )


def _prefetch(plan: JSON) -> edge.Prefetch:
    spec = plan_object(plan, _PREFETCH, "prefetch")
    return edge.Prefetch(
        limit=_limit(spec),
        query=_query(spec),
        prefetches=_prefetches(spec),
        filter=_filter(spec),
        params=_params(spec),
        score_threshold=_threshold(spec),
    )


def _limit(spec: dict[str, JSON]) -> int:
    return plan_int(spec.get("limit", 10), "limit")


def _threshold(spec: dict[str, JSON]) -> float | None:
    return plan_number(spec["score_threshold"], "score_threshold") if "score_threshold" in spec else None


def _prefetches(spec: dict[str, JSON]) -> list[edge.Prefetch]:
    """REST allows a single prefetch in place of a list of one."""
    given = spec.get("prefetch", [])
    items = [given] if isinstance(given, dict) else plan_list(given, "prefetch")
    return [_prefetch(item) for item in items]


def _filter(spec: dict[str, JSON]) -> edge.Filter | None:
    return edge_filter(spec["filter"]) if "filter" in spec else None


def _query(spec: dict[str, JSON]) -> ScoringQuery | None:
    if "query" not in spec:
        return None
    using = plan_text(spec["using"], "using") if "using" in spec else None
    return edge_query(spec["query"], using, _limit(spec))


def _params(spec: dict[str, JSON]) -> edge.SearchParams | None:
    if "params" not in spec:
        return None
    params = plan_object(spec["params"], frozenset({"exact", "quantization", "hnsw_ef"}), "params")
    return edge.SearchParams(
        exact=plan_bool(params.get("exact", False), "exact"),
        hnsw_ef=plan_int(params["hnsw_ef"], "hnsw_ef") if "hnsw_ef" in params else None,
        quantization=_quantization(params["quantization"]) if "quantization" in params else None,
    )


def _quantization(spec: JSON) -> edge.QuantizationSearchParams:
    given = plan_object(spec, frozenset({"ignore", "rescore", "oversampling"}), "quantization")
    return edge.QuantizationSearchParams(
        ignore=plan_bool(given.get("ignore", False), "ignore"),
        rescore=plan_bool(given["rescore"], "rescore") if "rescore" in given else None,
        oversampling=plan_number(given["oversampling"], "oversampling") if "oversampling" in given else None,
    )
