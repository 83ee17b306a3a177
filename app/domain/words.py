"""The marker for text that is translated later, where somebody's language is known."""


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for a marker that does nothing)
    """Return the Swedish text as it is; the marker lets the catalogue find it."""
    return text


def at_most(longest: int) -> str:
    """Return the code of a text that has more characters than its field takes; the sentence for it says how many."""
    return f"text_longer:{longest}"


def between(least: float, most: float) -> str:
    """Return the code of a number outside its field's bounds; the sentence for it names them."""
    return f"number_between:{least:g}:{most:g}"
