"""Proposing a walk: the places that give the most within a length, what was left out, and why. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import or_, select

from app.domain import walk_planning as planning
from app.domain import walks as rules
from app.domain.walk_planning import Why
from app.models.base import db
from app.models.dark_spots import DarkSpot, DarkSpotDistrict
from app.models.districts import NamedPlace
from app.services import walk_network_steps as network
from app.services import walk_steps as steps
from geo.routes import distances_m, walking_minutes
from geo.walk_choice import Choice, Wishes, choose

CANDIDATE_STATES = ("proposed", "confirmed", "reopened", "on_walk")


@dataclass(frozen=True)
class Wanted:
    """What the walk shall be like: metres at most, stops at most, where it begins, what must and must not be visited."""

    length_m: int = rules.LENGTH_ADVISED_M[1]
    stops: int = rules.STOPS_PROPOSED
    meeting_at: int | None = None
    pinned: Collection[int] = ()
    excluded: Collection[int] = ()
    safe_chosen: Collection[int] | None = None


@dataclass(frozen=True)
class Candidate:
    """A spot or a place that feels safe. `ordinal` is its stop on the proposed walk; without one, `why` says why not."""

    spot: DarkSpot | None
    place: NamedPlace | None = None
    ordinal: int | None = None
    why: Why | None = None
    pinned: bool = False

    @property
    def proposed(self) -> bool:
        """Whether it is on the proposed walk."""
        return self.ordinal is not None

    @property
    def name(self) -> str:
        """Its name as people say it."""
        if self.spot is not None:
            return self.spot.name or self.spot.reference
        return self.place.name if self.place else ""


@dataclass(frozen=True)
class Proposal:
    """A walk as proposed, in walking order, and what was left out. `measured`: on the network, or by the detour factor."""

    stops: Sequence[Candidate] = ()
    left: Sequence[Candidate] = ()
    length_m: float = 0.0
    minutes: int = 0
    measured: str = planning.DETOUR
    proven: bool = True
    enough: bool = False
    too_long: bool = False


def propose(district_id: int, wanted: Wanted | None = None) -> Proposal:
    """Return the walk through a district's open spots with the most score within the length, and one safe place."""
    wanted = wanted or Wanted()
    spots = open_spots(district_id)
    if not spots:
        return Proposal()
    safe = _safe_places(district_id, spots)
    meeting = db.session.get(NamedPlace, wanted.meeting_at) if wanted.meeting_at else None
    start = (meeting.lon, meeting.lat) if meeting else _start(spots, wanted)
    places = [start, *((s.lon, s.lat) for s in spots), *((p.lon, p.lat) for p in safe)]
    ways = network.between(places)
    excluded = {i for i, s in enumerate(spots) if s.id in wanted.excluded}
    distance = ways.distance_m.copy()
    for i in excluded:
        distance[i + 1, :] = distance[:, i + 1] = np.inf
    worth = [max(s.score, 0.0) for s in spots] + [planning.SAFE_PLACE_WORTH] * len(safe)
    wishes = Wishes(
        budget_m=wanted.length_m, most=wanted.stops, distance_m=distance, safe=range(len(spots), len(worth)),
        must=[i for i, s in enumerate(spots) if s.id in wanted.pinned and i not in excluded],
    )  # fmt: skip
    chosen = _chosen(distance, places, worth, wishes)
    return _told(
        spots, safe, wanted, chosen, ways.distance_m, measured=planning.NETWORK if ways.network else planning.DETOUR
    )


def open_spots(district_id: int) -> Sequence[DarkSpot]:
    """Return the spots of a district that a walk could visit, by score."""
    listed = select(DarkSpotDistrict.dark_spot_id).where(DarkSpotDistrict.district_id == district_id)
    found = select(DarkSpot).where(
        or_(DarkSpot.district_id == district_id, DarkSpot.id.in_(listed)), DarkSpot.state.in_(CANDIDATE_STATES)
    )
    return db.session.scalars(found.order_by(DarkSpot.score.desc(), DarkSpot.id).limit(planning.CANDIDATES_MAX)).all()


