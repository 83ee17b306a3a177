"""Pure rules: no web, no database, no clock, no chance. Everything a rule needs comes in as an argument."""
