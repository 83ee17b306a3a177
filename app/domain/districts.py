"""How a district is heard: few voices are no proof of little need (domain brief, 5.3)."""

from __future__ import annotations

from typing import Final

QUIET_BELOW: Final = 0.5


def voice_ratio(reporters: int, inhabitants: int | None, all_reporters: int, all_inhabitants: int) -> float | None:
    """Return reporters per inhabitant against the municipality's (1 = the same), or None when it cannot be said."""
    if not inhabitants or not all_reporters or not all_inhabitants:
        return None
    return (reporters / inhabitants) / (all_reporters / all_inhabitants)


def quiet(reporters: int, ratio: float | None) -> bool:
    """Say whether so few report that silence may hide need: nobody, or under half of the municipality's rate."""
    return reporters == 0 or (ratio is not None and ratio < QUIET_BELOW)
