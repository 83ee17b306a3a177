"""Accounts and sign-ins. A sign-in is a row that can be ended; the browser holds only its random token."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload, selectinload

from app.domain.people import STAFF_ROLES, Actor
from app.models.base import db
from app.models.staff import Staff, StaffSession

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=30)
TOUCH_EVERY = timedelta(minutes=2)
PASSWORD_LENGTH_MIN = 12

hasher = PasswordHasher()  # argon2id, the library's recommended cost (RFC 9106, low-memory profile)
NOBODYS_HASH = hasher.hash("nobody has this password")


class BadAccount(ValueError):
    """The account cannot be made; the message says why."""


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, as the pages need it."""

    session_id: int
    staff_id: int
    name: str
    email: str
    role: str
    lang: str
    district_ids: frozenset[int]
    stale: bool

    @property
    def actor(self) -> Actor:
        """The one who acts."""
        return Actor(self.role, self.staff_id, self.name, None, self.district_ids)


def create(email: str, role: str, password: str, name: str = "", *, now: datetime) -> Staff:
    """Make an account, or give an existing one a new role and password and end its sign-ins.

    Raises:
        BadAccount: unknown role, no address, or a password under twelve characters.

    """
    address = email.strip().lower()
    if role not in STAFF_ROLES:
        raise BadAccount(f"role must be one of {', '.join(STAFF_ROLES)}")
    if "@" not in address:
        raise BadAccount("not an e-mail address")
    if len(password) < PASSWORD_LENGTH_MIN:
        raise BadAccount(f"a password has at least {PASSWORD_LENGTH_MIN} characters")
    staff = db.session.scalars(select(Staff).where(Staff.email == address)).first()
    if staff is None:
        staff = Staff(email=address, created_at=now)
        db.session.add(staff)
    staff.name, staff.role, staff.active, staff.updated_at = name or address, role, True, now
    staff.password_hash = hasher.hash(password)
    db.session.flush()
    _end_all(staff.id, now)
    db.session.commit()
    return staff


def sign_in(email: str, password: str, token: str, *, now: datetime) -> Staff | None:
    """Begin a sign-in with this random token, or return None. Unknown address and wrong password take the same time."""
    found = select(Staff).where(func.lower(Staff.email) == email.strip().lower(), Staff.active.is_(True))
    staff = db.session.scalars(found).first()
    if not _fits(staff.password_hash if staff else NOBODYS_HASH, password) or staff is None:
        db.session.rollback()
        return None
    db.session.add(
        StaffSession(token_hash=_hash(token), staff_id=staff.id, created_at=now, seen_at=now, expires_at=now + ABSOLUTE)
    )
    db.session.commit()
    return staff


def signed_in(token: str, *, now: datetime) -> SignedIn | None:
    """Return who holds this token, or None when it was ended, is too old, or has been idle for half an hour."""
    row = db.session.scalars(
        select(StaffSession)
        .where(StaffSession.token_hash == _hash(token), StaffSession.ended_at.is_(None))
        .options(joinedload(StaffSession.staff).selectinload(Staff.districts))
    ).first()
    if row is None or not row.staff.active or now >= row.expires_at or now - row.seen_at > IDLE:
        return None
    staff = row.staff
    districts = frozenset(d.id for d in staff.districts)
    return SignedIn(
        row.id, staff.id, staff.name, staff.email, staff.role, staff.lang, districts, now - row.seen_at > TOUCH_EVERY
    )


def touch(session_id: int, *, now: datetime) -> None:
    """Note that a sign-in is in use, in a transaction of its own."""
    db.session.rollback()
    db.session.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))
    db.session.commit()


def sign_out(token: str, *, now: datetime) -> None:
    """End one sign-in."""
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == _hash(token), StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    db.session.commit()


def is_active(staff_id: int) -> bool:
    """Say whether an account exists and is in use."""
    row = db.session.get(Staff, staff_id)
    return row is not None and row.active


def technicians() -> Sequence[Staff]:
    """Return those who may be given a ticket, by name."""
    found = select(Staff).where(Staff.role == "technician", Staff.active.is_(True)).order_by(Staff.name)
    return db.session.scalars(found.options(selectinload(Staff.districts))).all()


def _end_all(staff_id: int, now: datetime) -> None:
    mine = StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    db.session.execute(update(StaffSession).where(*mine).values(ended_at=now))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _fits(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
