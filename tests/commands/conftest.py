"""What tests of commands share."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.fixture
def empty_store(app: Flask) -> None:
    """Take away the photos that other tests left in the store, which lives as long as the run."""
    store = app.extensions["ljuspunkt"].photo_store
    for name in list(store.keys()):
        store.delete(name)
