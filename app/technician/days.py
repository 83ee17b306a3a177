"""Today's round in the van, whole on the phone: the page, its data, and the worker that keeps both without coverage."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from app.domain.people import COORDINATOR, TECHNICIAN
from app.domain.ticket_visits import OUTCOME_WORDS
from app.domain.tickets import ACTIONS, CAUSES, DANGEROUS, FAULTS, SEEN_ON_PATROL, actions_for
from app.services import ticket_days
from app.services.desk_steps import organisations
from app.services.lamps import KINDS
from app.services.place_names import municipality
from app.web.guard import admit
from app.web.languages import language, local_date, tr
from app.web.parts import now
from app.web.sign_in import actor, who
from app.web.van_data import night_line, stop_line
from app.web.words import CORRECTION_WORDS

blueprint = admit(Blueprint("days", __name__, url_prefix="/technician"), TECHNICIAN, COORDINATOR)
COMMON_ACTIONS: Final = 8
SCRIPTS: Final = (
    "van", "van_list", "van_many", "van_night", "van_page", "van_photo", "van_place", "van_store", "van_sync",
    "van_ticket", "van_forms", "van_leave", "van_send", "photo_shrink", "phone_store", "typing",
)  # fmt: skip
STYLES: Final = ("tokens", "base", "forms", "van")
OWNER_KINDS: Final = frozenset({"owner", "partner"})


@blueprint.get("/day")
def day() -> str:
    """Show today's round; without a script it is a list that leads to the tickets' own pages."""
    found = ticket_days.day(actor(), here(), now=now())
    return render_template(
        "technician/day.html", day=found, actions={code: tr(word) for code, word in ACTIONS.items()},
        causes={code: tr(word) for code, word in CAUSES.items()},
        outcomes={code: tr(word) for code, word in OUTCOME_WORDS.items()},
        patrol_faults={code: tr(FAULTS[code]) for code in SEEN_ON_PATROL}, dangerous=sorted(DANGEROUS),
        kinds=[(kind, tr(CORRECTION_WORDS[kind])) for kind in KINDS if kind != "added"], municipality=municipality(),
        lines=[stop_line(stop, local_date(now()), actor().staff_id) for stop in found.stops],
    )  # fmt: skip


@blueprint.get("/day.json")
def data() -> Response:
    """Return the whole day as the phone keeps it, signed ticket by ticket."""
    today, staff_id = local_date(now()), actor().staff_id
    found = ticket_days.day(actor(), here(), now=now())
    stops = [stop_line(stop, today, staff_id) for stop in found.stops]
    return jsonify(
        staff={"id": staff_id, "name": who().name}, csrf=generate_csrf(), lang=language(), made_at=now().isoformat(),
        open_in_all=found.open_in_all, stops=stops, night=[night_line(t, staff_id) for t in found.night],
        actions={code: actions_for(code) for code in {s["fault_code"] for s in stops}}, common=COMMON_ACTIONS,
        owners=[o.name for o in organisations() if o.kind in OWNER_KINDS or o.external],
    )  # fmt: skip


@blueprint.get("/worker.js")
def worker() -> Response:
    """Return the service worker of the van, behind a line that names what it keeps and which version that is."""
    static = Path(current_app.static_folder or "")
    files = [f"css/{name}.css" for name in STYLES] + [f"js/{name}.js" for name in SCRIPTS] + ["vendor/idb/index.js"]
    digest = hashlib.sha256(b"".join((static / name).read_bytes() for name in files)).hexdigest()[:16]
    names = {
        "version": digest, "page": url_for(".day"), "data": url_for(".data"),
        "files": [url_for("static", filename=name) for name in files],
    }  # fmt: skip
    text = f"const VAN = {json.dumps(names)};\n" + (static / "js/van_worker.js").read_text(encoding="utf-8")
    answer = Response(text, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def here() -> tuple[float, float] | None:
    """Return where the van stands, as it says in the address, or None."""
    lat, lon = request.args.get("lat", type=float), request.args.get("lon", type=float)
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return lon, lat
