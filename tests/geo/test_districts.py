"""In which district a report lies, and where a spot belongs."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from geo.districts import NOWHERE, assign, shares

OXHAGEN, SKALBY = box(0, 0, 10, 10), box(10, 0, 20, 10)


def test_a_report_on_the_border_falls_in_exactly_one_district() -> None:
    assert assign([(10.0, 5.0), (9.0, 5.0), (11.0, 5.0)], [OXHAGEN, SKALBY]).tolist() == [0, 0, 1]
    assert assign([(10.0, 5.0)], [SKALBY, OXHAGEN]).tolist() == [0]


def test_a_report_outside_all_districts_belongs_to_none_of_them() -> None:
    assert assign([(10.0, 10.01), (-5.0, 5.0)], [OXHAGEN, SKALBY]).tolist() == [NOWHERE, NOWHERE]


def test_a_report_just_off_the_shore_falls_in_the_nearest_district_when_asked() -> None:
    points = [(12.0, 10.5), (10.0, 10.5), (12.0, 11.5)]
    assert assign(points, [OXHAGEN, SKALBY], tolerance=1.0).tolist() == [1, 0, NOWHERE]


def test_a_hole_in_a_district_is_not_part_of_it() -> None:
    ring = Polygon(box(0, 0, 9, 9).exterior, [box(3, 3, 6, 6).exterior])
    assert assign([(4.5, 4.5), (1.0, 1.0), (3.0, 4.0)], [ring]).tolist() == [NOWHERE, 0, 0]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30),
    st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=6),
)
def test_every_report_gets_the_lowest_district_that_covers_it(points: list, corners: list) -> None:
    polygons = [box(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for a, b, c, d in corners]
    expected = [next((k for k, p in enumerate(polygons) if p.covers(Point(xy))), NOWHERE) for xy in points]
    assert assign(np.array(points, dtype=float).reshape(-1, 2), polygons).tolist() == expected


def test_no_reports_no_districts_and_empty_districts_are_all_defined() -> None:
    assert assign(np.empty((0, 2)), [OXHAGEN]).tolist() == []
    assert assign([(1.0, 1.0)], []).tolist() == [NOWHERE]
    assert assign([(1.0, 1.0)], [Polygon(), OXHAGEN], tolerance=1.0).tolist() == [1]


@pytest.mark.parametrize(
    ("points", "tolerance"), [([(np.nan, 0.0)], 0.0), ([(0.0, 0.0)], -1.0), ([(0.0, 0.0, 0.0)], 0.0)]
)
def test_a_position_that_is_none_and_a_negative_tolerance_are_refused(points: list, tolerance: float) -> None:
    with pytest.raises(ValueError, match="must"):
        assign(points, [OXHAGEN], tolerance)


def test_two_hundred_thousand_reports_find_sixty_districts_like_one_by_one() -> None:
    chance = np.random.default_rng(5)
    seeds = shapely.MultiPoint(chance.uniform(0, 20_000, (60, 2)))
    districts = list(shapely.voronoi_polygons(seeds).geoms)
    reports = chance.uniform(0, 20_000, (200_000, 2))
    found = assign(reports, districts)
    assert (found >= 0).all()
    for row in range(0, 200_000, 4001):
        assert districts[found[row]].covers(Point(reports[row]))


def test_a_spot_belongs_where_most_reports_lie_and_is_listed_from_a_fifth() -> None:
    found = shares([0, 0, 0, 1, 2, 0, 0, 1, 0, 0])
    assert found.primary == 0
    assert found.listed == {0: 0.7, 1: 0.2}


def test_a_spot_with_equal_parts_belongs_to_the_lowest_district_and_stands_in_both() -> None:
    found = shares([4, 2, 4, 2])
    assert (found.primary, list(found.listed)) == (2, [2, 4])


def test_a_spot_outside_all_districts_belongs_to_none() -> None:
    assert shares([NOWHERE, NOWHERE]).primary == NOWHERE
    assert shares([]).listed == {}