def _start(spots: Sequence[DarkSpot], wanted: Wanted) -> tuple[float, float]:
    """Without a meeting place the loop begins at the pinned spot or else at the spot with the highest score."""
    free = [s for s in spots if s.id not in wanted.excluded] or list(spots)
    first = next((s for s in free if s.id in wanted.pinned), free[0])
    return first.lon, first.lat


def _chosen(
    distance: np.ndarray, places: Sequence[tuple[float, float]], worth: Sequence[float], wishes: Wishes
) -> Choice:
    """Let the solver see only what can be in a loop at all; the answer's rows are those of `worth`."""
    within = 2 * distance[0, 1:] <= wishes.budget_m
    within[list(wishes.must)] = True
    rows = np.flatnonzero(within)
    at = {int(row): k for k, row in enumerate(rows)}
    small = np.concatenate([[0], rows + 1])
    finite = np.where(np.isfinite(distance), distance, 1e9)[np.ix_(small, small)]
    wishes = Wishes(
        budget_m=wishes.budget_m, most=wishes.most, must=[at[i] for i in wishes.must],
        safe=[at[i] for i in wishes.safe if i in at], distance_m=finite,
    )  # fmt: skip
    found = choose(steps.metres([places[int(i) + 1] for i in rows]), np.asarray(worth)[rows], None, wishes)
    stops = tuple(int(rows[k]) for k in found.stops)
    extra = np.full(len(worth), np.inf)
    extra[rows] = found.extra_m or np.inf
    return Choice(stops, found.length_m, found.score, found.enough, found.proven, tuple(extra))


def _told(
    spots: Sequence[DarkSpot], safe: Sequence[NamedPlace], wanted: Wanted, chosen: Choice, distance: np.ndarray, *, measured: str
) -> Proposal:  # fmt: skip
    def candidate(row: int) -> Candidate:
        spot = spots[row] if row < len(spots) else None
        place = safe[row - len(spots)] if spot is None else None
        ordinal = chosen.stops.index(row) + 1 if row in chosen.stops else None
        why = None if ordinal else planning.why_left_out(
            excluded=spot is not None and spot.id in wanted.excluded, there_and_back_m=float(2 * distance[0, row + 1]),
            loop_m=chosen.length_m, extra_m=chosen.extra_m[row], length_max_m=wanted.length_m, stops=len(chosen.stops),
        )  # fmt: skip
        return Candidate(spot, place, ordinal, why, pinned=spot is not None and spot.id in wanted.pinned)

    stops = [candidate(row) for row in chosen.stops]
    minutes = rules.minutes(walking_minutes(chosen.length_m), [rules.MINUTES_PER_STOP] * len(stops))
    return Proposal(
        stops=stops, left=[candidate(row) for row in range(len(spots)) if row not in chosen.stops],
        length_m=chosen.length_m, minutes=minutes, measured=measured, proven=chosen.proven, enough=chosen.enough,
        too_long=chosen.length_m > wanted.length_m,
    )  # fmt: skip


def _safe_places(district_id: int, spots: Sequence[DarkSpot]) -> list[NamedPlace]:
    """Return the district's named places at which nobody has reported anything, nearest the best spots first."""
    named = db.session.scalars(
        select(NamedPlace)
        .where(NamedPlace.district_id == district_id)
        .order_by(NamedPlace.name, NamedPlace.id)
        .limit(400)
    ).all()
    if not named:
        return []
    xy = steps.metres([(p.lon, p.lat) for p in named])
    away = distances_m(np.vstack([xy, steps.metres([(s.lon, s.lat) for s in spots])]))[: len(named), len(named) :]
    clear = [i for i in range(len(named)) if away[i].min() > planning.CLEAR_OF_SPOTS_M]
    best = away[:, : rules.STOPS_PROPOSED].mean(axis=1)
    return [named[i] for i in sorted(clear, key=lambda i: (best[i], i))[: planning.SAFE_PLACES_MAX]]
