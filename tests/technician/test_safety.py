"""Work that is broken off for safety reaches those who lead it, and a lamp that somebody else took says so."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app.models.base import db
from app.models.history import History
from app.models.staff import Staff
from app.web.parts import KEY
from tests.builders import Scene


def letters(scene: Scene) -> dict[str, str]:
    outbox = Path(scene.app.extensions[KEY].settings.instance) / "outbox"
    return {path.name: path.read_text(encoding="utf-8") for path in outbox.glob("*.eml")}


def test_an_interruption_is_seen_at_the_desk_at_once_and_written_to_those_who_lead(scene: Scene) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp(), state="on_site", to=scene.technician())
    desk = scene.signed_in("coordinator")
    scene.signed_in("admin")
    assert "Avbrutet av säkerhetsskäl" not in desk.get("/coordinator/").text
    van = scene.signed_in("technician")
    sent = {"version": ticket.version, "note": "En lös hund vid skåpet"}
    assert van.post(f"/technician/tickets/{ticket.id}/break-off", data=sent).status_code == 303
    scene.app.extensions[KEY].jobs.round()
    written = [text for name, text in letters(scene).items() if name.startswith("interruption-")]
    assert sorted(text.split("To: ")[1].split("\n")[0].partition("@")[0] for text in written) == [
        "admin",
        "coordinator",
    ]
    page = desk.get("/coordinator/").text
    assert "Avbrutet av säkerhetsskäl" in page
    assert "En lös hund vid skåpet" in page
    number = page.split("/coordinator/interruptions/")[1].split('"')[0]
    assert desk.post(f"/coordinator/interruptions/{number}").status_code == 303
    assert "En lös hund" not in desk.get("/coordinator/").text
    last = db.session.scalars(
        select(History.reason).where(History.thing == "ticket").order_by(History.id.desc())
    ).first()
    assert "omhändertaget" in (last or "")


def test_an_interruption_is_told_to_no_resident(scene: Scene) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp(), state="on_site", to=scene.technician())
    van = scene.signed_in("technician")
    van.post(f"/technician/tickets/{ticket.id}/break-off", data={"version": ticket.version, "note": "Någon hotade mig"})
    resident = scene.app.test_client()
    shown = [resident.get(path).text for path in (f"/r/{scene.last_receipt}", "/places", "/repairs")]
    assert not any("hotade" in page or "säkerhetsskäl" in page for page in shown)


def test_a_lamp_that_a_colleague_took_over_says_who_has_it_and_leads_back(scene: Scene) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp(), state="assigned", to=scene.technician())
    van = scene.signed_in("technician")
    assert van.get(f"/technician/tickets/{ticket.id}").status_code == 200
    other = Staff(
        email="olle@kalmar.example", role="technician", name="Olle Ek", password_hash="", created_at=scene.now,
        updated_at=scene.now,
    )  # fmt: skip
    db.session.add(other)
    db.session.flush()
    ticket.assignee_id = other.id
    db.session.commit()
    for answer in (
        van.get(f"/technician/tickets/{ticket.id}"),
        van.post(f"/technician/tickets/{ticket.id}/arrive", data={"version": ticket.version}),
    ):
        assert "Olle Ek har tagit över lampan" in answer.text
        assert 'href="/technician/"' in answer.text
    assert van.get("/technician/tickets/4711").status_code == 404
