"""Lamps near a place, the dark gaps between lamps along a path, and how much light reaches it: an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import LineString

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_LAMP: Final = -1
_ROW_OF_MOST: Final = 40
BESIDE_M: Final = 15.0
"""A lamp at most this far from a path lights it."""
LONGEST_GAP_M: Final = 45.0
"""Lamps along Swedish footpaths usually stand 25–35 m apart; beyond this, one is missing."""


@dataclass(frozen=True)
class Gap:
    """A part of a path without a lamp, in metres from the path's beginning."""

    begin_m: float
    end_m: float

    @property
    def length_m(self) -> float:
        """How long it is."""
        return self.end_m - self.begin_m


def nearest_lamps(xy_m: ArrayLike, lamps_xy_m: ArrayLike, radius_m: float, most: int = 5) -> Ints:
    """Return (n, most) rows of the lamps within `radius_m` of each place, nearest first, −1 where there are no more.

    Lamps at the same distance come by row. Friedman, Bentley & Finkel's k-d tree (ACM TOMS 1977), as SciPy keeps it.

    Args:
        xy_m: (n, 2) metres. lamps_xy_m: (m, 2) metres. most: at least 1.

    Raises:
        ValueError: a radius that is not positive, or `most` below 1.

    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 - heavy, and few need it

    places = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    lamps = np.asarray(lamps_xy_m, dtype=np.float64).reshape(-1, 2)
    if not radius_m > 0 or most < 1:
        raise ValueError("radius_m must be positive and most at least 1")
    found = np.full((len(places), most), NO_LAMP, np.int64)
    if not len(lamps):
        return found
    tree = cKDTree(lamps)
    for row, near in enumerate(tree.query_ball_point(places, radius_m, return_sorted=True)):
        lamps_near = np.asarray(near, dtype=np.int64)
        distance = np.hypot(*(lamps[lamps_near] - places[row]).T)
        nearest = lamps_near[np.argsort(distance, kind="stable")][:most]
        found[row, : len(nearest)] = nearest
    return found


def gaps_along(
    line: LineString, lamps_xy_m: ArrayLike, beside_m: float = BESIDE_M, longest_m: float = LONGEST_GAP_M
) -> list[Gap]:
    """Return the parts of a path between neighbouring lamps (and its ends) that are longer than `longest_m`.

    Args:
        line: the path, in metres. lamps_xy_m: (m, 2) metres; only lamps within `beside_m` of the path count.

    """
    xy = np.asarray(lamps_xy_m, dtype=np.float64).reshape(-1, 2)
    lamps = np.array(shapely.points(xy), dtype=object).reshape(-1)
    at = shapely.line_locate_point(line, lamps[shapely.distance(line, lamps) <= beside_m])
    marks = np.concatenate(([0.0], np.sort(np.asarray(at, dtype=np.float64)), [line.length]))
    long = np.flatnonzero(np.diff(marks) > longest_m)
    return [Gap(float(marks[k]), float(marks[k + 1])) for k in long]


# --- how much light reaches a path: an estimate -------------------------------------------------------------------------

FLAT_UP_TO_DEG: Final = 70.0
NOTHING_FROM_DEG: Final = 80.0
_A, _B = np.radians(FLAT_UP_TO_DEG), np.radians(NOTHING_FROM_DEG)
CANDELA_PER_LUMEN: Final = float(
    1 / (2 * np.pi * (1 - np.cos(_A) + np.cos(_A) - (np.sin(_B) - np.sin(_A)) / (_B - _A)))
)
"""Of the stated luminaire, up to 70°: 0.2146 cd for each lumen, so that all its light adds up to its lumens."""
MAINTENANCE: Final = 0.8
"""Of the light of the first day, what is left between two cleanings; EN 13201-3 calls it the maintenance factor."""
PATH_WIDTH_M: Final = 3.0
STEP_M: Final = 3.0
ROWS_ACROSS: Final = 3
_AT_ONCE: Final = 2_000_000

P_CLASSES: Final = (
    ("P1", 15.0, 3.0), ("P2", 10.0, 2.0), ("P3", 7.5, 1.5), ("P4", 5.0, 1.0), ("P5", 3.0, 0.6), ("P6", 2.0, 0.4),
)  # fmt: skip
"""Name, mean and least horizontal illuminance in lx that a path of the class keeps (EN 13201-2, table 3)."""


@dataclass(frozen=True)
class Light:
    """Estimated horizontal illuminance along a path.

    `at_m` metres from the path's beginning, `lux` the mean across the path there; `mean`, `least` and `uniformity` (least
    over mean) over all points of the grid; `p_class` the highest class whose mean and least are both kept, or empty.
    """

    at_m: Floats
    lux: Floats
    mean: float
    least: float
    uniformity: float
    p_class: str


def intensity_cd(lumen: ArrayLike, gamma_rad: ArrayLike) -> Floats:
    """Return the luminous intensity of the stated luminaire, γ radians from straight down.

    The stated luminaire is the same all round: one intensity up to 70° from straight down, falling evenly to nothing at
    80°, no light upwards. A real one throws more along the path and less behind it; without its measured table (LDT) this
    is a fair middle that hides neither the bright spot under a lamp nor the dark between two.
    """
    falling = np.clip((_B - np.asarray(gamma_rad, dtype=np.float64)) / (_B - _A), 0.0, 1.0)
    return np.asarray(np.asarray(lumen, dtype=np.float64) * CANDELA_PER_LUMEN * falling)


def illuminance_lx(
    xy_m: ArrayLike, lamps_xy_m: ArrayLike, height_m: ArrayLike, lumen: ArrayLike, maintenance: float = MAINTENANCE
) -> Floats:
    """Return the horizontal illuminance in lx on the ground at (n, 2) points under m luminaires.

    The point method of EN 13201-3: E = Σ I(γ) · cos³γ / H² · MF, with the stated luminaire's I(γ).

    Args:
        xy_m: (n, 2) metres. lamps_xy_m: (m, 2) metres. height_m: (m,) or one, above the ground. lumen: (m,) or one, of
            the luminaire, 0 where it does not shine. maintenance: what is left of the first day's light, 0 to 1.

    Raises:
        ValueError: a height that is not positive, lumens below 0, or what is not finite.

    """
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    lamps = np.asarray(lamps_xy_m, dtype=np.float64).reshape(-1, 2)
    height = np.broadcast_to(np.asarray(height_m, dtype=np.float64), len(lamps))
    flux = np.broadcast_to(np.asarray(lumen, dtype=np.float64), len(lamps))
    if not (np.isfinite(points).all() and np.isfinite(lamps).all() and (height > 0).all() and (flux >= 0).all()):
        raise ValueError("positions must be finite, heights positive and lumens not below 0")
    shining = flux > 0
    lamps, height, flux = lamps[shining], height[shining], flux[shining]
    lux = np.zeros(len(points))
    some = max(1, _AT_ONCE // max(len(lamps), 1))
    for first in range(0, len(points), some):
        part = points[first : first + some]
        away = np.hypot(*(part[:, None, :] - lamps[None, :, :]).transpose(2, 0, 1))
        gamma = np.arctan2(away, height)
        lux[first : first + some] = (intensity_cd(flux, gamma) * np.cos(gamma) ** 3 / height**2).sum(axis=1)
    return lux * maintenance


def path_grid(line: LineString, width_m: float = PATH_WIDTH_M) -> tuple[Floats, Floats]:
    """Return (k, 3, 2) points of a path and the (k,) metres from its beginning at which they stand.

    As in EN 13201-3: at most 3 m apart along the path, each in the middle of its part, three across, each in the middle of
    its third.
    """
    count = max(1, int(np.ceil(line.length / STEP_M)))
    at = (np.arange(count) + 0.5) * line.length / count
    middle = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(at + 0.5, line.length)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(at - 0.5, 0.0)))
    along = ahead - behind
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    offsets = np.array([-1.0, 0.0, 1.0]) * width_m / ROWS_ACROSS
    return middle[:, None, :] + offsets[None, :, None] * across[:, None, :], at


def light_along(line: LineString, lamps_xy_m: ArrayLike, height_m: ArrayLike, lumen: ArrayLike) -> Light:
    """Return the estimated light along a path, in metres, under these lamps (see `illuminance_lx`)."""
    grid, at = path_grid(line)
    lux = illuminance_lx(grid, lamps_xy_m, height_m, lumen).reshape(-1, ROWS_ACROSS)
    mean, least = float(lux.mean()), float(lux.min())
    return Light(at, lux.mean(axis=1), mean, least, least / mean if mean > 0 else 0.0, p_class(mean, least))


def p_class(mean_lx: float, least_lx: float) -> str:
    """Return the highest P class whose mean and least illuminance are both kept, or nothing below P6."""
    return next((name for name, mean, least in P_CLASSES if mean_lx >= mean and least_lx >= least), "")


def row_through(lamps_xy_m: ArrayLike, centre_xy: ArrayLike, reach_m: float, beside_m: float = BESIDE_M) -> LineString:
    """Return a straight path past a place along the row of lamps there, `reach_m` to each side of the place.

    Of all lines through two lamps the one with most lamps within `beside_m`, the nearer to the place when equal; without
    two lamps a line from west to east. A path that bends needs its own line.
    """
    centre = np.asarray(centre_xy, dtype=np.float64).reshape(2)
    lamps = np.asarray(lamps_xy_m, dtype=np.float64).reshape(-1, 2)
    lamps = lamps[np.argsort(np.hypot(*(lamps - centre).T), kind="stable")[:_ROW_OF_MOST]]
    direction = np.array([1.0, 0.0])
    if len(lamps) > 1:
        a, b = np.triu_indices(len(lamps), 1)
        step = lamps[b] - lamps[a]
        length = np.hypot(*step.T)
        apart = length > 1.0
        a, step = a[apart], step[apart] / length[apart][:, None]
        if len(a):
            beside = np.abs(
                np.einsum("plk,pk->pl", lamps[None] - lamps[a][:, None], np.column_stack([-step[:, 1], step[:, 0]]))
            )
            past = np.abs(np.einsum("pk,pk->p", centre - lamps[a], np.column_stack([-step[:, 1], step[:, 0]])))
            best = np.lexsort((past, -(beside <= beside_m).sum(axis=1), past > beside_m))[0]
            direction = step[best]
    return LineString([centre - direction * reach_m, centre + direction * reach_m])
