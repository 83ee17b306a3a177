"""What the demo municipality has promised, asked for and said in public: promises, money on its way, situation reports."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from app.commands.demo_cast import Cast
from app.domain.editions import SOURCES, quarter_before
from app.services import demo_queries as ask
from app.services import editions, funding, measures, promises, walk_notes, walk_signups
from app.services.desk_steps import Desk

PICTURE = (
    "De flesta rapporterna gäller mörka gångstråk och tunnlar mellan bostadsområden. Många undviker samma tre platser. "
    "Där lampor har lagats säger de flesta att det blev bättre."
)
EFFORTS = "Belysningen går före. Häckar klipps efter häckningen, och vi går samma slinga igen när lamporna är på plats."
LADDER = {
    "incidents": "Sju skadegörelser på ett år, fyra av dem på helgnätter.",
    "tried": "Ljus lagat i oktober, röjning i november, nattvandring varje fredag sedan dess.",
    "assessment": "DEMO 2026/31, avvägningen mellan nytta och intrång",
    "sign_text": "Kamerabevakning. Frågor: Demokommunen, 0480-00 00 00.",
}


def promise(cast: Cast) -> None:
    """One promise runs and fills itself, one is only proposed and lacks its blocks, one is over and followed up."""
    today, desk = cast.now.date(), Desk(cast.coordinator, cast.ago(60))
    owners = {name: ask.organisation(name) for name in ("Gata och belysning", "Park och natur", "Kommunpolisen")}
    running = promises.create(
        _terms("Vi gör de platser där flest känner sig otrygga ljusare, och går dit tillsammans varje år.", today.year, today.year + 1),
        desk=desk,
    )  # fmt: skip
    for text, owner, counter, target, per in (
        ("En trygghetsvandring i varje område varje år", "Kommunpolisen", "walks", 1, "district_year"),
        ("Trasiga lampor lagas inom den tid vi har lovat", "Gata och belysning", "tickets", 40, "year"),
        ("Åtgärder efter vandringarna genomförs", "Park och natur", "measures", 8, "year"),
        ("En lägesbild för kommunen varje kvartal", "Kommunpolisen", "editions", 4, "year"),
        ("Möten med unga om platser de undviker", "Kommunpolisen", "manual", 6, "period"),
    ):
        by_hand = 2 if counter == "manual" else 0
        block = promises.Block(
            text, owners[owner], "samordnare", "Planeras i februari, redovisas i kommunens råd för trygghet.",
            "Siffrorna räknas varje kvartal och läggs ut på kommunens sida.", date(today.year, 12, 15), counter, target, per, by_hand,
        )  # fmt: skip
        promises.set_activity(running.id, None, block, desk=desk)
    for to in ("decided", "ongoing"):
        promises.move_on(running.id, to, "", desk=Desk(cast.coordinator, cast.ago(50)))
    over = promises.create(_terms("Fler vuxna ute på fredagskvällarna.", today.year - 1, today.year - 1), desk=desk)
    walked = promises.Block(
        "Nattvandring varannan fredag", ask.organisation("Föreningen Kvällsljus"), "ordförande", "Föreningen går, kommunen bjuder på kaffe.",
        "Antalet kvällar räknas.", None, "manual", 20, "year", 17,
    )  # fmt: skip
    promises.set_activity(over.id, None, walked, desk=desk)
    promises.change(over.id, _terms(over.text, today.year - 1, today.year - 1, "Sjutton kvällar av tjugo. Tre ställdes in för halka."), desk=desk)  # fmt: skip
    for to, why in (
        ("decided", ""),
        ("ongoing", ""),
        ("partly", "Tre kvällar ställdes in."),
        ("follow_up_published", ""),
    ):
        promises.move_on(over.id, to, why, desk=Desk(cast.coordinator, cast.ago(40)))
    idea = promises.create(_terms("Trygga skolvägar i hela kommunen.", today.year + 1, today.year + 1), desk=desk)
    half = promises.Block("Gå skolvägarna med barn och föräldrar", None, "", "", "", None, "protocols", 5, "year", 0)
    promises.set_activity(idea.id, None, half, desk=desk)


def ask_for_money(cast: Cast) -> None:
    """One grant is granted, one applied for, one only thought of; a camera climbs its ladder."""
    year, today = cast.now.year, cast.now.date()
    for name, kind, state, applied, granted, share in (
        ("Brottsförebyggande medel", "state_grant", "granted", 600_000, 450_000, 50),
        ("Stadsmiljöbidrag för skolvägar", "state_grant", "applied", 1_200_000, 0, 50),
        ("Länsstyrelsens medel för trygga stråk", "state_grant", "idea", 300_000, 0, None),
    ):
        terms = funding.Terms(
            name, kind, year, Decimal(granted), "", "Ljus och sikt på gångstråk", Decimal(applied), "Samordnaren", share,
            today - timedelta(days=40), today + timedelta(days=24), today + timedelta(days=300) if granted else None,
        )  # fmt: skip
        funding.add(terms, state, actor=cast.coordinator, now=cast.ago(35))
    desk = measures.Desk(cast.coordinator, cast.ago(12), cast.ago(12).date())
    camera = measures.Terms(
        "camera", "Kamera vid cykelparkeringen bakom stationen, ett år på prov", ask.organisation("Fastighetsenheten"), "",
        today + timedelta(days=120), None, Decimal(180_000), None, False, None,
        {**LADDER, "ends_on": (today + timedelta(days=480)).isoformat()},
    )  # fmt: skip
    measures.create(None, ask.districts_with_spots(1)[0], camera, desk=desk)


def describe_the_times(cast: Cast) -> None:
    """The municipality and one district have a situation report that is frozen; another district's is a draft."""
    period = quarter_before(cast.now.date())
    districts = ask.districts_with_spots(2)
    used = {key: {"on": period[1].isoformat(), "link": ""} for key in SOURCES if key != "youth_survey"}
    for number, district in enumerate((None, *districts)):
        desk = Desk(cast.coordinator, cast.ago(25 - number))
        name = "kommunen" if district is None else ask.district_name(district)
        begun = editions.draft(district, f"Lägesbild för {name}", period, desk=desk)
        said = editions.Draft(begun.title, *period, PICTURE, EFFORTS, used)
        if number < 2:
            editions.issue(begun.id, said, desk=desk)
        else:
            editions.change(begun.id, said, desk=desk)


