"""How far to look around a change: as far as the spots there reach, so that one look is nearly always enough."""

from __future__ import annotations

import numpy as np

from geo.dark_spots import hanging_together, spots_of
from geo.neighbourhoods import REACH_M, WINDOW_M, covers, likely_boxes, touched

HERE = np.array([[0.0, 0.0]])
NOTHING = np.empty((0, 4))


def test_where_nothing_is_known_one_looks_as_far_as_a_change_can_reach() -> None:
    ((west, south, east, north),) = likely_boxes(HERE, NOTHING)
    assert west == south == -east == -north
    assert east > REACH_M


def test_a_spot_nearby_is_looked_at_whole_and_one_far_away_is_not() -> None:
    near, far = [50.0, -20.0, 300.0, 20.0], [2000.0, 0.0, 2100.0, 50.0]
    ((_, _, east, _),) = likely_boxes(HERE, np.array([near, far]))
    assert 300 < east < 500


def test_spots_that_touch_each_other_are_looked_at_together() -> None:
    chain = np.array([[50.0 + 110 * k, -20.0, 150.0 + 110 * k, 20.0] for k in range(4)])
    ((_, _, east, _),) = likely_boxes(HERE, chain)
    assert east > 480


def test_spots_that_begin_beyond_the_window_do_not_say_where_to_look() -> None:
    chain = np.array([[50.0 + 110 * k, -20.0, 150.0 + 110 * k, 20.0] for k in range(12)])
    ((_, _, east, _),) = likely_boxes(HERE, chain)
    assert east < WINDOW_M + 250


def test_the_first_look_sees_nearly_every_group_of_a_town_whole() -> None:
    chance = np.random.default_rng(3)
    homes = chance.uniform(0, 2000, (12, 2))
    xy = np.vstack(
        [homes[chance.integers(0, 12, 900)] + chance.normal(0, 30, (900, 2)), chance.uniform(0, 2000, (500, 2))]
    )
    who = chance.integers(0, 700, len(xy))
    extents = np.array([s.shape.bounds for s in spots_of(xy, who, hanging_together(xy, who))])
    again = 0
    for k in range(100):
        at = xy[[k]] + 3.0
        (box,) = likely_boxes(at, extents)
        inside = np.array([covers(box, (x, y, x, y)) for x, y in xy.tolist()])
        together = hanging_together(xy[inside], who[inside])
        again += bool(touched(xy[inside], together, at, [box]).beyond)
    assert again <= 5
