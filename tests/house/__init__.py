"""The house keeps its own rules: each test here fails when one is broken."""
