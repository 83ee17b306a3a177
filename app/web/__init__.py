"""What the blueprints share: who may enter, sign-in, headers, languages, errors, public output."""
