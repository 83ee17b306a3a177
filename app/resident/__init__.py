"""The residents' door: open to everyone, without an account."""
