"""Which embedding model made a vector. Two vectors compare only when their signatures are equal."""

from msgspec import Struct


class ModelSignature(Struct, frozen=True):
    name: str
    dimension: int
    weights_sha256: str
    variant: str = "fp32"
    """How the weights are run (`fp32`, `int8`): variants give slightly different vectors, so never mix."""

    @property
    def key(self) -> str:
        """A short, stable, file-name-safe identifier."""
        short_name = self.name.rsplit("/", 1)[-1].lower()
        return f"{short_name}-{self.dimension}-{self.variant}-{self.weights_sha256[:12]}"
