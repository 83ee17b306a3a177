"""A report that arrives regroups only what it can touch, and the answer is that of regrouping everything."""

from __future__ import annotations

import os
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.domain.dark_spots import NOT_GROUPED
from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.dark_spots import DarkSpot, DarkSpotDistrict, SpotLineage
from app.models.places import shape_of
from app.models.reports import Report
from app.services import grouping
from app.services.transitions import move
from geo import dark_spots as rule
from tests.builders import CENTRE, Scene
from tests.conftest import NOW, empty_tables

STEP_LON, STEP_LAT = 0.00033, 0.00018  # about 20 metres each
HAPPENINGS = (
    st.tuples(st.just("arrive"), st.integers(0, 14), st.integers(0, 2), st.integers(0, 5)),
    st.tuples(st.just("arrive"), st.integers(0, 3), st.just(0), st.integers(0, 5)),
    st.tuples(st.sampled_from(["reject", "review", "withdraw"]), st.integers(0, 30)),
)
BY_HAND = st.tuples(st.sampled_from(["pin", "unpin"]), st.integers(0, 3))
PROMISE = settings(
    max_examples=int(os.environ.get("REGROUPING_EXAMPLES", "10")), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def steps(*kinds: Any) -> Any:
    return st.lists(st.one_of(*kinds), min_size=3, max_size=24)


@pytest.fixture(autouse=True)
def few_make_a_fallback_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four people on one coordinate are a geocoder's doing here, so that short stories meet it."""
    monkeypatch.setattr(rule, "FALLBACK_REPORTERS", 4)


def everything() -> dict[str, Any]:
    """Return all that grouping writes, by the reports' order of arrival."""
    db.session.expire_all()
    spots = list(db.session.scalars(select(DarkSpot).order_by(DarkSpot.id)))
    shared = db.session.execute(
        select(DarkSpotDistrict.dark_spot_id, DarkSpotDistrict.district_id, DarkSpotDistrict.share)
    )
    lines = db.session.scalars(select(SpotLineage).order_by(SpotLineage.id))
    return {
        "members": [(r.id, r.dark_spot_id) for r in db.session.scalars(select(Report).order_by(Report.id))],
        "spots": [
            (s.id, s.state, s.kind, s.held, s.lon, s.lat, s.length_m, s.score, s.score_parts, s.district_id, s.name,
             s.report_count, s.reporter_count, s.category_counts, s.when_counts, s.merged_into_id, s.pinned) for s in spots
        ],
        "shapes": [shape_of(s.shape).wkt if shape_of(s.shape) else "" for s in spots if s.state != "dormant"],
        "districts": sorted(tuple(row) for row in shared),
        "lineage": [(x.parent_id, x.child_id, x.how, x.moved) for x in lines],
    }  # fmt: skip


def groups() -> list[tuple[Any, ...]]:
    """Return what grouping says of the reports, whatever the spots are called."""
    found: dict[int, list[int]] = {}
    for number, spot in db.session.execute(
        select(Report.id, Report.dark_spot_id).where(Report.state.not_in(NOT_GROUPED)).order_by(Report.id)
    ):
        if spot is not None:
            found.setdefault(spot, []).append(number)
    return sorted((reports, *_outside(spot)) for spot, reports in found.items())


def _outside(number: int) -> tuple[Any, ...]:
    spot = db.session.get_one(DarkSpot, number)
    return spot.kind, spot.held, spot.lon, spot.lat, spot.length_m, spot.pinned, shape_of(spot.shape).wkt


class Story:
    """One sequence of happenings, regrouped after each or all at once."""

    def __init__(self, app: Flask, *, each: str, with_pinned: bool = False) -> None:
        empty_tables()
        self.scene, self.each = Scene(app, NOW), each
        self.reports: list[Report] = []
        if with_pinned:
            kept = self.scene.report(CENTRE[0] + 6 * STEP_LON, CENTRE[1], reporter_key="person 0")
            self.scene.spot(kept).pinned = True
            db.session.commit()

    def tell(self, told: list[tuple[Any, ...]]) -> None:
        grouping.rebuild(now=NOW)
        for step in told:
            marks = self._happen(*step)
            if marks and self.each == "near":
                grouping.regroup(marks, now=NOW)
            elif marks and self.each == "all":
                grouping.rebuild(now=NOW)

    def _happen(self, what: str, *which: int) -> dict[str, list[int]]:
        if what == "arrive":
            x, y, person = which
            at = CENTRE[0] + x * STEP_LON, CENTRE[1] + y * STEP_LAT
            self.reports.append(self.scene.report(*at, reporter_key=f"person {person}"))
            return {"reports": [self.reports[-1].id]}
        if what in {"pin", "unpin"}:
            return self._pin(which[0], pinned=what == "pin")
        return self._judge(what, which[0])

    def _judge(self, what: str, which: int) -> dict[str, list[int]]:
        if not self.reports:
            return {}
        report = self.reports[which % len(self.reports)]
        to = {"reject": "rejected", "withdraw": "withdrawn", "review": "reviewed"}[what]
        db.session.refresh(report)
        if report.state in {to, "withdrawn"}:
            return {}
        move(report, to, actor=THE_SYSTEM, now=NOW, reason="Prov.")
        db.session.commit()
        return {"reports": [report.id]}

    def _pin(self, which: int, *, pinned: bool) -> dict[str, list[int]]:
        asked = select(DarkSpot).where(DarkSpot.state == "proposed", DarkSpot.pinned.is_(not pinned))
        spots = list(db.session.scalars(asked.order_by(DarkSpot.id)))
        if not spots:
            return {}
        spot = spots[which % len(spots)]
        spot.pinned = pinned
        db.session.commit()
        return {"spots": [spot.id]}


@given(told=steps(*HAPPENINGS, BY_HAND))
@PROMISE
def test_looking_around_each_change_gives_what_looking_at_everything_gives(app: Flask, told: list[Any]) -> None:
    Story(app, each="near").tell(told)
    by_neighbourhood = everything()
    again = grouping.rebuild(now=NOW)
    assert (again.new, again.merged, again.split, everything()) == (0, 0, 0, by_neighbourhood)
    Story(app, each="all").tell(told)
    assert everything() == by_neighbourhood


@given(told=steps(*HAPPENINGS))
@PROMISE
def test_any_sequence_of_arrivals_and_withdrawals_ends_as_one_rebuild(app: Flask, told: list[Any]) -> None:
    Story(app, each="near", with_pinned=True).tell(told)
    step_by_step = groups()
    Story(app, each="never", with_pinned=True).tell(told)
    grouping.rebuild(now=NOW)
    assert groups() == step_by_step


def test_a_report_that_is_turned_down_takes_its_part_of_the_outline_with_it(app: Flask) -> None:
    told = [("arrive", 1, 0, 0), ("arrive", 0, 0, 0), ("arrive", 0, 0, 0), ("arrive", 2, 0, 1), ("reject", 0)]
    Story(app, each="near").tell(told)
    step_by_step = groups()
    Story(app, each="never").tell(told)
    grouping.rebuild(now=NOW)
    assert groups() == step_by_step


def test_what_was_turned_down_makes_no_arrival_ask_the_database_more(app: Flask) -> None:
    story = Story(app, each="near")
    story.tell([("arrive", x, 0, x) for x in range(4)])
    before = _questions_of_one_more(story)
    story.tell([("reject", 2)])
    assert _questions_of_one_more(story) == before


def _questions_of_one_more(story: Story) -> list[str]:
    """Let one report more arrive in the middle, and return what grouping asks."""
    report = story.scene.report(CENTRE[0] + STEP_LON, CENTRE[1], reporter_key="person 1")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        grouping.regroup({"reports": [report.id]}, now=NOW)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return asked
