"""One decision of a form, the same at every door of the desk: carried out, or the page again with all that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.domain.states import ForbiddenMove
from app.services.desk_steps import Desk, Unclear, Unknown, undo
from app.web.forms import Form
from app.web.parts import now, parts
from app.web.sign_in import actor

Answer = Response | tuple[str, int]
Codes = Mapping[str, str]
CHANGED = {"version": "changed_meanwhile"}


def desk_of(form: Form) -> Desk:
    """Return who decides, when, and about which version of the thing."""
    return Desk(actor(), now(), form.version)


def decide(act: Callable[[Form], Any], again: Callable[[Codes], str], said: str, to: str) -> Answer:
    """Carry out one decision of the form that was sent.

    Args:
        act: does it, unless the form then has codes. again: the page once more, with the code of what is wrong beside
        each field's name. said: the word when it is done, unless `act` returns one that says more. to: the address that
        follows.

    """
    form = Form(request.form)
    try:
        done = act(form)
    except Unknown:
        abort(404)
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except (StaleDataError, ForbiddenMove):
        undo()
        return again(CHANGED), 409
    if form.codes:
        return again(form.codes), 422
    parts().jobs.wake()
    flash(done if isinstance(done, str) else said)
    return redirect(to, 303)
