"""The collection's shape as qdrant_edge configuration."""

import qdrant_edge as edge

from memex.index.shape import CollectionShape, DenseSlot, FieldKind, PayloadField

NEVER_KB = 10**9
"""A threshold out of reach, so HNSW is never built: plain scans are as fast up to 50,000 sessions."""

_BITS = {1: edge.TurboQuantBitSize.Bits1, 2: edge.TurboQuantBitSize.Bits2, 4: edge.TurboQuantBitSize.Bits4}
_KINDS = {
    FieldKind.TEXT: edge.PayloadSchemaType.Text,
    FieldKind.DATETIME: edge.PayloadSchemaType.Datetime,
    FieldKind.BOOL: edge.PayloadSchemaType.Bool,
    FieldKind.INTEGER: edge.PayloadSchemaType.Integer,
}


def edge_config(shape: CollectionShape) -> edge.EdgeConfig:
    vectors = {str(slot.lane): _vector_params(slot, shape) for slot in shape.dense}
    maxsim = edge.MultiVectorConfig(comparator=edge.MultiVectorComparator.MaxSim)
    vectors[str(shape.late.lane)] = _vector_params(shape.late, shape, maxsim)
    return edge.EdgeConfig(
        vectors=vectors,
        sparse_vectors={
            str(lane): edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) for lane in shape.sparse
        },
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=NEVER_KB),
        wal_enabled=True,
    )


def field_index(field: PayloadField) -> edge.UpdateOperation:
    if field.kind is FieldKind.KEYWORD:
        return edge.UpdateOperation.create_field_index(
            field.name, edge.KeywordIndexParams(is_tenant=field.tenant)
        )
    return edge.UpdateOperation.create_field_index(field.name, _KINDS[field.kind])


def _vector_params(
    slot: DenseSlot, shape: CollectionShape, several: edge.MultiVectorConfig | None = None
) -> edge.EdgeVectorParams:
    return edge.EdgeVectorParams(
        size=shape.dimension,
        distance=edge.Distance.Cosine,
        multivector_config=several,
        hnsw_config=edge.HnswIndexConfig(
            m=slot.m, ef_construct=slot.ef_construct, full_scan_threshold=NEVER_KB
        ),
        quantization_config=edge.TurboQuantQuantizationConfig(
            always_ram=True, bits=_BITS[shape.quantization_bits]
        ),
    )
