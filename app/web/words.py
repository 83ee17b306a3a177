"""The words for codes: field errors, categories, states. The pure rules give codes; people get sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask, request

from app.domain import dark_spots, measures, photos, publication, reports, tickets, walks
from app.domain.words import N_
from app.web.languages import tr

ERRORS: Final[Mapping[str, str]] = {
    "position_missing": N_("Välj var det är. Tryck på kartan, använd din position eller välj en plats i listan."),
    "position_not_readable": N_("Platsen gick inte att läsa. Välj den igen."),
    "outside": N_("Platsen ligger utanför kommunen."),
    "pole_unknown": N_("Vi känner inte igen det stolpnumret. Välj platsen på ett annat sätt."),
    "accuracy_not_readable": N_("Noggrannheten ska vara meter, till exempel 18."),
    "category_missing": N_("Välj minst en sak. Det går bra att välja ”Det bara känns så”."),
    "choice_unknown": N_("Det valet finns inte. Välj igen."),
    "text_too_long": N_("Texten är för lång. Högst 300 tecken."),
    "contact_not_readable": N_("Skriv en e-postadress eller ett telefonnummer, eller lämna tomt."),
    "client_id_not_readable": N_("Formuläret saknar sitt nummer. Ladda om sidan."),
    "key_differs": N_("Idempotency-Key och client_id ska vara samma."),
    "required": N_("Fyll i det här."),
    "not_publishable": N_(
        "Minst tre personer (fem där få bor) på två olika dagar behöver ha rapporterat platsen, eller en vandring ha besökt den."
    ),
    "too_much_money": N_("Så mycket finns inte kvar i källan."),
    "less_than_drawn": N_("Åtgärder tar redan mer än så ur källan."),
    "money_not_there": N_("Pengarna är inte beviljade, eller redan redovisade. Det går inte att ta av dem."),
    "cost_unknown": N_("Skriv åtgärdens beräknade kostnad först. Källan kräver att andra betalar en del."),
    "others_must_pay": N_("Källan kräver att andra betalar en del av kostnaden. Ta mindre här."),
    "owner_has_no_address": N_("Ägaren har ingen e-postadress inlagd."),
    "owner_is_asked": N_("Ägaren är redan tillfrågad och har inte svarat än."),
    "owner_is_own": N_("Det är kommunens egen enhet. Skriv dag och kostnad direkt."),
    "day_needed": N_("Skriv vilken dag ni räknar med att vara klara."),
    "call_first": N_("Ring först. Skriv vem du ringde. Ett formulär räcker inte vid fara."),
    "matrix_open": N_("Sista raden ska gälla alltid: lämna felkoder, miljö och grupp tomma och minst lampor 1."),
    "day_taken": N_("Det finns redan ett beslut från den dagen. Välj en annan."),
    "move_not_possible": N_("Det går inte att svara så om ärendet just nu."),
    "link_used": N_("Länken är redan använd. Be kommunen om en ny."),
    "not_given": N_("Ärendet ingick inte i din dag. Hämta dagens rutt igen."),
    "photo_missing": N_("Ta ett foto. Det behövs för den här prioriteten."),
    "dark_walk_in_summer": N_(
        "Det blir inte mörkt i tid den dagen. Välj en kväll från slutet av september till slutet av mars, eller en vandring i dagsljus."
    ),
    "stops_missing": N_("Välj minst två stopp."),
    "stop_closed": N_(
        "Ett stopp är vid en plats som är avfärdad eller stängd. Ta bort stoppet, eller öppna platsen igen."
    ),
    "stop_twice": N_("Två stopp är samma plats sedan den slogs ihop. Ta bort det ena."),
    "meeting_place_needed": N_(
        "Skriv en mötesplats. Vandringen är planerad, och de som kommer måste veta vart de ska."
    ),
    "sign_up_closed": N_("Det går inte längre att anmäla sig till den här vandringen."),
    "people_too_many": N_("Skriv ett antal från 1 till 12. Är ni fler, hör av er till kommunen."),
    "perspectives_too_many": N_("Ni kan inte vara fler än ni har anmält."),
    "walk_is_not_planned": N_("Planera vandringen först. Då finns det en dag att bjuda in till."),
    "protocol_not_published": N_("Publicera protokollet först. Då finns det något att jämföra med."),
    "day_not_here_yet": N_("Den dagen har inte varit än."),
    "day_passed": N_("Dagen har redan varit."),
    "time_passed": N_("Den tiden har redan passerat i dag."),
    "reason_missing": N_("Skriv ett skäl."),
    "answer_missing": N_("Skriv svaret."),
    "meeting_place_missing": N_("Skriv en mötesplats under Planens uppgifter. De som kommer måste veta vart de ska."),
    "dates_not_readable": N_("Skriv högst tolv dagar med komma emellan, till exempel 2027-05-25, 2028-05-25."),
    "date_not_readable": N_("Skriv datum som 2026-11-24."),
    "date_out_of_range": N_("Skriv ett datum mellan 2000 och 2100."),
    "number_not_readable": N_("Skriv ett helt tal."),
    "walk_day_not_here_yet": N_(
        "Vandringens dag har inte varit än. Kryssa i rutan om den redan har hållits, eller vänta till efter vandringen."
    ),
    "not_after_walk": N_("Det ska vara senast vandringens dag."),
    "not_before_walk": N_("Det ska vara tidigast vandringens dag."),
    "measures_open": N_(
        "Åtgärder i planen som inte är utförda eller avslagna: %(count)s. Gör klart dem, avslå dem eller flytta dem till en annan plan först."
    ),
    "number_between": N_("Skriv %(least)s–%(most)s."),
    "text_longer": N_("Texten är för lång. Högst %(most)s tecken får plats."),
    "money_not_readable": N_(
        "Skriv ett belopp i kronor, 0 eller mer och utan punkt för tusental, till exempel 25 000 eller 25 000,50."
    ),
    "changed_meanwhile": N_("Någon annan hann före. Se vad som ändrades och gör om det som behövs."),
    "degrees_not_readable": N_("Skriv grader med decimaler, till exempel 56,67612. Eller tryck på kartan."),
    "lamp_not_chosen": N_("Välj vilken stolpe det är."),
    "words_not_found": N_("De orden står inte i texten. Skriv dem exakt som de står."),
    "reference_not_readable": N_("Skriv numret som det står, till exempel F-12 eller B-7."),
    "report_unknown": N_("Det finns ingen rapport med den koden."),
    "report_is_itself": N_("En rapport kan inte vara dubblett av sig själv eller av sin egen dubblett."),
    "ticket_unknown": N_("Det finns inget öppet ärende med det numret."),
    "spots_far_apart": N_(
        "Platserna ligger %(metres)s meter från varandra. Kryssa i att de ska slås ihop ändå, om det är meningen."
    ),
    "spot_not_mergeable": N_("Platsen går inte att slå ihop med den. Välj en annan öppen plats."),
    "spot_not_divisible": N_("Välj minst en rapport, men inte alla."),
    "decision_not_undoable": N_(
        "Beslutet är redan ångrat, eller så bygger ett senare beslut på det. Ångra det senare först."
    ),
    "spot_unknown": N_("Det finns ingen öppen plats med det numret."),
    "not_dark_yet": N_("Då är det inte mörkt än. Lämna tiden tom så räknar vi ut den."),
    "time_not_readable": N_("Skriv tid som 17:30."),
    "stops_are_fixed": N_("Vandringen är planerad. Ta tillbaka den till utkast för att ändra stoppen."),
    "walk_is_over": N_("Vandringen är genomförd eller inställd. Planen går inte att ändra."),
    "protocol_is_closed": N_("Protokollet är publicerat eller vandringen inte genomförd. Det går inte att ändra."),
    "attendance_missing": N_("Skriv hur många som var med."),
    "entries_missing": N_("Skriv minst en anteckning från vandringen först."),
    "score_missing": N_("Sätt minst ett betyg eller kryssa för något ni såg."),
    "owner_missing": N_("Välj vem som ansvarar. Utan ansvarig går det inte att besluta."),
    "deadline_missing": N_("Skriv när det ska vara klart. De som rapporterade får veta dagen."),
    "corners_not_readable": N_("Skriv ett hörn per rad, till exempel 56.67612, 16.33508."),
    "corners_count": N_("En form har två till sextio hörn, och en yta minst tre."),
    "corners_far": N_("Ett hörn ligger långt från platsen. Rita om."),
    "shape_crosses": N_("Linjen korsar sig själv. Rita om."),
    "blocks_missing": N_("Varje aktivitet behöver ansvar, genomförande och uppföljning innan löftet beslutas."),
    "activities_missing": N_("Skriv minst en aktivitet först."),
    "decision_missing": N_("Skriv vem som har beslutat och när."),
    "ends_before_it_begins_swapped": N_("Sista dagen kom före den första. Vi har bytt plats på dem."),
    "ends_before_it_begins": N_("Sista dagen kommer före den första."),
    "outcome_missing": N_("Skriv hur det gick. Det är det som publiceras."),
    "picture_missing": N_("Skriv lägesbilden först."),
    "sources_missing": N_("Kryssa för minst en källa som har använts."),
    "boxes_missing": N_("Rita minst en ruta över det som ska bort."),
    "boxes_too_many": N_("Det är för många rutor. Högst 40 går att spara på en gång."),
    "box_not_readable": N_("En ruta gick inte att läsa. Skriv fyra tal i procent, och bredd och höjd över noll."),
    "address_not_readable": N_("Skriv en e-postadress."),
    "next_date_missing": N_("Skriv när nästa besked kommer."),
}
FACTS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "number_between": ("least", "most"), "text_longer": ("most",), "spots_far_apart": ("metres",), "measures_open": ("count",),
}  # fmt: skip
"""What stands after a code, with colons between: `number_between:1:60`."""
SCORE_WORDS: Final[Mapping[str, str]] = {
    "voices": N_("Röster"), "exposed": N_("Utsatta"), "flow": N_("Flöde"), "light": N_("Ljusläge"),
    "darkness": N_("Mörkertid"), "confirmation": N_("Bekräftelse"), "waiting": N_("Väntetid"),
}  # fmt: skip
SELECTION_WORDS: Final[Mapping[str, str]] = {
    "first_lap": N_("Bäst i sitt område"), "priority": N_("Politiskt prioriterat område"), "by_points": N_("Efter poäng"),
}  # fmt: skip
DECISION_WORDS: Final[Mapping[str, str]] = {
    "merge": N_("Sammanslagning"), "split": N_("Delning"), "name": N_("Namn"), "pin": N_("Håll samman"),
    "let_go": N_("Hålls inte längre samman"),
}  # fmt: skip
CATEGORY_WORDS: Final[Mapping[str, str]] = {
    "lamp_out": N_("Släckt lampa"),
    "no_lamp": N_("Ingen lampa"),
    "flickering": N_("Lampan blinkar"),
    "obscured": N_("Buskar skymmer"),
    "underpass": N_("Tunnel eller trappa"),
    "graffiti": N_("Klotter"),
    "damage": N_("Något är sönder"),
    "litter": N_("Skräp"),
    "deserted": N_("Öde"),
    "unclear_way": N_("Svårt att hitta"),
    "other_physical": N_("Annat på platsen"),
    "just_a_feeling": N_("Det bara känns så"),
}
SEVERITY_WORDS: Final[Mapping[int, str]] = {
    1: N_("Lite otryggt"),
    2: N_("Otryggt"),
    3: N_("Jag undviker platsen"),
}
WHEN_WORDS: Final[Mapping[str, str]] = {
    "now": N_("Nu"),
    "morning": N_("Morgon"),
    "day": N_("Dag"),
    "evening": N_("Kväll"),
    "night": N_("Natt"),
    "always": N_("Alltid"),
}
KIND_WORDS: Final[Mapping[str, str]] = {
    "fault": N_("Fel på belysning"),
    "unsafe_place": N_("Otrygg plats"),
    "wish": N_("Önskan om belysning"),
    "safe_place": N_("Trygg plats"),
}
STATE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "report": {
        "received": N_("Mottagen"), "held": N_("Spärrad för granskning"), "reviewed": N_("Granskad"),
        "ticketed": N_("Skickad till belysning"), "in_spot": N_("Med i sammanställningen"),
        "forwarded": N_("Vidarebefordrad"), "duplicate": N_("Dubblett"), "rejected": N_("Avvisad"),
        "answered": N_("Besvarad"), "reopened": N_("Öppnad igen"), "withdrawn": N_("Återtagen"),
    },
    "dark_spot": {
        "proposed": N_("Föreslagen"), "confirmed": N_("Bekräftad"), "dismissed": N_("Avfärdad"),
        "merged": N_("Sammanslagen"), "dormant": N_("Vilande"), "on_walk": N_("I vandring"),
        "in_plan": N_("I åtgärdsplan"), "remedied": N_("Åtgärdad"), "followed_up": N_("Uppföljd"),
        "closed": N_("Stängd"), "reopened": N_("Öppnad igen"),
    },
    "walk": {
        "draft": N_("Utkast"), "planned": N_("Planerad"), "invited": N_("Inbjudan ute"), "walked": N_("Genomförd"),
        "protocol_draft": N_("Protokoll skrivs"), "protocol_published": N_("Protokoll publicerat"),
        "feedback_given": N_("Återkoppling given"), "followed_up": N_("Uppföljd"), "finished": N_("Avslutad"),
        "cancelled": N_("Inställd"),
    },
    "plan": {
        "draft": N_("Utkast"), "circulated": N_("På remiss"), "decided": N_("Beslutad"), "ongoing": N_("Pågår"),
        "followed_up": N_("Uppföljd"), "finished": N_("Avslutad"), "not_needed": N_("Ingen plan behövs"),
    },
    "measure": {
        "proposed": N_("Föreslagen"), "assessed": N_("Bedömd"), "decided": N_("Beslutad"), "rejected": N_("Avslagen"),
        "funded": N_("Finansierad"), "ordered": N_("Beställd"), "ongoing": N_("Pågår"), "done": N_("Utförd"),
        "verified": N_("Verifierad"), "effect_followed_up": N_("Effekt uppföljd"),
        "waiting_owner": N_("Väntar på ägare"), "waiting_season": N_("Väntar på säsong"),
        "waiting_funds": N_("Väntar på medel"), "waiting_permit": N_("Väntar på tillstånd"), "paused": N_("Pausad"),
    },
    "ticket": {
        "new": N_("Nytt"), "triaged": N_("Bedömt"), "assigned": N_("Tilldelat"), "en_route": N_("På väg"),
        "on_site": N_("På plats"), "made_safe": N_("Säkrat"), "provisional": N_("Tillfälligt lagat"),
        "repaired": N_("Lagat"), "verified": N_("Kontrollerat"), "closed": N_("Stängt"),
        "waiting_grid_owner": N_("Väntar på nätägare"), "waiting_material": N_("Väntar på material"),
        "waiting_digging": N_("Väntar på grävning"), "waiting_other_owner": N_("Väntar på annan ägare"),
        "duplicate": N_("Dubblett"), "no_fault": N_("Inget fel funnet"), "deliberately_off": N_("Medvetet släckt"),
        "forwarded": N_("Vidarebefordrat"), "became_measure": N_("Blev åtgärd"), "reopened": N_("Öppnat igen"),
    },
    "funding": {
        "idea": N_("Idé"), "applied": N_("Ansökt"), "granted": N_("Beviljad"), "refused": N_("Avslagen ansökan"),
        "available": N_("Disponibel"), "used_up": N_("Förbrukad"), "reported": N_("Redovisad"),
    },
    "promise": {
        "proposed": N_("Förslag"), "decided": N_("Beslutat"), "ongoing": N_("Pågår"), "fulfilled": N_("Uppfyllt"),
        "partly": N_("Delvis uppfyllt"), "not_fulfilled": N_("Inte uppfyllt"),
        "follow_up_published": N_("Uppföljning publicerad"),
    },
    "photo": {"staff_only": N_("Bara för personal"), "approved": N_("Godkänt"), "hidden": N_("Dolt")},
}  # fmt: skip
ENVIRONMENT_WORDS: Final[Mapping[str, str]] = {
    "street": N_("Gata"), "path": N_("GC-väg"), "park": N_("Park"), "rampart": N_("Vall"), "underpass": N_("Tunnel"),
    "stairs": N_("Trappa"), "bus_stop": N_("Hållplats"), "square": N_("Torg"), "school_route": N_("Skolväg"),
    "parking": N_("Parkering"), "yard": N_("Gård"), "trail": N_("Motionsspår"), "station": N_("Stationsområde"),
    "crossing": N_("Övergång"), "main_path": N_("Huvudstråk för gång och cykel"),
}  # fmt: skip
REGISTER_WORDS: Final[Mapping[str, str]] = {
    "reading": N_("Läses"), "waiting": N_("Väntar på kolumner"), "comparing": N_("Jämförs"), "compared": N_("Jämförd"),
    "writing": N_("Skrivs"), "written": N_("Inskriven"), "refused": N_("Gick inte att läsa in"),
}  # fmt: skip
CORRECTION_WORDS: Final[Mapping[str, str]] = {
    "moved": N_("Stolpen står på fel plats"), "added": N_("Stolpen saknas i registret"), "removed": N_("Stolpen är borta"),
    "number": N_("Numret stämmer inte"), "plate": N_("Skylten saknas"), "other": N_("Annat"), "draft": N_("Väntar"), "accepted": N_("Införd"),
    "rejected": N_("Avslagen"),
}  # fmt: skip
ROLE_WORDS: Final[Mapping[str, str]] = {
    "resident": N_("Boende"),
    "coordinator": N_("Trygghetssamordnare"),
    "technician": N_("Tekniker"),
    "admin": N_("Administratör"),
    "system": N_("Systemet"),
    "contractor": N_("Entreprenör"),
}


def install(app: Flask) -> None:
    """Give the templates the words for codes."""
    app.jinja_env.filters["pair"] = lambda word: (word, word)
    app.jinja_env.globals.update(
        category_word=lambda code: tr(CATEGORY_WORDS.get(code, code)),
        severity_word=lambda code: tr(SEVERITY_WORDS.get(code, "")),
        when_word=lambda code: tr(WHEN_WORDS.get(code, "")),
        kind_word=lambda code: tr(KIND_WORDS.get(code, code)),
        state_word=lambda thing, code: tr(STATE_WORDS[thing].get(code, code)),
        spot_word=lambda code: tr(publication.SPOT_WORDS.get(code, publication.SPOT_WORDS["proposed"])),
        environment_word=lambda code: tr(ENVIRONMENT_WORDS.get(code, "")),
        role_word=lambda code: tr(ROLE_WORDS.get(code, code)),
        register_word=lambda code: tr(REGISTER_WORDS.get(code, code)),
        correction_word=lambda code: tr(CORRECTION_WORDS.get(code, code)),
        field_sentence=error_sentence, as_on_page=as_on_page,
        URGENT_WORDS=reports.URGENT_WORDS,
        CATEGORY_WORDS=CATEGORY_WORDS, SEVERITY_WORDS=SEVERITY_WORDS, WHEN_WORDS=WHEN_WORDS,
        word_pairs=lambda words: [(code, tr(word)) for code, word in words.items()],
        named_pairs=lambda rows: [(row.id, row.name) for row in rows],
        ENVIRONMENT_WORDS=ENVIRONMENT_WORDS, FAULTS=tickets.FAULTS, ACTIONS=tickets.ACTIONS, CAUSES=tickets.CAUSES,
        MEASURE_KINDS=measures.KINDS, MISSING_WORDS=measures.MISSING_WORDS, FUNDING_KINDS=measures.FUNDING_KINDS,
        PARAMETERS=walks.PARAMETERS, PARAMETER_ENDS=walks.PARAMETER_ENDS, OBSERVATIONS=walks.OBSERVATIONS,
        PERSPECTIVES=walks.PERSPECTIVES, OTHER_WALKS=walks.OTHER_WALKS, ATTENDANCE=walks.ATTENDANCE, LIGHT_WORDS=dark_spots.LIGHT_WORDS,
        SCORE_WORDS=SCORE_WORDS, DECISION_WORDS=DECISION_WORDS, SELECTION_WORDS=SELECTION_WORDS,
        FLOW_WORDS=dark_spots.FLOW_WORDS, CONTEXT_WORDS=dark_spots.CONTEXT_WORDS,
    )  # fmt: skip


def field_errors(codes: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence beside each field's name, in this request's language."""
    return {name: error_sentence(code) for name, code in codes.items()}


def as_on_page(errors: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the errors in the order of the page: a browser sends its fields so; one that it did not send follows the last."""
    sent = {name: at for at, name in enumerate(request.form)}
    places: list[int] = []
    for name in errors:
        places.append(sent.get(name, places[-1] if places else -1))
    return [line for _, line in sorted(zip(places, errors.items(), strict=True), key=lambda placed: placed[0])]


def error_sentence(code: str) -> str:
    """Return the sentence of a code, in this request's language."""
    plain, *facts = code.split(":")
    return tr(ERRORS[plain], **dict(zip(FACTS_OF.get(plain, ()), facts, strict=True)))


def photo_problem(code: str) -> str:
    """Return why a photo was not kept."""
    return tr(photos.REFUSED.get(code, photos.REFUSED["unavailable"]))