def invite(cast: Cast) -> None:
    """The planned walk has groups with codes and people who sign up; others' walks stand in the calendar."""
    for walk_id, starts_at in ask.walks_ahead():
        desk = Desk(cast.coordinator, cast.ago(3), ask.version_of_walk(walk_id))
        walk_notes.make_groups(walk_id, 2, lambda n: [cast.chance.randrange(2**31) for _ in range(n)], desk=desk)
        for number, (people, role) in enumerate(
            ((4, "residents"), (3, "residents"), (2, "associations"), (1, "police"), (9, "residents"), (3, "owners"))
        ):
            coming = walk_signups.Coming(people, role, "", {"women": people // 2} if number % 2 else {}, "", "", "sv")
            walk_signups.sign_up(walk_id, coming, f"demo-{walk_id}-{number}", now=cast.ago(2))
        friday = _evening(starts_at)
        for kind, title, days in (("parents", "Föräldravandring", 0), ("night", "Nattvandring på fredagen", 7)):
            other = walk_signups.Other(
                kind, title, "Föreningen Kvällsljus", ask.districts_with_spots(3)[-1], friday + timedelta(days=days), 120, "Torget"
            )  # fmt: skip
            walk_signups.add_other(other, now=cast.ago(4))


def _evening(after: datetime) -> datetime:
    """Return nine in the evening (UTC and winter: eight) of the first Friday after a moment."""
    days = (4 - after.weekday()) % 7 or 7
    return (after + timedelta(days=days)).replace(hour=20, minute=0, second=0, microsecond=0)


def _terms(text: str, first: int, last: int, outcome: str = "") -> promises.Terms:
    return promises.Terms(
        text, "Demokommunen, Polisen", date(first, 1, 1), date(last, 12, 31), "Samverkansöverenskommelsen, DEMO 2024/7",
        date(last + 1, 6, 30), "Kommunstyrelsen", date(first, 1, 20), f"DEMO {first}/3", outcome, (),
    )  # fmt: skip
