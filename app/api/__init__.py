"""The programs' door: JSON in, JSON or problem+json out."""
