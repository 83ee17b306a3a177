"""Puts the parts together, once."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from flask_migrate import Migrate

from app import models  # registers every table
from app.adapters import webhooks
from app.adapters.clock import Clock
from app.adapters.images import ImageCleaner
from app.adapters.jobs import Jobs
from app.adapters.mail import Mail, open_mail
from app.adapters.photo_store import PhotoStore, open_store
from app.adapters.push import Push
from app.adapters.push_keys import open_push
from app.admin import lamps as admin_lamps
from app.admin import response_times as admin_response_times
from app.admin import start as admin_start
from app.api import contractors as api_contractors
from app.api import openapi as api_description
from app.api import operations as api_operations
from app.api import reports as api_reports
from app.api import tickets as api_tickets
from app.api import visits as api_visits
from app.commands import COMMANDS
from app.coordinator import calendar, dark_spots, dashboard, funding, inbox, measures, plans, protocols, walks
from app.coordinator import compilations as desk_compilations
from app.coordinator import contractors as desk_contractors
from app.coordinator import editions as desk_editions
from app.coordinator import invitations as desk_invitations
from app.coordinator import lamps as desk_lamps
from app.coordinator import photos as desk_photos
from app.coordinator import promises as desk_promises
from app.coordinator import ticket_new as desk_ticket_new
from app.coordinator import ticket_numbers as desk_numbers
from app.coordinator import tickets as desk_tickets
from app.models.base import db, engine_options, prepare
from app.resident import basemap, near, owner_requests, pages, phone, public_map, repairs, walk_mode
from app.resident import editions as resident_editions
from app.resident import plans as resident_plans
from app.resident import reports as resident_reports
from app.resident import walks as resident_walks
from app.services import contractors as contractor_service
from app.services import (
    grouping,
    interruptions,
    invitations,
    measure_reminders,
    notices,
    photo_tidying,
    register_files,
    retention,
    subscriptions,
    walk_signups,
    work,
)
from app.services import new_tickets as new_ticket_service
from app.services import owner_requests as owner_letters
from app.services import push as phones
from app.services import tickets as ticket_service
from app.services.interruption_steps import TELL
from app.services.photo_key_steps import FORGET_FILES
from app.services.photo_tidying import TIDY_PHOTOS
from app.services.reminder_steps import REMIND
from app.technician import days, patrols, tickets
from app.technician import lamps as van_lamps
from app.technician import links as outside_links
from app.web import account, ground, guard, languages, once, photos, problems, security, shell, sign_in, theme, words
from app.web.parts import KEY, Parts
from config import ROOT, BadSetting, Settings

BLUEPRINTS = (
    pages, phone, resident_reports, near, basemap, public_map, resident_walks, resident_plans, walk_mode, owner_requests, account, photos,
    dashboard, inbox, dark_spots, walks, desk_invitations, calendar, protocols, plans, measures, funding, desk_tickets, tickets,
    days, desk_lamps, van_lamps, patrols, admin_lamps,
    desk_ticket_new, admin_response_times, admin_start,
    desk_numbers, repairs,
    desk_contractors, api_contractors, outside_links,
    api_reports, api_tickets, api_visits, api_operations, api_description,
)  # fmt: skip
DESK = (desk_compilations, desk_promises, desk_editions, resident_editions, desk_photos)


def create_app(settings: Settings) -> Flask:
    """Return the whole service for these settings."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        TESTING=settings.testing,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        JSON_AS_ASCII=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.install(app, settings)
    _open_database(app)
    try:
        app.extensions[KEY] = _parts(app, settings)
    except ValueError as error:  # an address of a setting that no part understands
        raise BadSetting(str(error)) from error
    languages.install(app)
    sign_in.install(app)
    guard.install(app)
    once.install(app)
    problems.install(app)
    words.install(app)
    ground.install(app)
    shell.install(app)
    theme.install(app)
    for module in BLUEPRINTS + DESK:
        app.register_blueprint(module.blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def _open_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=False, compare_type=True)


