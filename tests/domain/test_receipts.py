"""The receipt opens one report and nothing else; the reference opens nothing."""

from __future__ import annotations

from app.domain import receipts


def test_sending_the_same_id_again_gives_the_same_secret_link() -> None:
    assert receipts.secret("an id", "a key") == receipts.secret("an id", "a key")


def test_the_secret_has_256_bits_and_changes_with_id_and_key() -> None:
    first = receipts.secret("an id", "a key")
    assert len(first) == 43
    assert first != receipts.secret("another id", "a key")
    assert first != receipts.secret("an id", "another key")


def test_a_receipt_made_under_a_retired_key_can_still_be_told_again() -> None:
    stored = receipts.secret_hash(receipts.secret("an id", "old key"))
    assert receipts.secret_matching("an id", stored, ["new key", "old key"]) == receipts.secret("an id", "old key")


def test_a_receipt_of_a_forgotten_key_is_never_guessed() -> None:
    stored = receipts.secret_hash(receipts.secret("an id", "lost key"))
    assert receipts.secret_matching("an id", stored, ["new key", "old key"]) is None


def test_the_reference_is_short_and_has_no_signs_that_are_misheard() -> None:
    assert receipts.reference([0, 0, 0, 0, 0, 0]) == "A2-222"
    assert not set(receipts.REFERENCE_SIGNS) & set("01IOQSW")


def test_moving_a_byte_between_two_fields_changes_the_fingerprint() -> None:
    assert receipts.fingerprint([b"ab", b"c"]) != receipts.fingerprint([b"a", b"bc"])
