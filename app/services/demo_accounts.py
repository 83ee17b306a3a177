"""The accounts of the demo municipality, and whether they are there."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from app.domain.people import ADMIN, COORDINATOR, TECHNICIAN
from app.models.base import db, reading
from app.models.staff import Staff

PASSWORD: Final = "ljuspunkt-demo-2026"  # noqa: S105  (printed on every start, and only of demo accounts)
DOMAIN: Final = "demo.ljuspunkt.example"
ACCOUNTS: Final = (
    (f"coordinator@{DOMAIN}", COORDINATOR, "Sara Samordnare"),
    (f"technician@{DOMAIN}", TECHNICIAN, "Tove Tekniker"),
    (f"admin@{DOMAIN}", ADMIN, "Adam Admin"),
)


def present() -> list[tuple[str, str]]:
    """Return address and role of the demo accounts that exist."""
    found = (
        select(Staff.email, Staff.role)
        .where(Staff.email.in_([email for email, _role, _name in ACCOUNTS]), Staff.active.is_(True))
        .order_by(Staff.id)
    )
    with reading():
        rows = [(row.email, row.role) for row in db.session.execute(found)]
        db.session.rollback()  # whoever asks goes on to serve for days, and must not hold the database meanwhile
    return rows
