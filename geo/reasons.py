"""Why reports are one spot: the numbers that a person can check, and what would make it two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.dark_spots import RADIUS_M

Floats = NDArray[np.float64]

_PLACES_MAX: Final = 1500


@dataclass(frozen=True)
class Reasons:
    """The numbers behind one spot.

    `voices`: distinct reporters. `voices_near`: the most of them within the radius of one report. `across_m`: between
    the two reports furthest apart. `widest_gap_m`: the longest step that holds the spot together; were it wider than
    `radius_m`, or did the reports on one side of it fall away, the spot would be two. `bridge`: the rows of the two
    reports at that step, None when all stand on one place. `same_coordinate`: the most reports on one coordinate.
    """

    reports: int
    voices: int
    voices_near: int
    across_m: float
    widest_gap_m: float
    bridge: tuple[int, int] | None
    same_coordinate: int
    radius_m: float = RADIUS_M


def why_one_spot(xy_m: ArrayLike, reporter: ArrayLike) -> Reasons:
    """Return why these reports are one spot. The widest gap is the longest edge of the minimum spanning tree (Zahn 1971).

    Args:
        xy_m: (k, 2) metres, the spot's own reports. reporter: (k,) a whole number for each distinct reporter.

    Raises:
        ValueError: no reports.

    """
    from scipy.spatial.distance import pdist, squareform  # noqa: PLC0415 - heavy, and only grouping needs it

    xy, who = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2), np.asarray(reporter).reshape(-1)
    if len(xy) == 0 or len(xy) != len(who):
        raise ValueError("a spot must have reports, and each report a reporter")
    places, first, place, copies = np.unique(xy, axis=0, return_index=True, return_inverse=True, return_counts=True)
    heard = len(np.unique(who))
    if len(places) > _PLACES_MAX:  # a crowd: every hundredth of a second counts more than the exact step
        pick = np.linspace(0, len(places) - 1, _PLACES_MAX).astype(np.int64)
        places, first = places[pick], first[pick]
        place = np.full(len(xy), -1, np.int64)
    distance = squareform(pdist(places)) if len(places) > 1 else np.zeros((1, 1))
    gap, bridge = _widest(distance)
    return Reasons(
        reports=len(xy), voices=heard, voices_near=_most_near(distance, place.reshape(-1), who, heard),
        across_m=float(distance.max()), widest_gap_m=gap, same_coordinate=int(copies.max()),
        bridge=None if bridge is None else (int(first[bridge[0]]), int(first[bridge[1]])),
    )  # fmt: skip


def _widest(distance: Floats) -> tuple[float, tuple[int, int] | None]:
    from scipy.sparse.csgraph import minimum_spanning_tree  # noqa: PLC0415 - heavy, and only grouping needs it

    if len(distance) < 2:
        return 0.0, None
    tree = minimum_spanning_tree(distance).tocoo()
    longest = int(tree.data.argmax())
    return float(tree.data[longest]), (int(tree.row[longest]), int(tree.col[longest]))


def _most_near(distance: Floats, place: NDArray[np.int64], who: NDArray[np.int64], heard: int) -> int:
    """Return the most distinct reporters within the radius of one place; all of them in a crowd too large to count."""
    if (place < 0).any():
        return heard
    _, code = np.unique(who, return_inverse=True)
    at = np.zeros((len(distance), heard))
    at[place, code.reshape(-1)] = 1.0
    return int(((distance <= RADIUS_M).astype(np.float64) @ at > 0).sum(axis=1).max())
