"""Ljuspunkt: from a dark path to a lit lamp and a resident who was told."""
