"""A dark spot keeps its name when it grows."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.identity import match


def test_a_spot_that_grows_is_the_same_spot() -> None:
    assert match({7: {1, 2, 3}}, [{1, 2, 3, 4, 5}]).spot_of == (7,)


def test_a_group_that_nobody_knows_is_new() -> None:
    assert match({7: {1, 2}}, [{1, 2}, {8, 9}]).spot_of == (7, None)


def test_the_assignment_is_best_over_the_whole_and_not_one_by_one() -> None:
    # Greedy would give group 0 to spot 1 (five shared) and leave spot 2 with nothing.
    known = {1: {1, 2, 3, 4, 5, 11, 12, 13, 14}, 2: {21, 22, 23, 24}}
    groups = [{1, 2, 3, 4, 5, 21, 22, 23, 24}, {11, 12, 13, 14}]
    assert match(known, groups).spot_of == (2, 1)


def test_a_spot_whose_reports_left_is_gone_and_says_who_inherited_them() -> None:
    found = match({1: {1, 2, 3}, 2: {4, 5}}, [{1, 2, 3, 4, 5}])
    assert (found.spot_of, found.gone, found.merged) == ((1,), (2,), ((2, 1),))


def test_a_spot_that_is_divided_lives_on_in_its_larger_part() -> None:
    found = match({1: {1, 2, 3, 4, 5}}, [{1, 2}, {3, 4, 5}])
    assert (found.spot_of, found.split) == ((None, 1), ((1, 0),))


def test_ties_are_settled_the_same_way_every_time() -> None:
    assert match({1: {1}, 2: {2}}, [{1, 2}]).spot_of == (1,)
    assert match({1: {1, 2}}, [{1}, {2}]).spot_of == (1, None)


def test_a_pinned_spot_is_neither_matched_nor_gone_and_lends_its_reports_to_nobody() -> None:
    found = match({1: {1, 2, 3}, 2: {4}}, [{1, 2, 3, 4}], pinned=[1])
    assert (found.spot_of, found.gone, found.merged) == ((2,), (), ())


spots_and_groups = st.tuples(st.lists(st.integers(0, 4), max_size=14), st.lists(st.integers(0, 4), max_size=14))


@settings(max_examples=150, deadline=None)
@given(spots_and_groups, st.randoms(use_true_random=False))
def test_no_other_assignment_shares_more_reports_and_listing_order_changes_nothing(
    sides: tuple, chance: object
) -> None:
    known, groups = ({n: {i for i, m in enumerate(side) if m == n} for n in set(side)} for side in sides)
    listed = list(groups.values())
    found = match(known, listed)
    kept = sum(len(known[s] & listed[k]) for k, s in enumerate(found.spot_of) if s is not None)
    choices = permutations([*known, *[None] * len(listed)], len(listed))
    assert kept == max(sum(len(known[s] & g) for s, g in zip(c, listed, strict=True) if s is not None) for c in choices)
    order = list(range(len(listed)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert match(known, [listed[k] for k in order]).spot_of == tuple(found.spot_of[k] for k in order)
