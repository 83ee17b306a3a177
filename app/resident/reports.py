"""Reporting a place, and following what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.adapters.push import Phone, Refused
from app.domain.reports import PHOTOS_MAX, clean_text, is_position, read, sounds_urgent
from app.domain.states import TICKET_WAITING
from app.services import lit_answers, place_names, reports
from app.services import push as phones
from app.web import sending
from app.web.guard import EVERYONE, admit
from app.web.languages import language, local_date, long_date, tr
from app.web.nearby import dark_on_purpose, promise, what_is_near
from app.web.parts import now, parts
from app.web.photos import receipt_address
from app.web.reporter import voice_of, with_reporter
from app.web.security import REPORTS_PER_PREFIX, csrf, is_ours, limiter
from app.web.serializers import public_status, public_word, timeline
from app.web.shell import is_shell
from app.web.words import field_errors, photo_problem

blueprint = admit(Blueprint("report", __name__), EVERYONE)


@blueprint.get("/report")
def form() -> Response:
    """Show an empty report; `?pole=` fills in a pole from a QR code, `?lat=&lon=` a saved place."""
    if is_shell():  # kept on the phone and opened many times: the phone gives each report its number
        return make_response(_page({"lang": language()}))
    values: dict[str, Any] = {"client_id": str(uuid.uuid4()), "lang": language()}
    for name in ("lat", "lon", "accuracy_m"):
        values[name] = request.args.get(name, "")[:24]
    if pole := request.args.get("pole", "")[:40]:
        values |= {"pole_number": pole, "method": "qr"} | _place_of(pole)
    return with_reporter(make_response(_page(values)))


@blueprint.post("/report")
@csrf.exempt  # asked within, where everything that was written can be shown again
@limiter.limit(REPORTS_PER_PREFIX)
def submit() -> Response | tuple[str, int]:
    """Keep the report and go to its receipt; otherwise show the form again with everything in it."""
    sent = sending.fields(request.form)
    sent["reporter_key"] = [voice_of(request)]
    sent.setdefault("lang", [language()])
    for name in ("lat", "lon", "accuracy_m"):  # whoever types a position writes a comma
        sent[name] = [text.replace(",", ".") for text in sent.get(name, [])]
    _use_photo_position(sent)
    photos = sending.uploads(request.files)
    if not is_ours():
        flash(gettext("Sidan hade legat öppen för länge. Allt du skrev står kvar. Skicka igen."))
        return _again(sent, photos, {})
    if sounds_urgent(" ".join(sent.get("text", []))) and not sent.get("send_anyway"):
        return _again(sent, photos, {}, urgent=True)
    try:
        received = sending.send(sent, photos)
    except sending.Refused as refused:
        return _again(sent, photos, dict(refused.errors))
    except reports.OutsideMunicipality:
        return _again(sent, photos, {"lat": "outside"})
    except reports.OtherBody:
        sent["client_id"] = [str(uuid.uuid4())]
        flash(gettext("En rapport från det här formuläret är redan skickad. Skicka igen om det här är en ny rapport."))
        return _again(sent, photos, {})
    if received.refused:
        flash(gettext("Rapporten är sparad.") + " " + _problems(received.refused), "wait")
    return redirect(url_for("report.receipt", receipt=received.receipt), 303)


@blueprint.get("/r/<receipt>")
def receipt(receipt: str) -> str:
    """Show what has become of a report to the one who holds its secret."""
    report = reports.by_receipt(receipt) or abort(404)
    return _receipt_page(report, receipt)


@blueprint.get("/r/<receipt>/<any(photos, withdraw, follow, better, lit):_form>")
def back_to_receipt(receipt: str, _form: str) -> Response:
    """Lead whoever opens the address of a form on the receipt (after an error, or from the history) to the receipt."""
    return redirect(url_for("report.receipt", receipt=receipt), 303)


@blueprint.post("/r/<receipt>/photos")
@limiter.limit(REPORTS_PER_PREFIX)
def add_photos(receipt: str) -> Response | tuple[str, int]:
    """Take photos that come later, taken in daylight."""
    report = reports.by_receipt(receipt) or abort(404)
    room = PHOTOS_MAX - len(report.photos)
    reports.end_transaction()
    intake = sending.take_in_photos(sending.uploads(request.files), room)
    added = reports.add_photos(receipt, intake, now=now())
    if added is None:
        flash(gettext("Fotot är inte sparat. Du har tagit tillbaka rapporten, så den tar inte emot fler foton."))
        return redirect(url_for("report.receipt", receipt=receipt), 303)
    problems = [photo_problem(code) for code in intake.refused]
    if not added and (problems or not intake.kept):
        again = reports.by_receipt(receipt) or abort(404)
        wrong = {"photos": " ".join(problems) or gettext("Välj ett foto först.")}
        return _receipt_page(again, receipt, errors=wrong), 422
    for sentence in problems:
        flash(sentence)
    flash(gettext("Tack. Fotot är sparat."))
    return redirect(url_for("report.receipt", receipt=receipt), 303)


@blueprint.post("/r/<receipt>/phone")
@limiter.limit(REPORTS_PER_PREFIX)
def follow_by_phone(receipt: str) -> Response:
    """Let this phone be told when something happens, or (without an address) no longer."""
    sent = {name: request.form.get(name, "")[:600] for name in ("endpoint", "p256dh", "auth")}
    if request.form.get("stop"):
        found = phones.unfollow(receipt, sent["endpoint"])
    else:
        try:
            found = phones.follow(receipt, Phone(**sent), now=now())
        except Refused:
            abort(400)
    return Response(status=204) if found else abort(404)


@blueprint.post("/r/<receipt>/withdraw")
def withdraw(receipt: str) -> Response:
    """Take the report back."""
    had_contact = reports.withdraw(receipt, now=now())
    if had_contact is None:
        abort(404)
    parts().jobs.wake()
    flash(gettext("Du har tagit tillbaka rapporten."))
    if had_contact:
        flash(gettext("Vi har tagit bort din kontaktuppgift."))
    return redirect(url_for("report.receipt", receipt=receipt), 303)


@blueprint.post("/r/<receipt>/follow")
def follow(receipt: str) -> Response | tuple[str, int]:
    """Leave, change or remove a contact."""
    report = reports.by_receipt(receipt) or abort(404)
    contact = clean_text(request.form.get("contact", ""))
    wrong = read({"contact": [contact]}).errors.get("contact")
    if wrong:
        return _receipt_page(report, receipt, errors=field_errors({"contact": wrong}), contact=contact), 422
    ticked = {name: bool(request.form.get(name)) for name in ("wants_answer", "wants_invitation")}
    kept = reports.follow(receipt, contact, now=now(), **ticked)
    flash(gettext("Sparat.") if kept and kept.contact else gettext("Vi har tagit bort din kontaktuppgift."))
    return redirect(url_for("report.receipt", receipt=receipt), 303)


@blueprint.post("/r/<receipt>/better")
def better(receipt: str) -> Response:
    """Take the answer to “Känns platsen tryggare nu?”."""
    answer = request.form.get("answer", "")
    if answer not in {"yes", "no", "unknown"}:
        abort(400)
    kept = reports.say_whether_better(receipt, answer, now=now())
    if kept is None:
        abort(404)
    parts().jobs.wake()
    if not kept:
        flash(gettext("Svaret är inte sparat. Vi frågar om platsen först när rapporten har fått svar."))
    elif answer == "no":
        flash(gettext("Tack. Vi öppnar ärendet igen och tittar på platsen."))
    else:
        flash(gettext("Tack för ditt svar."))
    return redirect(url_for("report.receipt", receipt=receipt), 303)


def _receipt_page(
    report: Any, receipt: str, *, errors: dict[str, str] | None = None, contact: str | None = None
) -> str:
    """Return the page of one report; `contact` is what somebody typed that cannot be kept."""
    known = report.contact.address if report.contact else ""
    status = public_status(report)
    new = status == "received" and report.state != "reopened"
    return render_template(
        "resident/receipt.html", report=report, receipt=receipt, status=status, word=public_word(report), lines=timeline(report),
        told=report.notices[-1].at if report.notices else report.received_at,
        photos=[receipt_address(p.public_id, "small") for p in report.photos if p.state != "hidden"],
        room=PHOTOS_MAX - len(report.photos), municipality=place_names.municipality(), errors=errors or {},
        contact=known if contact is None else contact, push_key=parts().push.public_key,
        off=dark_on_purpose(report.lamp) if report.lamp and status not in {"withdrawn", "done"} else "",
        promised=_promised(report.ticket),
        expected=[tr(s.text, **s.facts) for s in reports.expected_of(report, local_date(report.received_at))] if new else [],
    )  # fmt: skip


def _promised(ticket: Any) -> str:
    """Return when the lamp will be mended, or that it takes longer: as everybody reads it who asks near the place."""
    if ticket is None:
        return ""
    today = local_date(now())
    if ticket.due_on < today or ticket.state in TICKET_WAITING:
        return promise(ticket, today)
    return str(
        gettext(
            "Belysningen ska vara lagad senast %(day)s. Om det tar längre tid får du veta varför här.",
            day=long_date(ticket.due_on),
        )
    )


@blueprint.post("/r/<receipt>/lit")
def lit(receipt: str) -> Response:
    """Take the answer to “Lyser lampan nu?”."""
    answer = request.form.get("answer", "")
    if answer not in {"yes", "no"}:
        abort(400)
    asked = lit_answers.say_whether_lit(receipt, lit=answer == "yes", now=now())
    if asked is None:
        abort(404)
    parts().jobs.wake()
    report = reports.by_receipt(receipt)
    if not asked and (report is None or report.ticket is None or report.state in lit_answers.SILENT):
        flash(gettext("Svaret är inte sparat. Vi frågar om lampan först när den är lagad."))
    elif not asked:
        flash(gettext("Tack. Någon hann svara före dig. Vad som hänt står i listan."))
    elif answer == "yes":
        flash(gettext("Tack. Nu vet vi att den lyser."))
    else:
        flash(gettext("Tack. Vi öppnar ärendet igen och åker dit."))
    return redirect(url_for("report.receipt", receipt=receipt), 303)


def _place_of(pole: str) -> dict[str, Any]:
    """Return the position of a pole whose code was read with the camera, so that what is known of it is shown at once."""
    lamp = reports.place_of_pole(pole)
    return {"lat": f"{lamp.lat:.7f}", "lon": f"{lamp.lon:.7f}", "pole_is_known": True} if lamp else {}


def _use_photo_position(sent: dict[str, list[str]]) -> None:
    """Take the place that the camera claimed, only when the person said yes to it."""
    if not sent.get("use_photo_position") or any(v.strip() for name in ("lat", "place_id") for v in sent.get(name, [])):
        return
    claims = [p for p in _stage(sent, [])[0] if p.lon is not None]
    if claims:
        sent |= {"lat": [repr(claims[0].lat)], "lon": [repr(claims[0].lon)], "method": ["pin"], "accuracy_m": []}


def _again(
    sent: dict[str, list[str]], photos: list[bytes], codes: dict[str, str], *, urgent: bool = False
) -> tuple[str, int]:
    """Show the form again: what was written stands there, photos wait under their names, errors beside fields."""
    staged, refused = _stage(sent, photos)
    values: dict[str, Any] = {name: given[0] for name, given in sent.items() if given}
    values["categories"] = sent.get("categories", [])
    errors = field_errors(codes)
    if refused:
        errors["photos"] = _problems(refused)
    if values.get("client_id") is None or "client_id" in codes:
        values["client_id"] = str(uuid.uuid4())
        errors.pop("client_id", None)
    offered = next(((p.lon, p.lat) for p in staged if p.lon is not None), None) if "lat" in codes else None
    found = place_names.search(values.get("address", "")) if "lat" in codes else []
    return _page(values, errors, staged=staged, urgent=urgent, offered=offered, found=found), 422


def _problems(codes: Iterable[str]) -> str:
    """Return why photos were not kept, each reason once."""
    return " ".join(dict.fromkeys(photo_problem(code) for code in codes))


def _stage(sent: dict[str, list[str]], photos: list[bytes]) -> tuple[list[Any], list[str]]:
    client_id = (sent.get("client_id") or [""])[0]
    try:
        client_id = str(uuid.UUID(client_id))
    except ValueError:
        return [], []
    earlier = list(reports.staged_photos(client_id, sent.get("staged_photos", [])))
    reports.end_transaction()
    if not photos:
        return earlier, []
    intake = sending.take_in_photos(photos, 3 - len(earlier))
    return [*earlier, *reports.stage_photos(client_id, intake, now=now())], list(intake.refused)


def _near(values: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is known near the position of a form that is shown with one."""
    try:
        lon, lat = float(values.get("lon") or ""), float(values.get("lat") or "")
    except ValueError:
        return None
    return what_is_near(lon, lat) if is_position(lon, lat) else None


def _page(values: dict[str, Any], errors: dict[str, str] | None = None, **more: Any) -> str:
    municipality = place_names.municipality()
    staged = [(p.public_id, receipt_address(p.public_id, "small")) for p in more.pop("staged", [])]
    known = {"urgent": False, "offered": None, "found": [], "near": _near(values), **more}
    return render_template(
        "resident/report.html", values=values, errors=errors or {}, municipality=municipality, staged=staged,
        places=place_names.places_by_district(), **known,
    )  # fmt: skip
