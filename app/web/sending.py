"""One report on its way in, the same for the form and for the API: photo first, row second, answer last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from werkzeug.datastructures import FileStorage, MultiDict

from app.adapters.photo_intake import Intake, take_in
from app.domain.reports import PHOTOS_MAX, ReportDraft, read, whole
from app.models.base import set_reading
from app.services import place_names, reports
from app.web.parts import now, parts, random_name, random_numbers


@dataclass(frozen=True)
class Refused(Exception):
    """The report cannot be kept as it stands: a code beside each field's name."""

    errors: Mapping[str, str]


def fields(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return a form's fields as the pure rules read them."""
    return {name: [whole(value) for value in form.getlist(name)] for name in form}


def spoken(name: str) -> dict[str, Any] | None:
    """Return what a program sent: the JSON itself, or with photos a form whose field `name` is that JSON; None for anything else."""
    if request.is_json:
        found = request.get_json(silent=True)
    else:
        try:
            found = current_app.json.loads(request.form.get(name, ""))
        except ValueError:
            return None
    return found if isinstance(found, dict) else None


def uploads(files: MultiDict[str, FileStorage]) -> list[bytes]:
    """Return the bytes of the photos that were chosen, none for an empty file; an input in which nothing was chosen is no photo."""
    return [file.read() for file in files.getlist("photos") if file.filename or file.content_length]


def send(sent: Mapping[str, Sequence[str]], photos: Sequence[bytes]) -> reports.Received:
    """Keep a report, or give back what the same sending got before.

    Raises:
        Refused: with field errors. reports.OutsideMunicipality, reports.OtherBody.

    """
    known = with_known_place(sent)
    reading = read(known)
    if reading.draft is None:
        raise Refused(_with_the_pole(reading.errors, known))
    draft, staged = reading.draft, list(known.get("staged_photos") or ())[:PHOTOS_MAX]
    body = reports.fingerprint(draft, photos, staged)
    earlier = _look_up(draft, body)
    if earlier is not None:
        return earlier
    intake = take_in_photos(photos, PHOTOS_MAX - len(staged))
    received = reports.receive(
        draft, body, photos=intake, staged=staged, keys=parts().keys,
        reference_numbers=random_numbers(5 * reports.REFERENCE_TRIES), now=now(),
    )  # fmt: skip
    parts().jobs.wake()
    return received


def take_in_photos(photos: Sequence[bytes], most: int) -> Intake:
    """Clean photos and put them on durable storage, outside of any transaction."""
    if not photos:
        return Intake()
    names = [random_name() for _ in photos]
    return take_in(photos, names, parts().cleaner, parts().photo_store, max(most, 0))


def with_known_place(sent: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """Fill in the position of a place chosen in the list, or of a pole, when it was given instead of a position.

    A pole that was named decides also beside a position (`method` is `pole`): somebody at home means the lamp, not their sofa.
    """
    names = ("lat", "lon", "place_id", "pole_number")
    given = {name: "".join([v.strip() for v in sent.get(name) or ()][:1]) for name in names}
    is_placed, by_pole = bool(given["lat"] or given["lon"]), (sent.get("method") or [""])[0] == "pole"
    if is_placed and not by_pole:
        return sent
    with only_reading():
        in_list = given["place_id"].isdecimal() and not is_placed
        place = place_names.named_place(int(given["place_id"][:9])) if in_list else None
        lamp = None if place else reports.place_of_pole(given["pole_number"])
    if place is not None:
        return {**sent, "lat": [repr(place.lat)], "lon": [repr(place.lon)], "method": ["list"], "accuracy_m": []}
    if lamp is None:
        return sent
    method = sent.get("method") or ["pole"]
    return {
        **sent,
        "lat": [repr(lamp.lat)],
        "lon": [repr(lamp.lon)],
        "accuracy_m": [],
        "method": method if method[0] == "qr" else ["pole"],
    }


def _with_the_pole(errors: Mapping[str, str], sent: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Say that a pole is not known, rather than that no place was given, when its number is all that was."""
    is_named = any(value.strip() for value in sent.get("pole_number") or ())
    return {**errors, "lat": "pole_unknown"} if is_named and errors.get("lat") == "position_missing" else errors


@contextmanager
def only_reading() -> Iterator[None]:
    """Look something up without the write lock, and give it back before slow work such as cleaning a photo."""
    set_reading(only=True)
    try:
        yield
    finally:
        reports.end_transaction()
        set_reading(only=False)


def _look_up(draft: ReportDraft, body: str) -> reports.Received | None:
    with only_reading():
        earlier = reports.already_received(draft, body, parts().keys)
        if earlier is None:
            reports.check_inside(draft.lon, draft.lat)
        return earlier
