"""Use cases: one thing a person does is one function with one commit."""
