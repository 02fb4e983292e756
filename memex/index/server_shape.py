"""The collection's shape as a Qdrant server is told it: slots and fields as in `edge_shape`, and HNSW."""

from typing import Any

from qdrant_client import models

from memex.core.settings import QdrantServer
from memex.index.shape import CollectionShape, DenseSlot, FieldKind, PayloadField

WAL_MB = 32
MOST_RESULTS = 20_000
"""Of one query: exact scores are asked for as many sessions as all lanes proposed."""
VECTORS_A_CALL = 1000
"""Most that one upsert writes: about 8 MB of JSON at 384 dimensions, where a server takes 32."""
MOST_IDS = 200_000
"""In one condition: a filter may carry the id of every session that the catalog found."""

_BITS = {
    1: models.TurboQuantBitSize.BITS1,
    2: models.TurboQuantBitSize.BITS2,
    4: models.TurboQuantBitSize.BITS4,
}
_KINDS = {
    FieldKind.TEXT: models.PayloadSchemaType.TEXT,
    FieldKind.DATETIME: models.PayloadSchemaType.DATETIME,
    FieldKind.BOOL: models.PayloadSchemaType.BOOL,
    FieldKind.INTEGER: models.PayloadSchemaType.INTEGER,
}


def collection_config(shape: CollectionShape, server: QdrantServer) -> dict[str, Any]:
    """What `create_collection` takes besides the name."""
    maxsim = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
    vectors = {str(slot.lane): _vector_params(slot, shape) for slot in shape.dense}
    vectors[str(shape.late.lane)] = _vector_params(shape.late, shape, maxsim)
    return {
        "vectors_config": vectors,
        "sparse_vectors_config": {
            str(lane): models.SparseVectorParams(modifier=models.Modifier.IDF) for lane in shape.sparse
        },
        "shard_number": server.shards,
        "replication_factor": server.replicas,
        "wal_config": models.WalConfigDiff(wal_capacity_mb=WAL_MB),
        "strict_mode_config": _strict_mode(shape),
    }


def field_schema(field: PayloadField) -> models.PayloadSchemaType | models.KeywordIndexParams:
    if field.kind is FieldKind.KEYWORD:
        return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=field.tenant)
    return _KINDS[field.kind]


def _vector_params(
    slot: DenseSlot, shape: CollectionShape, several: models.MultiVectorConfig | None = None
) -> models.VectorParams:
    quantization = models.TurboQuantQuantizationConfig(bits=_BITS[shape.quantization_bits], always_ram=True)
    return models.VectorParams(
        size=shape.dimension,
        distance=models.Distance.COSINE,
        multivector_config=several,
        hnsw_config=models.HnswConfigDiff(m=slot.m, ef_construct=slot.ef_construct),
        quantization_config=models.TurboQuantization(turbo=quantization),
    )


def _strict_mode(shape: CollectionShape) -> models.StrictModeConfig:
    """Room for all that Memex asks, and an end to what another client might."""
    return models.StrictModeConfig(
        enabled=True,
        max_query_limit=MOST_RESULTS,
        max_timeout=120,
        unindexed_filtering_retrieve=False,
        unindexed_filtering_update=False,
        search_allow_exact=True,
        search_max_oversampling=8.0,
        search_max_batchsize=100,
        upsert_max_batchsize=VECTORS_A_CALL,
        condition_max_size=MOST_IDS,
        max_payload_index_count=len(shape.payload),
    )
