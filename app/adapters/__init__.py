"""Whom we call: the image cleaner, the photo store, mail, the queue, the clock."""
