"""Promises and situation reports for everybody: pages, paper, a feed, and word by mail to those who ask for it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.domain.editions import SELF_SELECTED, SOURCES
from app.domain.promises import COUNTERS, PER
from app.domain.reports import contact_is_readable
from app.services import editions, place_names, promises, subscriptions
from app.web.guard import EVERYONE, admit
from app.web.languages import language
from app.web.paper import paper
from app.web.parts import base_url, now, parts
from app.web.security import REPORTS_PER_PREFIX, limiter
from app.web.words import field_errors

blueprint = admit(Blueprint("public_editions", __name__), EVERYONE)
ATOM = "application/atom+xml"


@blueprint.get("/promises", endpoint="promises")
def promises_page() -> str:
    """Show what was promised and how far it has come."""
    shown = promises.listing(public_only=True)
    return render_template("resident/promises.html", shown=shown, counters=COUNTERS, per=PER)


@blueprint.get("/editions", endpoint="editions")
def editions_page() -> str:
    """List the issued editions, and offer to send the next ones."""
    return _list_page("", "")


@blueprint.get("/editions/<int:edition_id>")
def edition(edition_id: int) -> str:
    """Show one issued edition."""
    found = editions.one(edition_id, issued_only=True) or abort(404)
    return render_template(
        "resident/edition.html", edition=found, figures=found.figures, sources=SOURCES, self_selected=SELF_SELECTED
    )


@blueprint.get("/editions/<int:edition_id>.pdf")
def edition_paper(edition_id: int) -> Response:
    """Give the edition on paper."""
    found = editions.one(edition_id, issued_only=True) or abort(404)
    return paper(
        "paper/edition.html", f"lagesbild-{found.id}.pdf", edition=found, figures=found.figures, sources=SOURCES,
        self_selected=SELF_SELECTED, municipality=place_names.municipality(),
    )  # fmt: skip


@blueprint.get("/editions.atom")
def feed() -> Response:
    """Give every edition as a feed."""
    return _feed(None)


@blueprint.get("/districts/<slug>/editions.atom")
def district_feed(slug: str) -> Response:
    """Give a district's editions as a feed."""
    return _feed(slug)


@blueprint.post("/editions/subscriptions")
@limiter.limit(REPORTS_PER_PREFIX)
def subscribe() -> AnyResponse | tuple[str, int]:
    """Write down an address; a letter asks whether it was meant. The answer is the same whether it was known or not."""
    address, slug = request.form.get("address", "").strip()[:320], request.form.get("district", "")
    known = "@" in address and contact_is_readable(address)
    keys = parts().keys
    if not known or not subscriptions.ask(address.lower(), slug or None, language(), key=keys.current, now=now()):
        return _list_page(field_errors({"address": "address_not_readable"})["address"], address), 422
    parts().jobs.wake()
    flash(gettext("Vi har skickat ett mejl. Öppna länken i det, så kommer nästa lägesbild."))
    return redirect(url_for("public_editions.editions"), 303)


@blueprint.get("/subscriptions/<key>")
def subscription(key: str) -> str:
    """Show one's own subscription, to confirm or end."""
    found = subscriptions.find(key) or abort(404)
    return render_template("resident/subscription.html", found=found, key=key)


@blueprint.post("/subscriptions/<key>")
def answer(key: str) -> AnyResponse:
    """Confirm, or end."""
    if request.form.get("end"):
        if not subscriptions.end(key):
            abort(404)
        flash(gettext("Vi har tagit bort din adress."))
        return redirect(url_for("public_editions.editions"), 303)
    if not subscriptions.confirm(key, now=now()):
        abort(404)
    flash(gettext("Klart. Du får nästa lägesbild med e-post."))
    return redirect(url_for("public_editions.subscription", key=key), 303)


def _list_page(error: str, typed: str) -> str:
    return render_template(
        "resident/editions.html", editions=editions.issued(), districts=place_names.districts(), error=error, typed=typed,
        chosen=request.values.get("district", ""),
    )  # fmt: skip


def _feed(slug: str | None) -> Response:
    if slug is not None and slug not in {d.slug for d in place_names.districts()}:
        abort(404)
    text = render_template(
        "resident/editions.atom.xml", editions=editions.issued(slug), base=base_url(), municipality=place_names.municipality(),
        path=request.path, now=now(),
    )  # fmt: skip
    return Response(text, mimetype=ATOM)
