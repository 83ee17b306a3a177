"""What is late, said once: for the day's page, lists, districts and dark spots alike, so that their numbers agree."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, func

from app.domain.states import UNDONE_MEASURES, UNMENDED_TICKETS
from app.models.measures import Measure
from app.models.tickets import Ticket

MEASURE_DUE = func.coalesce(Measure.next_on, Measure.deadline)
"""As domain.measures.due_on."""


def late_tickets(today: date) -> ColumnElement[bool]:
    """Return the condition for tickets whose promised day has passed while their light is not mended."""
    return and_(Ticket.state.in_(UNMENDED_TICKETS), Ticket.due_on < today)


def late_measures(today: date) -> ColumnElement[bool]:
    """Return the condition for measures whose day has passed: the next word about them, else their end."""
    return and_(Measure.state.in_(UNDONE_MEASURES), today > MEASURE_DUE)
