"""What happened in the demo municipality: people act through the same use cases as in life, on days in the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.commands import demo_contractors, demo_promises
from app.commands.demo_cast import Cast
from app.domain.walks import STOPS_MIN
from app.services import (
    dark_spots,
    measures,
    plans,
    protocols,
    spot_pages,
    tickets,
    triage,
    walk_pages,
    walk_proposals,
    walks,
)
from app.services import demo_queries as ask
from app.services.desk_steps import Desk, Unclear

EVERYWHERE: frozenset[int] = frozenset()
ANSWERS = (
    "Vi har beskurit buskarna.", "Papperskorgarna töms nu varje dag.", "Klottret är borta.", "Lampan är utbytt.",
)  # fmt: skip
REJECTIONS = (
    "Marken är privat. Vi har tipsat ägaren.", "Platsen byggs om nästa år och får ny belysning då.", "Rapporten handlar inte om en plats.",
)  # fmt: skip
PROPOSALS = (
    "Laga lampan vid uppgången och röj på båda sidor", "Två nya lampor på mitten av sträckan", "Måla tunneln ljus och laga belysningen",
    "Beskär häcken så att ljuset når gångvägen", "Sätt upp en skylt med platsens namn", "Ny lampa vid hållplatsen",
)  # fmt: skip
WORKS = {
    "lighting_repair": "Byt de trasiga lamporna", "lighting_new": "Sätt upp två lampor där det är mörkt mellan stolparna",
    "brush_clearing": "Röj sly och klipp häcken så att ljuset når fram",
}  # fmt: skip
SUMMARY = "Vi gick slingan i mörker. Gruppen var enig om tunneln och hade delade meningar om parkeringen."


def tell(cast: Cast) -> Iterator[str]:
    """Let it happen, chapter by chapter; yield what each chapter was."""
    for title, chapter in CHAPTERS:
        chapter(cast)
        yield title


def read_the_inbox(cast: Cast) -> None:
    """Most old reports are read; some are forwarded, rejected, known already or answered."""
    for number, report_id in enumerate(ask.old_reports(before=cast.ago(12))):
        desk = triage.Desk(cast.coordinator, cast.ago(11 - number % 9), ask.version_of_report(report_id))
        kind = number % 12
        if kind == 0:
            triage.reject(report_id, cast.chance.choice(REJECTIONS), desk=desk)
        elif kind == 1:
            triage.forward(report_id, str(ask.organisation("Trafikverket")), "Vägen är statlig.", desk=desk)
        elif kind == 2:
            triage.answer(report_id, cast.chance.choice(ANSWERS), desk=desk)
        elif kind in {3, 4} and ask.is_fault(report_id):
            triage.to_ticket(
                report_id, fault_code="B01", lamps_affected="1", lamp_id=ask.nearest_lamp(report_id), directions="",
                environment="", today=desk.now.date(), desk=desk,
            )  # fmt: skip
        else:
            triage.review(report_id, desk=desk)


def know_the_places(cast: Cast) -> None:
    """The largest spots are confirmed, described, and some are public; one is dismissed."""
    spots = _spots(14)
    for number, spot in enumerate(spots):
        at = cast.ago(73 - number % 3)  # before a walk visits them
        facts = dark_spots.Facts(
            ask.environment_near(spot.lon, spot.lat), ["lamp_out", "no_lighting", "unknown", "obscured"][number % 4],
            ["high", "main", "medium", "unknown"][number % 4], [["school", "bus_stop"], ["only_way"], [], ["bus_stop"]][number % 4],
            ask.organisation("Gata och belysning"), ask.organisation("Gata och belysning"), ask.organisation("Park och natur"),
        )  # fmt: skip
        dark_spots.set_facts(spot, spot.version, facts, actor=cast.coordinator, now=at)
        if number < 11:
            dark_spots.confirm(_spot(spot.id), _spot(spot.id).version, how="visit", actor=cast.coordinator, now=at)
    for spot in _spots(6):
        if spot.reporter_count >= 3:
            text = "Flera har rapporterat att det är mörkt här. Vi besöker platsen på en trygghetsvandring."
            dark_spots.publish(
                _spot(spot.id), spot.version, public=True, text=text, actor=cast.coordinator, now=cast.ago(8)
            )
    for last in _spots(40)[-1:]:
        reason = "Platsen ligger på en privat gård."
        dark_spots.dismiss(_spot(last.id), last.version, reason=reason, actor=cast.coordinator, now=cast.ago(5))


def walk_together(cast: Cast) -> None:
    """One walk is published, one held, one planned, one a draft and one cancelled."""
    for number, district in enumerate(ask.districts_with_spots(5)):
        evening = walks.Evening(_dark_day(cast, (-60, -24, 9, 16, 23)[number]))
        spots = [spot.id for spot in walk_proposals.open_spots(district)][:6]
        if not spots:
            continue
        centre = ask.named_place(district)
        chosen = walks.Chosen(spots, [centre] if centre else [])
        meeting = walks.Meeting("Biblioteket, entrén", centre)
        walk = walks.create(district, evening, meeting, chosen, desk=_walk_desk(cast, 70))
        if number == 3 or len(spots) < STOPS_MIN:
            continue
        walks.plan(walk.id, desk=_walk_desk(cast, 65 if number < 2 else 6, walk.id))
        if number == 4:
            walks.cancel(walk.id, "Halka. Ny dag kommer.", desk=_walk_desk(cast, 2, walk.id))
        if number < 2:
            _hold(cast, walk.id, days=59 - 36 * number, publish=number == 0)


def _hold(cast: Cast, walk_id: int, *, days: int, publish: bool) -> None:
    came = {"residents": 9, "associations": 2, "owners": 1, "municipality": 2, "police": 1, "politicians": 1}
    walks.hold(walk_id, came, desk=_walk_desk(cast, days, walk_id))
    for number, stop in enumerate(ask.stops_of(walk_id)):
        noted = protocols.Noted(
            "Grupp 1", {"light": number % 3, "openness": 1, "visibility": 1, "people": 1, "walkway": 2, "feeling": number % 2},
            [["lamp_out", "brush"], ["light_obscured", "hiding_place"], ["graffiti", "unclear"]][number % 3],
            "Svårt att se vem som kommer mot en.", PROPOSALS[number % len(PROPOSALS)], "" if number % 2 else "Några tyckte att det räcker med röjning.",
            1.4 + number / 3, "Luxmeter, kalibrerad i år", ask.organisation("Gata och belysning"),
        )  # fmt: skip
        entry = protocols.note(walk_id, stop, None, noted, desk=_protocol_desk(cast, days - 1, walk_id))
        kinds = ["lighting_repair", "brush_clearing"] if number % 2 == 0 else ["lighting_new"]
        protocols.suggest_measures(
            walk_id, entry.id, kinds, today=cast.ago(days - 1).date(), desk=_protocol_desk(cast, days - 1, walk_id)
        )
    protocols.summarise(walk_id, SUMMARY, came, desk=_protocol_desk(cast, days - 2, walk_id))
    if publish:
        protocols.publish(walk_id, desk=_protocol_desk(cast, days - 10, walk_id))
        held = cast.ago(days - 20)
        said = "Lampan är lagad. Häcken klipps i vår. Någon undrade över bänken, den får park svara på."
        protocols.give_feedback(walk_id, held.date(), 8, said, desk=_protocol_desk(cast, days - 20, walk_id))
    plan = plans.from_walk(walk_id, desk=Desk(cast.coordinator, cast.ago(days - 4)))
    terms = plans.Terms(
        plan.title, "Färre undviker tunneln om ett år.", "Skolvägen går här.", "Fler kvinnor än män undviker platsen.",
        "Kommunstyrelsen", cast.ago(days - 9).date(), "DEMO 2026/12", "Demokommunen, Polisen, Bostadsbolaget Demohem",
        [cast.now.date() + timedelta(days=d) for d in (180, 365)],
    )  # fmt: skip
    plans.change(plan.id, terms, desk=Desk(cast.coordinator, cast.ago(days - 5)))
    for to in ("circulated", "decided", "ongoing") if publish else ("circulated",):
        plans.move_on(plan.id, to, "", desk=Desk(cast.coordinator, cast.ago(days - 11)))


def decide(cast: Cast) -> None:
    """Measures get an owner, a date and money, or lack one of them; some are rejected, wait, or are done."""
    owners = (ask.organisation("Gata och belysning"), ask.organisation("Park och natur"))
    for number, measure in enumerate(ask.measures()):
        desk = measures.Desk(cast.coordinator, cast.ago(20 - number % 9), cast.ago(20 - number % 9).date())
        owner = owners[0] if measure.kind.startswith("lighting") else owners[1]
        deadline = None if number % 7 == 5 else cast.now.date() + timedelta(days=(number * 17) % 160 - 12)
        cost = None if number % 5 == 4 else Decimal(8000 + 13_500 * (number % 6))
        terms = measures.Terms(
            measure.kind,
            _what(measure.kind, measure.place),
            owner if number % 6 != 3 else None,
            "",
            deadline,
            None,
            cost,
            None,
            number % 4 == 0,
            measure.plan_id,
        )
        measures.change(measure.id, terms, desk=desk)
        if cost is not None and number % 3 == 0:
            measures.draw(measure.id, ask.funding(measure.kind), cost, desk=desk)
        _decide_one(measure.id, number, desk, cast)


def _what(kind: str, place: str | None) -> str:
    said = WORKS.get(kind, "Se över platsen")
    return f"{said} – {place}" if place else said


def _decide_one(measure_id: int, number: int, desk: measures.Desk, cast: Cast) -> None:
    soon = cast.now.date() + timedelta(days=21)
    ways: tuple[tuple[measures.Step, ...], ...] = (
        (measures.Step("assessed"), measures.Step("decided")),
        (measures.Step("decided"), measures.Step("ongoing"), measures.Step("done"), measures.Step("verified")),
        (measures.Step("rejected", "Lamporna räcker enligt mätningen. Vi röjer i stället."),),
        (measures.Step("waiting_season", "Röjning görs efter häckningen.", soon),),
        (measures.Step("decided"), measures.Step("ongoing")),
        (),
        (measures.Step("waiting_funds", "Medel söks i nästa budget.", soon),),
    )
    for step in ways[number % len(ways)]:
        try:
            measures.step(measure_id, step, desk=desk)
        except Unclear:
            return  # it lacks an owner or a date, as measures do; the board shows which


def mend(cast: Cast) -> None:
    """Tickets stand in every state: on the way, mended, seen to shine, waiting, somebody else's."""
    for number, ticket_id in enumerate(ask.open_tickets()):
        after_opening = ask.opened_at(ticket_id) + timedelta(days=1 + number % 4)
        _mend_one(cast, ticket_id, number % 9, min(max(cast.ago(9 - number % 8), after_opening), cast.now))


