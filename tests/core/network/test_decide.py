"""Thresholds, edits and proposals on small networks."""

from __future__ import annotations

from datetime import date, timedelta

from groundline.core.network.correlation import Limits
from groundline.core.network.decide import Thresholds, decide, is_automatic, propose, user_reason
from groundline.core.network.edits import Edits, Row
from groundline.core.stack import Pair

START = date(2018, 1, 1)
LIMITS = Limits()


def day(number: int) -> date:
    return START + timedelta(days=number)


def pair(first: int, second: int, bperp: float | None = 0.0, **other) -> Pair:
    return Pair(day(first), day(second), bperp=bperp, **other)


def run(pairs, edits=None, dropped=(), thresholds=None, dates=None):
    thresholds = thresholds or Thresholds(84, 150, 0)
    decided = decide(pairs, edits or Edits(), dropped, thresholds)
    dates = dates or sorted({d for p in pairs for d in (p.date1, p.date2)} - set(dropped))
    return propose(decided, dates, thresholds, LIMITS)


def states(decisions):
    return [d.state for d in decisions]


def edit(first: int, second: int, state: str, reason: str = "") -> Edits:
    return Edits({(day(first), day(second)): Row(day(first), day(second), state, reason)})


def test_thresholds_themselves_are_allowed():
    decisions, _ = run([pair(0, 84, -150.0)])
    assert states(decisions) == ["kept"]
    assert decisions[0].reason == "within thresholds"


def test_a_pair_beyond_both_thresholds_says_so():
    decisions, _ = run([pair(0, 85, 150.6), pair(0, 12), pair(12, 85)])
    assert decisions[0].state == "excluded"
    assert decisions[0].reason == "beyond thresholds: 85 days > 84 days and |Bperp| 151 m > 150 m"


def test_unknown_baseline_leaves_the_time_threshold():
    decisions, _ = run(
        [pair(0, 12, None), pair(12, 100, None), pair(0, 100, None), pair(12, 24), pair(24, 100)]
    )
    assert states(decisions)[0] == "kept"
    assert decisions[1].state == "excluded"


def test_an_edit_wins_over_the_thresholds():
    pairs = [pair(0, 12), pair(12, 24), pair(0, 24), pair(0, 96)]
    decisions, _ = run(pairs, edit(0, 24, "excluded", "noisy"))
    assert (decisions[2].state, decisions[2].reason) == ("excluded", "noisy")
    decisions, _ = run(pairs, edit(0, 96, "kept"))
    assert (decisions[3].state, decisions[3].reason) == ("kept", "kept by the user")


def test_a_row_that_only_repeats_an_automatic_decision_is_no_edit():
    # The file of a run with 84 days, used with 24 days: its "within thresholds" rows are decided anew.
    decisions, _ = run(
        [pair(0, 12), pair(12, 24), pair(0, 48), pair(24, 48)],
        edit(0, 48, "kept", "within thresholds"),
        thresholds=Thresholds(24, 150, 0),
    )
    assert decisions[2].reason.startswith("beyond thresholds")


def test_a_dropped_image_takes_all_its_pairs_even_kept_ones():
    decisions, _ = run([pair(0, 12), pair(12, 24), pair(0, 24)], edit(0, 12, "kept"), [day(12)])
    assert states(decisions) == ["excluded", "excluded", "kept"]
    assert decisions[0].reason == "image dropped: 20180113"


def test_an_image_that_comes_back_brings_its_pairs_back():
    decisions, _ = run([pair(0, 12)], edit(0, 12, "excluded", "image dropped: 20180113"))
    assert states(decisions) == ["kept"]


def test_pairs_that_the_stack_excludes_stay_excluded():
    decisions, _ = run(
        [pair(0, 12), pair(0, 24, state="excluded", reason="all pixels are empty"), pair(12, 24)]
    )
    assert (decisions[1].state, decisions[1].reason) == ("excluded", "all pixels are empty")


def test_two_parts_are_joined_by_the_pair_of_highest_expected_correlation():
    # Parts {0, 12} and {150, 162}; of the long pairs 12-150 is shortest but has the larger baseline.
    pairs = [pair(0, 12), pair(150, 162), pair(12, 150, 400.0), pair(0, 150, 10.0), pair(0, 162, 5.0)]
    decisions, ranking = run(pairs)
    assert states(decisions) == ["kept", "kept", "excluded", "proposed", "excluded"]
    # (1 - 150 / 1826.25) (1 - 10 / 1100) = 0.9095
    assert decisions[3].reason == "proposal: joins two parts (expected correlation 0.91)"
    assert ranking == "expected correlation"


def test_mean_coherence_ranks_when_every_candidate_has_it():
    pairs = [
        pair(0, 12, coherence=0.6),
        pair(150, 162, coherence=0.6),
        pair(12, 150, coherence=0.2),
        pair(0, 162, coherence=0.3),
    ]
    decisions, ranking = run(pairs)
    assert states(decisions) == ["kept", "kept", "excluded", "proposed"]
    assert ranking == "mean coherence"


def test_links_are_proposed_for_a_thin_image():
    pairs = [pair(0, 12), pair(0, 24), pair(12, 24), pair(24, 100), pair(0, 100), pair(12, 100)]
    decisions, _ = run(pairs, thresholds=Thresholds(84, 150, 2))
    assert states(decisions) == ["kept", "kept", "kept", "kept", "excluded", "proposed"]
    assert decisions[5].reason.startswith("proposal: gives 20180411 link 2")


def test_three_parts_need_two_proposals():
    pairs = [pair(0, 100), pair(100, 200), pair(0, 200)]
    decisions, _ = run(pairs)
    assert states(decisions) == ["proposed", "proposed", "excluded"]


def test_what_the_user_excluded_is_never_proposed():
    decisions, _ = run([pair(0, 100)], edit(0, 100, "excluded", "noisy"))
    assert states(decisions) == ["excluded"]


def test_a_confirmed_proposal_keeps_its_story():
    assert user_reason("kept", "proposal: joins two parts (0.9)") == "confirmed: joins two parts (0.9)"
    assert not is_automatic("kept", "confirmed: joins two parts (0.9)")


def test_a_changed_state_with_our_old_reason_is_the_users_decision():
    assert not is_automatic("excluded", "within thresholds")
    assert user_reason("excluded", "within thresholds") == "excluded by the user"
