"""The light on a path, checked against sums that were done by hand, and against what cannot be otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.lighting import (
    CANDELA_PER_LUMEN,
    illuminance_lx,
    intensity_cd,
    light_along,
    p_class,
    path_grid,
    row_through,
)

STRAIGHT = LineString([(0, 0), (120, 0)])
ROW = [[x, 1.5] for x in (0.0, 30.0, 60.0, 90.0, 120.0)]


def test_all_the_light_of_the_luminaire_adds_up_to_its_lumens() -> None:
    gamma = np.linspace(0, np.pi / 2, 100_001)
    flux = np.trapezoid(intensity_cd(1000.0, gamma) * 2 * np.pi * np.sin(gamma), gamma)
    assert flux == pytest.approx(1000.0, rel=1e-6)


def test_the_intensity_per_lumen_is_the_one_that_was_worked_out_on_paper() -> None:
    # 2π · (1 − cos 70° + cos 70° − (sin 80° − sin 70°) / (10° in radians)) = 2π · (1 − 0.045115 / 0.174533) = 4.65904
    assert pytest.approx(1 / 4.65904, rel=1e-5) == CANDELA_PER_LUMEN


def test_straight_under_a_lamp_it_is_intensity_over_height_squared() -> None:
    # 3000 lm · 0.214636 cd/lm = 643.909 cd; / 5² = 25.7564 lx; · 0.8 = 20.6051 lx
    assert illuminance_lx([[0, 0]], [[0, 0]], 5.0, 3000.0)[0] == pytest.approx(20.6051, rel=1e-5)


def test_fifteen_metres_away_it_is_what_the_point_method_gives_by_hand() -> None:
    # γ = atan(15/5) = 71.5651°; falling: (80 − 71.5651)/10 = 0.843495; cos γ = 0.316228, cubed 0.0316228
    # 643.909 · 0.843495 · 0.0316228 / 25 · 0.8 = 0.549614 lx
    assert illuminance_lx([[15, 0]], [[0, 0]], 5.0, 3000.0)[0] == pytest.approx(0.549614, rel=1e-5)


def test_half_way_between_two_lamps_each_gives_its_share() -> None:
    two = illuminance_lx([[15, 0]], [[0, 0], [30, 0]], [5.0, 5.0], [3000.0, 1500.0])[0]
    assert two == pytest.approx(1.5 * 0.549614, rel=1e-5)


def test_a_lamp_that_does_not_shine_gives_nothing_and_no_lamps_give_darkness() -> None:
    assert illuminance_lx([[0, 0]], [[0, 0]], 5.0, 0.0)[0] == 0.0
    assert illuminance_lx([[0, 0], [1, 1]], [], [], []).tolist() == [0.0, 0.0]


def test_the_grid_is_at_most_three_metres_apart_and_three_points_across() -> None:
    grid, at = path_grid(LineString([(0, 0), (30, 0), (30, 31)]))
    assert grid.shape == (21, 3, 2)
    assert np.diff(at).max() <= 3.0
    assert at[0] == pytest.approx(61 / 21 / 2)
    assert sorted(grid[0, :, 1].tolist()) == pytest.approx([-1.0, 0.0, 1.0])


def test_one_lamp_out_and_no_lamp_there_look_different() -> None:
    whole = light_along(STRAIGHT, ROW, 5.0, 3000.0)
    out = light_along(STRAIGHT, ROW, 5.0, [3000.0, 3000.0, 0.0, 3000.0, 3000.0])
    assert whole.p_class == "P4"
    assert (out.p_class, out.least) == ("", 0.0)
    assert out.lux[len(out.lux) // 2] < 0.1 < whole.lux[len(whole.lux) // 2]
    assert out.lux[0] == pytest.approx(whole.lux[0], abs=1e-9)


def test_a_new_lamp_never_makes_it_darker_anywhere() -> None:
    before = light_along(STRAIGHT, ROW[:2], 5.0, 3000.0)
    after = light_along(STRAIGHT, [*ROW[:2], [60.0, 0.0]], 5.0, 3000.0)
    assert (after.lux >= before.lux).all()
    assert after.mean > before.mean


@pytest.mark.parametrize(
    ("mean", "least", "expected"),
    [(15, 3, "P1"), (15, 2.9, "P2"), (7.5, 1.5, "P3"), (5, 1, "P4"), (3, 0.6, "P5"), (2, 0.4, "P6"), (20, 0.39, ""), (0, 0, "")],
)  # fmt: skip
def test_a_class_needs_both_its_mean_and_its_least(mean: float, least: float, expected: str) -> None:
    assert p_class(mean, least) == expected


def test_the_row_of_lamps_gives_the_path_its_direction_and_a_stray_lamp_does_not() -> None:
    line = row_through([[0, 1], [30, 2], [60, 1], [30, 40]], [25, 0], 75.0)
    (west, south), (east, north) = line.coords
    assert abs(north - south) < 0.1 * abs(east - west)
    assert line.length == pytest.approx(150.0)


@pytest.mark.parametrize("lamps", [[], [[3, 4]], [[3, 4], [3, 4]]])
def test_a_place_without_a_row_still_has_a_line(lamps: list[list[float]]) -> None:
    assert row_through(lamps, [0, 0], 50.0).length == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("height", "lumen", "x"), [(0.0, 1.0, 0.0), (-5.0, 1.0, 0.0), (5.0, -1.0, 0.0), (5.0, 1.0, float("nan"))]
)
def test_what_no_lamp_can_be_is_refused(height: float, lumen: float, x: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        illuminance_lx([[0, 0]], [[x, 0]], height, lumen)


@given(st.floats(0.5, 40), st.floats(0.5, 40), st.floats(3, 12))
def test_farther_from_a_lamp_it_is_never_lighter(near: float, more: float, height: float) -> None:
    close, far = illuminance_lx([[near, 0], [near + more, 0]], [[0, 0]], height, 3000.0)
    assert close >= far


def test_many_points_at_once_are_the_same_as_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [[float(x), 2.0] for x in range(60)]
    together = illuminance_lx(points, ROW, 6.0, 2500.0)
    monkeypatch.setattr("geo.lighting._AT_ONCE", 7)
    assert illuminance_lx(points, ROW, 6.0, 2500.0) == pytest.approx(together)
