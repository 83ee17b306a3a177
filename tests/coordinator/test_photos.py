"""A photo at the desk: what is covered in it is gone for everybody, and the photo as it came in is locked."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from app.adapters.photo_intake import key
from app.models.base import db
from app.models.history import History
from app.models.photos import LockedPhoto, Photo
from app.models.reports import Report
from app.models.walks import Walk, WalkEntry, WalkStop
from app.services import walk_notes
from tests.builders import CENTRE, Scene, jpeg

BOX = {"left": "0", "top": "0", "width": "50", "height": "100"}


def kept_photo(scene: Scene, public_id: str = "ab" * 16, **owner: int) -> Photo:
    store = scene.app.extensions["ljuspunkt"].photo_store
    for variant in ("large", "small"):
        store.put(key(public_id, variant), jpeg(64, 48, "red"))
    photo = Photo(
        public_id=public_id, sha256="0" * 64, width=64, height=48, created_at=scene.now, updated_at=scene.now, **owner
    )
    db.session.add(photo)
    db.session.commit()
    return photo


def cover(client: FlaskClient, photo: Photo, **fields: object):
    sent = {"seen": photo.public_id, "reason": "en person syns", **BOX, **fields}
    return client.post(f"/coordinator/photos/{photo.id}/cover", data=sent)


def pixels(client: FlaskClient, public_id: str, variant: str = "large") -> Image.Image:
    answer = client.get(f"/photos/{public_id}/{variant}")
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.data)).convert("RGB")


def now_kept(photo: Photo) -> Photo:
    db.session.expire_all()
    return db.session.get_one(Photo, photo.id)


def walk_photo(scene: Scene, public_id: str = "cd" * 16) -> tuple[Walk, Photo]:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    walk = Walk(
        state="protocol_published", title="Vandring", district_id=scene.oxhagen.id, starts_at=scene.now - timedelta(days=9),
        published_at=scene.now, summary="Mörkt i tunneln.", attendance={"residents": 5}, **stamp,
    )  # fmt: skip
    stop = WalkStop(ordinal=1, lon=CENTRE[0], lat=CENTRE[1], title="Tunneln", **stamp)
    stop.entries = [WalkEntry(group_name="Grupp A", scores={"light": 0}, **stamp)]
    walk.stops = [stop]
    db.session.add(walk)
    db.session.commit()
    return walk, kept_photo(scene, public_id, purpose="walk", walk_entry_id=stop.entries[0].id)


def test_a_covered_photo_shows_solid_black_in_both_sizes_and_the_old_address_shows_nothing(scene: Scene) -> None:
    report, client = scene.report(), scene.signed_in("coordinator")
    photo = kept_photo(scene, report_id=report.id)
    before = photo.public_id
    assert cover(client, photo).location == f"/coordinator/reports/{report.id}"
    after = now_kept(photo)
    assert after.public_id != before
    for variant in ("large", "small"):
        shown = pixels(client, after.public_id, variant)
        assert max(shown.getpixel((shown.width // 4, shown.height // 2))) < 12
        assert shown.getpixel((shown.width - 3, 3))[0] > 200
        assert client.get(f"/photos/{before}/{variant}").status_code == 404


def test_the_photo_as_it_came_in_is_locked_with_who_when_and_why(scene: Scene) -> None:
    report = scene.report()
    photo = kept_photo(scene, report_id=report.id)
    before = photo.public_id
    cover(scene.signed_in("coordinator"), photo)
    locked = db.session.scalars(select(LockedPhoto)).one()
    assert (locked.public_id, locked.reason, locked.locked_by) == (before, "en person syns", "Coordinator")
    assert locked.created_at == scene.now
    assert scene.app.extensions["ljuspunkt"].photo_store.get(key(before, "large"))
    lines = db.session.execute(select(History.thing, History.reason).where(History.reason.contains("vermål"))).all()
    assert {thing for thing, _ in lines} == {"report", "photo"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"left": "", "top": "", "width": "", "height": ""}, "boxes"),
        ({"width": "bred"}, "boxes"),
        ({"left": "nan"}, "boxes"),
        ({"height": "0"}, "boxes"),
        ({"left": "100"}, "boxes"),
    ],
)
def test_what_cannot_be_covered_is_said_beside_its_field_and_nothing_typed_is_lost(
    scene: Scene, fields, field: str
) -> None:
    photo = kept_photo(scene, report_id=scene.report().id)
    answer = cover(scene.signed_in("coordinator"), photo, **{"top": "12,5", **fields})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert fields.get("top", "12,5") in answer.text
    assert db.session.scalars(select(LockedPhoto)).all() == []


def test_two_who_cover_the_same_photo_at_once_do_not_undo_each_other(scene: Scene) -> None:
    photo, client = kept_photo(scene, report_id=scene.report().id), scene.signed_in("coordinator")
    seen = photo.public_id
    cover(client, photo)
    late = cover(client, photo, seen=seen)
    assert late.status_code == 409
    assert "medan du hade det öppet" in late.text
    assert len(db.session.scalars(select(LockedPhoto)).all()) == 1


def test_a_photo_from_a_walk_is_public_first_when_the_desk_approved_it(scene: Scene) -> None:
    walk, photo = walk_photo(scene)
    client, stranger = scene.signed_in("coordinator"), scene.app.test_client()
    assert photo.public_id not in stranger.get(f"/walks/{walk.id}").text
    address = f"/coordinator/photos/{photo.id}/judge"
    assert client.post(address, data={"to": "approved"}).status_code == 303
    assert photo.public_id in stranger.get(f"/walks/{walk.id}").text
    assert stranger.get(f"/photos/{photo.public_id}/large").status_code == 200
    assert client.post(address, data={"to": "hidden", "hide_reason": ""}).status_code == 422
    assert client.post(address, data={"to": "hidden", "hide_reason": "bilskylt"}).status_code == 303
    assert stranger.get(f"/photos/{photo.public_id}/large").status_code == 404


def test_a_phone_that_sends_a_covered_photo_again_does_not_bring_it_back(scene: Scene) -> None:
    _, photo = walk_photo(scene, "0123456789abcdef0123456789abcdef")
    cover(scene.signed_in("coordinator"), photo)
    assert walk_notes.photo_is_kept("01234567-89ab-cdef-0123-456789abcdef")


def test_a_coordinator_of_another_district_covers_and_approves_nothing(scene: Scene, limit_coordinator) -> None:
    report, client = scene.report(16.345, 56.676), scene.signed_in("coordinator")
    photo = kept_photo(scene, report_id=report.id)
    limit_coordinator(scene.oxhagen)
    assert cover(client, photo).status_code == 403
    assert client.post(f"/coordinator/photos/{photo.id}/judge", data={"to": "approved"}).status_code == 403
    assert now_kept(photo).state == "staff_only"
    assert db.session.scalars(select(LockedPhoto)).all() == []


def test_a_technicians_photo_is_covered_from_the_page_of_its_ticket(scene: Scene) -> None:
    ticket = scene.ticket()
    photo = kept_photo(scene, ticket_id=ticket.id)
    desk = scene.signed_in("coordinator")
    assert f'href="/coordinator/photos/{photo.id}"' in desk.get(f"/coordinator/tickets/{ticket.id}").text
    assert cover(desk, photo).headers["Location"] == f"/coordinator/tickets/{ticket.id}"


def test_a_photo_that_waits_for_its_report_or_does_not_exist_is_not_found(scene: Scene) -> None:
    photo, client = kept_photo(scene), scene.signed_in("coordinator")
    assert client.get(f"/coordinator/photos/{photo.id}").status_code == 404
    assert cover(client, photo).status_code == 404
    assert client.get("/coordinator/photos/99").status_code == 404
    assert db.session.scalars(select(Report)).all() == []


def test_a_decision_on_disposal_deletes_the_locked_originals_and_history_keeps_the_decision(scene: Scene) -> None:
    photo, client = kept_photo(scene, report_id=scene.report().id), scene.signed_in("coordinator")
    before = photo.public_id
    cover(client, photo)
    store, run = scene.app.extensions["ljuspunkt"].photo_store, scene.app.test_cli_runner().invoke
    early = run(args=["originals", "dispose", scene.now.date().isoformat(), "--decision", "KS 2027/14"])
    assert "0 texts and 0 photos are deleted." in early.output
    assert store.get(key(before, "large"))
    day = (scene.now + timedelta(days=1)).date().isoformat()
    assert "1 photos would be" in run(args=["originals", "dispose", day, "--decision", "KS", "--dry-run"]).output
    done = run(args=["originals", "dispose", day, "--decision", "KS 2027/14"])
    assert "0 texts and 1 photos are deleted." in done.output
    with pytest.raises(KeyError):
        store.get(key(before, "large"))
    db.session.expire_all()
    assert db.session.scalars(select(LockedPhoto)).all() == []
    assert any("KS 2027/14" in line for line in db.session.scalars(select(History.reason)))
    assert pixels(client, now_kept(photo).public_id)
