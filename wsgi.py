"""The door for WSGI servers and for `flask --app wsgi`."""

import os

from app.factory import create_app, settle
from config import Settings

app = create_app(Settings.from_environment(os.environ))
settle()
