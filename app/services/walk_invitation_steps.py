"""Which walk people are asked to, and whose addresses an invitation may use."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.models.base import db
from app.models.reports import Contact, Membership
from app.models.staff import Organisation
from app.models.walks import Walk, WalkStop

SHOWN = ("planned", "invited", "cancelled")


def open_walk(walk_id: int) -> Walk | None:
    """Return a walk that everybody is asked to, or that was called off, or None."""
    found = select(Walk).where(Walk.id == walk_id, Walk.state.in_(SHOWN))
    return db.session.scalars(found.options(joinedload(Walk.district))).first()


def walked(walk_id: int) -> Walk | None:
    """Return a walk that has been held and whose protocol is not out yet, or None."""
    return db.session.scalars(
        select(Walk).where(Walk.id == walk_id, Walk.state.in_(("walked", "protocol_draft")))
    ).first()


def letters(
    walk_id: int, organisation_ids: Sequence[int], *, reporters: bool
) -> tuple[Walk | None, list[tuple[str, str]]]:
    """Return a walk and the (key, address) of everybody who is to be written to, for the job."""
    walk = open_walk(walk_id)
    if walk is None:
        return None, []
    organisations = db.session.scalars(select(Organisation).where(Organisation.id.in_(organisation_ids)))
    found = [(f"walk-{walk_id}-o{o.id}", o.email) for o in organisations if o.email]
    if reporters:
        rows = db.session.scalars(reporters_of(walk_id))
        once = {row.address: row.id for row in rows}
        found += [(f"walk-{walk_id}-c{i}", address) for address, i in once.items()]
    return walk, found


def reporters_of(walk_id: int) -> Select[Contact]:
    """Return the addresses of those who reported a walk's places and wished to be asked along."""
    spots = select(WalkStop.dark_spot_id).where(WalkStop.walk_id == walk_id, WalkStop.dark_spot_id.is_not(None))
    return (
        select(Contact).join(Membership, Membership.report_id == Contact.report_id)
        .where(Membership.dark_spot_id.in_(spots), Contact.wants_invitation.is_(True), Contact.address.contains("@"))
        .order_by(Contact.id)
    )  # fmt: skip
