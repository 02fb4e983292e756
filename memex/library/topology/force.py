"""The tree as springs between charges (Fruchterman & Reingold, 1991), in numpy.

Charges repel through a mesh: they are spread on a grid, the grid is convolved with the force of one charge
by FFT, and each charge reads its force from the grid (Hockney & Eastwood, “Computer Simulation Using
Particles”, ch. 5). So a step costs as much as the grid, where every pair would be 25 million for 5,000.
Within a mesh cell, where the grid is blind, neighbours in the order of the cells repel one another directly.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]

STEPS = 150
HOTTEST = 0.06
"""The longest way of a charge in the first step, as a share of the map's width; the last is near 0."""
SMALL_MESH, LARGE_MESH = 64, 128
LARGE = 1_500
"""Charges from which on the mesh is the large one."""
NEIGHBOURS_IN_ORDER = 6
SEED = 7
GRAVITY = 0.02
"""Draws trees that nothing joins to one another."""


def force_layout(
    start: NDArray[np.float32],
    edges: NDArray[np.intp],
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> NDArray[np.float32]:
    """(count, 2) within the unit circle, from `start`; `edges` is (edges, 2). The same each time."""
    count = len(start)
    if count < 2:
        return np.zeros((count, 2), np.float32)
    places: Places = start + np.random.default_rng(SEED).normal(0, 1e-3, start.shape)
    mesh = _Mesh(SMALL_MESH if count < LARGE else LARGE_MESH)
    length = 1.6 / np.sqrt(count)
    for step in range(STEPS):
        tell(step, STEPS)
        forces = length**2 * (mesh.repulsion(places) + _close_repulsion(places, mesh.cell))
        _pull(forces, places, edges, length)
        forces -= GRAVITY * places
        ways = np.linalg.norm(forces, axis=1, keepdims=True)
        heat = 2 * HOTTEST * (1 - step / STEPS) ** 1.5
        places += forces / np.maximum(ways, 1e-12) * np.minimum(ways, heat)
    places -= places.mean(axis=0)
    places /= max(float(np.linalg.norm(places, axis=1).max()), 1e-9)
    return places.astype(np.float32)


def _pull(forces: Places, places: Places, edges: NDArray[np.intp], length: float) -> None:
    """Springs draw by the square of their length."""
    way = places[edges[:, 1]] - places[edges[:, 0]]
    way *= np.linalg.norm(way, axis=1, keepdims=True) / length
    for axis in (0, 1):
        forces[:, axis] += np.bincount(edges[:, 0], way[:, axis], len(forces))
        forces[:, axis] -= np.bincount(edges[:, 1], way[:, axis], len(forces))


def _close_repulsion(places: Places, cell: float) -> Places:
    """Between charges that follow one another in the order of their cells, and are nearer than a cell."""
    cells = np.floor(places / cell).astype(np.int64)
    order = np.lexsort((places[:, 1], cells[:, 1], cells[:, 0]))
    sorted_places = places[order]
    forces = np.zeros_like(places)
    for shift in range(1, min(NEIGHBOURS_IN_ORDER, len(places) - 1) + 1):
        way = sorted_places[shift:] - sorted_places[:-shift]
        square = (way**2).sum(axis=1, keepdims=True)
        push = np.where(square < cell**2, way / np.maximum(square, 1e-8), 0.0)
        forces[shift:] += push
        forces[:-shift] -= push
    unsorted = np.empty_like(forces)
    unsorted[order] = forces
    return unsorted


class _Mesh:
    """A square grid over all charges. After `repulsion`, `cell` is how wide one of its cells is."""

    def __init__(self, side: int) -> None:
        self._side = side
        self.cell = 1.0
        offsets = np.fft.fftfreq(2 * side, 1 / (2 * side))
        x, y = np.meshgrid(offsets, offsets, indexing="ij")
        square = x**2 + y**2
        square[0, 0] = np.inf
        self._kernels = [np.fft.rfft2(axis / square) for axis in (x, y)]
        """The force of one charge at every offset, in cells; padded, so that it does not come round."""

    def repulsion(self, places: Places) -> Places:
        """The sum of 1 / distance, away from each of the others."""
        side = self._side
        corner = places.min(axis=0)
        self.cell = max(float(np.ptp(places, axis=0).max()), 1e-9) / (side - 2)
        at = (places - corner) / self.cell
        cell = np.minimum(at.astype(np.int64), side - 2)
        share = at - cell
        corners = [
            ((cell[:, 0] + dx) * side + cell[:, 1] + dy, _shares(share, dx, dy))
            for dx in (0, 1)
            for dy in (0, 1)
        ]
        charge = sum(np.bincount(index, weight, side * side) for index, weight in corners)
        spectrum = np.fft.rfft2(np.reshape(charge, (side, side)), (2 * side, 2 * side))
        forces = np.empty_like(places)
        for axis, kernel in enumerate(self._kernels):
            field = np.fft.irfft2(spectrum * kernel, (2 * side, 2 * side))[:side, :side].ravel()
            forces[:, axis] = sum(field[index] * weight for index, weight in corners)
        return forces / self.cell


def _shares(share: Places, dx: int, dy: int) -> NDArray[np.float64]:
    """Of a charge at each corner of its cell."""
    along = share[:, 0] if dx else 1 - share[:, 0]
    across = share[:, 1] if dy else 1 - share[:, 1]
    return along * across