def _mend_one(cast: Cast, ticket_id: int, way: int, at: datetime) -> None:
    who, today = cast.technician, at.date()

    def act(use_case: Callable[..., None], *words: object, **facts: object) -> None:
        found = tickets.open_ticket(ticket_id, cast.coordinator)
        if found is not None:
            use_case(found, found.version, *words, now=at, **facts)

    if way == 0:
        return
    act(tickets.assign, assignee_id=who.staff_id, actor=cast.coordinator)
    if way == 1:
        return
    act(tickets.set_out, actor=who)
    if way == 2:
        return
    act(tickets.arrive, actor=who)
    if way == 3:
        act(
            tickets.wait,
            "waiting_grid_owner",
            next_on=cast.now.date() + timedelta(days=12),
            reason="Kabelfel. Nätägarens nummer DEMO-77.",
            actor=who,
        )
    elif way == 4:
        act(tickets.end, "no_fault", reason="Vi har varit på platsen. Lampan lyser.", actor=who)
    elif way >= 5 and ask.may_repair(ticket_id):
        done = tickets.Repair("worn_out", "lamp_replaced", "", switch_on_test=way != 6, note="")
        act(tickets.repair, done, (), actor=who, today=today)
        if way >= 7:
            act(tickets.verify, how="night_check", actor=cast.coordinator)


