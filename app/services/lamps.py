"""What people do to the light-point register: import it, switch a lamp off on purpose, correct it from the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.adapters.geofeatures import GeoFile
from app.domain.people import TECHNICIAN, Actor, NotAllowed
from app.domain.reports import is_position
from app.domain.tickets import PLATE
from app.models.base import db
from app.models.lamps import Lamp, LampCorrection
from app.models.staff import Organisation
from app.services.desk_steps import Unclear
from app.services.lamp_steps import Comparison, compare_only, write
from app.services.ticket_steps import Fault, ticket_for
from app.services.transitions import note_of_lamp

KINDS = ("moved", "added", "removed", "number", "plate", "other")
CORRECTED = {
    "moved": "Läget rättat.", "removed": "Rivs.", "number": "Stolpnumret rättat.", "plate": "Skylten saknas.",
    "other": "Rättelse.",
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A correction as somebody sends it from the field."""

    kind: str
    lamp_id: int | None = None
    ticket_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    pole_number: str = ""
    note: str = ""


def compare_file(file: GeoFile, mapping: Mapping[str, str], crs: str = "") -> Comparison:
    """Return what a file would change; nothing is written, and nobody's lock is held."""
    db.session.rollback()
    return compare_only(file, mapping, crs)


def keep(done: Comparison, *, now: datetime, step: Callable[[int], None]) -> None:
    """Write what a comparison found: all of it or nothing."""
    write(done, now=now, step=step)
    db.session.commit()


def switch_off(
    lamp_id: int, *, reason: str, decided_by: str, decided_on: date | None, actor: Actor, now: datetime
) -> Lamp:
    """Note that a lamp is dark on purpose, why, and who decided it: residents read the reason."""
    codes = {name: "required" for name, value in (("off_reason", reason), ("off_decided_by", decided_by)) if not value}
    if codes:
        raise Unclear(codes)
    lamp = _lamp(lamp_id)
    before = lamp.status
    lamp.status, lamp.off_reason, lamp.off_decided_by, lamp.off_decided_on = (
        "deliberately_off", reason, decided_by, decided_on,
    )  # fmt: skip
    note_of_lamp(lamp, actor=actor, now=now, reason=f"{reason} Beslut: {decided_by}.", before=before)
    db.session.commit()
    return lamp


def switch_on(lamp_id: int, *, actor: Actor, now: datetime) -> Lamp:
    """Note that a lamp is to shine again; the old reason goes with it, and stays in the history."""
    lamp = _lamp(lamp_id)
    before = lamp.status
    lamp.status, lamp.off_reason, lamp.off_decided_by, lamp.off_decided_on = "in_service", "", "", None
    note_of_lamp(lamp, actor=actor, now=now, reason="Ska lysa igen.", before=before)
    db.session.commit()
    return lamp


def belongs_to(lamp_id: int, *, owner_id: int | None, operator_id: int | None, actor: Actor, now: datetime) -> Lamp:
    """Say who owns a lamp and who tends it."""
    known = {row.id: row.name for row in db.session.execute(select(Organisation.id, Organisation.name))}
    wrong = {
        name: "choice_unknown"
        for name, value in (("owner_id", owner_id), ("operator_id", operator_id))
        if value is not None and value not in known
    }
    if wrong:
        raise Unclear(wrong)
    lamp = _lamp(lamp_id)
    said = [
        f"{word}: {known.get(old or 0, 'ingen')} → {known.get(new or 0, 'ingen')}."
        for word, old, new in (("Ägare", lamp.owner_id, owner_id), ("Driftentreprenör", lamp.operator_id, operator_id))
        if old != new
    ]
    lamp.owner_id, lamp.operator_id = owner_id, operator_id
    if said:
        note_of_lamp(lamp, actor=actor, now=now, reason=" ".join(said))
    db.session.commit()
    return lamp


