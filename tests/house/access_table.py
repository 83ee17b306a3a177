"""Who may enter where, as reviewed by people. A route without a row fails the test beside this page.

A blueprint is a door, so its routes stand together. What a person may do to *this* ticket or *this* spot is a second
question, asked in services/transitions.py.
"""

from __future__ import annotations

from typing import Final

ANYBODY: Final = frozenset({"nobody", "technician", "coordinator", "admin"})
COORDINATORS: Final = frozenset({"coordinator", "admin"})
ADMINS: Final = frozenset({"admin"})
STAFF: Final = frozenset({"technician", "coordinator", "admin"})

_ROWS: Final = (
    (ANYBODY, "static", ""),
    (ANYBODY, "resident", "start about privacy accessibility"),
    (
        ANYBODY,
        "report",
        "form submit receipt back_to_receipt add_photos follow follow_by_phone withdraw better lit",
    ),  # behind the receipt's secret
    (ANYBODY, "near", "around me_too"),  # approved places and lamps of the register only
    (ANYBODY, "basemap", "archive names lamps"),
    (ANYBODY, "places", "listing geojson map_page base district feed district_feed"),
    (ANYBODY, "phone", "mine offline worker styles manifest"),
    (ANYBODY, "photos", "photo"),  # asks itself: role, receipt or approval
    (ANYBODY, "account", "login enter leave"),
    (ANYBODY, "api_reports", "create show"),
    (ANYBODY, "operations", "healthz readyz metrics"),
    (ANYBODY, "openapi", "description"),
    (COORDINATORS, "dashboard", "overview take_care"),
    (COORDINATORS, "promises", "listing create promise change move activity remove"),
    (COORDINATORS, "editions", "listing begin edition keep discard statutory statutory_file"),
    (
        ANYBODY,
        "public_editions",
        "promises editions edition edition_paper feed district_feed subscribe subscription answer",
    ),
    (COORDINATORS, "compilations", "district district_file municipality municipality_file"),
    (
        COORDINATORS,
        "inbox",
        "queue together report review spot ticket attach duplicate forward reject release answer mask photo",
    ),
    (COORDINATORS, "desk_photos", "page cover_up judge"),
    (ANYBODY, "public_walks", "ahead feed protocol protocol_pdf sign_up"),  # planned and published ones only
    (ANYBODY, "public_walks", "staff_feed signed_up withdraw"),  # behind a secret
    (ANYBODY, "walk_mode", "door worker page entries photo"),  # behind a group's code
    (ANYBODY, "public_plans", "plan pdf"),  # decided ones only
    (COORDINATORS, "invitations", "invitation invite poster make_groups"),
    (COORDINATORS, "calendar", "month add cancel set_holidays"),
    (COORDINATORS, "walks", "listing new create walk change choose_stops describe_stop shift_stop order"),
    (COORDINATORS, "walks", "add_safe_place plan cancel hold move_on sheet sheet_pdf pack ical reorder trial"),
    (COORDINATORS, "protocols", "protocol summarise publish entry note suggest suggest_all give_feedback walk_again"),
    (COORDINATORS, "plans", "board create plan plan_pdf change_plan move_plan new_measure create_measure measure"),
    (COORDINATORS, "plans", "change_measure draw move_measure"),
    (COORDINATORS, "funding", "listing add source change move"),
    (COORDINATORS, "measures", "listing ask_owner look_back"),
    (ANYBODY, "owner", "question answer"),  # behind a secret that is used once
    (STAFF, "technician", "tickets ticket set_out arrive make_safe repair wait end break_off pole verify not_lit"),
    (STAFF, "technician", "night_check"),
    (STAFF, "days", "day data worker"),
    (STAFF, "api_visits", "create claim"),  # only of tickets that were handed out to them, by signature
    (STAFF, "api_tickets", "listing show change"),  # a technician's own, by the gate
    (COORDINATORS, "desk_tickets", "listing ticket assign verify reopen end called needs lamps"),
    (COORDINATORS, "contractors", "overview table send revoke"),
    (ANYBODY, "outside", "ticket answer"),  # behind the link's secret
    (ANYBODY, "api_contractors", "tickets table answer"),  # asks itself for the contractor's key
    (COORDINATORS, "ticket_numbers", "page table"),
    (ANYBODY, "repairs", "page"),
    (COORDINATORS, "new_tickets", "new create causes join"),
    (COORDINATORS, "desk_lamps", "listing geojson corrections settle lamp off on owner"),
    (STAFF, "van_lamps", "new add lamp correct"),
    (STAFF, "van_patrols", "new create"),
    (ADMINS, "response_times", "page times matrix"),
    (ADMINS, "admin", "page"),
    (ADMINS, "register", "files take_in file columns write throw_away"),
    (
        COORDINATORS,
        "dark_spots",
        "listing map_frame spot confirm dismiss reopen name merge pin publish facts split undo_decision selection shape shapes heat",
    ),
)

ACCESS: Final[dict[str, frozenset[str]]] = {
    f"{door}.{name}" if name else door: roles for roles, door, names in _ROWS for name in names.split() or [""]
}