CHAPTERS: tuple[tuple[str, Callable[[Cast], None]], ...] = (
    ("the inbox is read", read_the_inbox),
    ("places are confirmed", know_the_places),
    ("people walk together", walk_together),
    ("measures are decided", decide),
    ("lamps are mended", mend),
    ("a contractor has tickets by mail, with a link that answers once", demo_contractors.send_out),
    ("neighbours are invited", demo_promises.invite),
    ("money is asked for", demo_promises.ask_for_money),
    ("promises are given", demo_promises.promise),
    ("the times are described", demo_promises.describe_the_times),
)


def _spots(most: int) -> list[Any]:
    found, _ = spot_pages.listing(EVERYWHERE, spot_pages.Filters(), page=1)
    return [spot for spot in (_spot(row.id) for row in found[:most]) if spot.state in {"proposed", "confirmed"}]


def _spot(spot_id: int) -> Any:
    found = spot_pages.open_spot(spot_id, EVERYWHERE)
    if found is None:
        raise LookupError(spot_id)
    return found


def _walk_desk(cast: Cast, days: float, walk_id: int | None = None) -> Desk:
    return Desk(cast.coordinator, cast.ago(days), ask.version_of_walk(walk_id))


def _protocol_desk(cast: Cast, days: float, walk_id: int) -> Desk:
    return Desk(cast.coordinator, cast.ago(days), ask.version_of_walk(walk_id))


def _dark_day(cast: Cast, days: int) -> date:
    """Return the day some days from now, or the next on which a walk in the dark is possible."""
    day = (cast.now + timedelta(days=days)).date()
    return walk_pages.first_dark_day(day - timedelta(days=1)) or day
