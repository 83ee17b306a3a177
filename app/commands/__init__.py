"""The operator's door: `flask --app wsgi …`. Each command says what it did in figures."""

from app.commands.basemap import basemap
from app.commands.contractors import contractors
from app.commands.demo import demo
from app.commands.imports import districts, lamps, reports
from app.commands.keeping import backup, move_from, restore
from app.commands.neighbours import neighbours
from app.commands.network import network
from app.commands.originals import originals
from app.commands.retention import retention
from app.commands.serve import serve
from app.commands.staff import staff
from app.commands.work import jobs, spots
from app.web.telling import told

COMMANDS = tuple(
    told(command)
    for command in (
        serve,
        demo,
        districts,
        lamps,
        reports,
        basemap,
        neighbours,
        network,
        staff,
        contractors,
        jobs,
        spots,
        originals,
        retention,
        backup,
        restore,
        move_from,
    )
)
