"""What we keep. Importing this package registers every table."""

from app.models import (
    base,
    contractors,
    dark_spots,
    districts,
    editions,
    history,
    interruptions,
    jobs,
    lamps,
    measures,
    notices,
    photos,
    places,
    push,
    reports,
    sent_forms,
    staff,
    ticket_visits,
    tickets,
    walk_network,
    walks,
)

__all__ = [
    "base", "contractors", "dark_spots", "districts", "editions", "history", "interruptions", "jobs", "lamps", "measures", "notices", "photos", "places", "promises", "push", "reports", "sent_forms", "staff", "ticket_visits", "tickets", "walk_network", "walks",
]  # fmt: skip