def suggest(draft: Draft, *, actor: Actor, now: datetime, today: date) -> LampCorrection:
    """Keep what somebody in the field says of the register, as a draft; the register itself stays as it is.

    A plate that is missing is also work for somebody: its ticket (B15) opens by itself, once, beside what else is wrong there.

    Raises:
        Unclear: a place or a number is missing, or there is no such lamp.

    """
    codes: dict[str, str] = {}
    if draft.kind not in KINDS:
        codes["kind"] = "choice_unknown"
    if draft.kind in {"moved", "added"} and (
        draft.lon is None or draft.lat is None or not is_position(draft.lon, draft.lat)
    ):
        codes["lat"] = "position_missing"
    if draft.kind != "added" and (draft.lamp_id is None or db.session.get(Lamp, draft.lamp_id) is None):
        codes["lamp_id"] = "choice_unknown"
    if draft.kind == "number" and not draft.pole_number:
        codes["pole_number"] = "required"
    if draft.kind == "other" and not draft.note:
        codes["note"] = "required"
    if codes:
        raise Unclear(codes)
    kept = LampCorrection(
        kind=draft.kind, status="draft", lamp_id=draft.lamp_id, ticket_id=draft.ticket_id, lon=draft.lon, lat=draft.lat,
        pole_number=draft.pole_number[:80], note=draft.note[:500], by_staff_id=actor.staff_id, by_name=actor.name,
        created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(kept)
    lamp = db.session.get(Lamp, draft.lamp_id) if draft.kind == "plate" else None
    if lamp is not None:
        fault = Fault(PLATE, lamp.lon, lamp.lat, lamp=lamp, directions=draft.note[:300], source="patrol")
        kept.ticket_id = ticket_for(fault, [], actor=actor, report_actor=actor, now=now, today=today)[0].id
    db.session.commit()
    return kept


def settle(correction_id: int, *, accept: bool, answer: str, actor: Actor, now: datetime) -> LampCorrection:
    """Accept a draft into the register or turn it down; once only."""
    if actor.role == TECHNICIAN:
        raise NotAllowed("only the desk settles corrections")
    found = select(LampCorrection).where(LampCorrection.id == correction_id).options(joinedload(LampCorrection.lamp))
    draft = db.session.scalars(found.with_for_update(of=LampCorrection)).first()
    if draft is None or draft.status != "draft":
        raise Unclear(correction="choice_unknown")
    if accept:
        _carry_out(draft, actor, now)
    draft.status, draft.answer = "accepted" if accept else "rejected", answer[:500]
    draft.decided_by, draft.decided_at, draft.updated_at = actor.name, now, now
    db.session.commit()
    return draft


def _carry_out(draft: LampCorrection, actor: Actor, now: datetime) -> None:
    lamp = draft.lamp
    if draft.kind == "added" and draft.lon is not None and draft.lat is not None:
        lamp = Lamp(
            asset_id=f"field-{draft.id}", pole_number=draft.pole_number, note=draft.note, created_at=now, updated_at=now
        )
        lamp.place_at(draft.lon, draft.lat)
        db.session.add(lamp)
        db.session.flush()
        draft.lamp_id = lamp.id
        return
    if lamp is None:
        raise Unclear(lamp_id="choice_unknown")
    before = lamp.status
    if draft.kind == "moved" and draft.lon is not None and draft.lat is not None:
        lamp.place_at(draft.lon, draft.lat)
    elif draft.kind == "number":
        lamp.pole_number = draft.pole_number
    elif draft.kind == "removed":
        lamp.status = "being_removed"
    said = f"{CORRECTED[draft.kind]} Från fältet: {draft.by_name}. {draft.note}"
    note_of_lamp(lamp, actor=actor, now=now, before=before, reason=said)


def _lamp(lamp_id: int) -> Lamp:
    lamp = db.session.get(Lamp, lamp_id)
    if lamp is None:
        raise Unclear(lamp_id="choice_unknown")
    return lamp
