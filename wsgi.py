"""The door for WSGI servers and for `flask --app wsgi`."""

import os
import sys

from app.factory import create_app, settle
from config import BadSetting, Settings

try:
    app = create_app(Settings.from_environment(os.environ))
except BadSetting as bad:
    sys.exit(f"Error: {bad}")
settle()