def _parts(app: Flask, settings: Settings) -> Parts:
    clock = Clock(settings.standing_now)
    mail = open_mail(settings.mail_url, sender=settings.mail_from)
    push = open_push(settings.instance, settings.vapid_private_key, settings.push_contact)
    photo_store = open_store(settings.photo_store_url)
    handlers = _quiet_work(photo_store) | _letters(settings, mail, push, lambda: app.extensions[KEY].address)

    def round_of_work() -> int:
        with app.app_context():
            return work.run_due(handlers, clock=clock.now, nightly=[TIDY_PHOTOS, work.FORGET_DONE])

    return Parts(
        settings=settings,
        clock=clock,
        cleaner=ImageCleaner(),
        photo_store=photo_store,
        mail=mail,
        push=push,
        jobs=Jobs(settings.jobs_url, round_of_work),
    )


def _quiet_work(photo_store: PhotoStore) -> dict[str, work.Handler]:
    """Return the jobs that tell nobody anything."""

    def regroup(payload: Mapping[str, Any], now: datetime) -> object:
        return grouping.regroup(payload, now=now)

    def close_quiet(_payload: Mapping[str, Any], now: datetime) -> object:
        return ticket_service.close_quiet(now=now)

    def forget_signups(payload: Mapping[str, Any], _now: datetime) -> object:
        return walk_signups.forget(int(payload["walk_id"]))

    def dispose(_payload: Mapping[str, Any], now: datetime) -> object:
        return retention.at_night(salt=secrets.token_hex(16), now=now)

    def forget_files(payload: Mapping[str, Any], _now: datetime) -> object:
        return retention.forget_files(payload, photo_store)

    def tidy_photos(_payload: Mapping[str, Any], now: datetime) -> object:
        return photo_tidying.tidy(photo_store, now=now)

    def forget_done(_payload: Mapping[str, Any], now: datetime) -> object:
        return work.forget_done(now)

    return {
        "regroup": regroup, work.FORGET_DONE: forget_done, retention.JOB: dispose, FORGET_FILES: forget_files, TIDY_PHOTOS: tidy_photos, "close_quiet": close_quiet, "forget_signups": forget_signups,
        "same_lamp": new_ticket_service.follow_lamp, "register_file": register_files.work_on,
    }  # fmt: skip


def _letters(settings: Settings, mail: Mail, push: Push, address: Callable[[], str]) -> dict[str, work.Handler]:
    """Return the jobs that write to somebody; `address` is asked when one is at work, for the server may choose its port."""
    keys = (settings.secret_key, *settings.secret_key_fallbacks)

    def deliver(_payload: Mapping[str, Any], now: datetime) -> object:
        notices.deliver(mail=mail, base_url=address(), keys=keys, now=now)
        return phones.deliver(push=push, keys=keys, now=now)

    def dispatch(payload: Mapping[str, Any], now: datetime) -> object:
        return contractor_service.deliver(
            payload, now, mail=mail, post=webhooks.post, base_url=address(), key=settings.secret_key
        )

    def invite(payload: Mapping[str, Any], _now: datetime) -> object:
        return invitations.send(payload, mail=mail, base_url=address())

    def ask_owner(payload: Mapping[str, Any], now: datetime) -> object:
        return owner_letters.write(dict(payload), mail=mail, base_url=address(), keys=keys, now=now)

    def tell_managers(payload: Mapping[str, Any], now: datetime) -> object:
        return interruptions.tell(payload, now, mail=mail, base_url=address())

    def remind(payload: Mapping[str, Any], now: datetime) -> object:
        return measure_reminders.remind(payload, mail=mail, base_url=address(), now=now)

    def deliver_editions(_payload: Mapping[str, Any], now: datetime) -> object:
        return subscriptions.deliver(mail=mail, base_url=address(), keys=keys, now=now)

    return {
        "deliver_notices": deliver, "deliver_push": deliver, "dispatch": dispatch, "send_invitations": invite,
        "ask_owner": ask_owner, TELL: tell_managers, subscriptions.DELIVER: deliver_editions, REMIND: remind,
    }  # fmt: skip


def settle() -> None:
    """Tell the garbage collector that what was made at the start lives until the end.

    Looking through all of it again takes a fifth of a second, in the middle of somebody's page.
    """
    gc.collect()
    gc.freeze()


__all__ = ["create_app", "models", "settle"]
