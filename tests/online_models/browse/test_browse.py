"""What the customer may look at next."""

import numpy as np
import pytest

from features.catalog import Catalog
from features.profile import Profile, Recent, Touch
from online_models.browse import Asked, rank_browse, rank_views
from online_models.browse.neighbours import EVIDENCES, alike, best_of, neighbours, of_each
from online_models.browse.order import bucket_of
from online_models.heads import BROWSE
from online_models.memory.shared import SharedMemory
from online_models.ranker import Weights
from online_models.request import Request
from stream.contracts.catalog import CatalogItem
from tests.online_models.crowd import a_crowd
from tests.online_models.questions import said
from tests.online_models.records import NOON_MS, browse, memory_of, walks


def value(ranked, item_id: str, feature: str) -> float:
    return float(ranked.features[ranked.items.index(item_id), BROWSE.features.index(feature)])


def evidence(memory: SharedMemory, *anchors: str) -> dict[str, dict[str, float]]:
    """Return item -> evidence by name, only what is not 0."""
    numbers = [(back, memory.items.find(one)) for back, one in enumerate(anchors)]
    rows = alike(memory.sessions, [numbers], own=np.array([-1]))
    found = neighbours(memory.sessions, rows, np.array([numbers[0][1]]), len(memory.items))
    table = zip(found.items.tolist(), found.evidence.T.tolist(), strict=True)
    return {memory.items.ids[item]: {name: one for name, one in zip(EVIDENCES, values, strict=True) if one} for item, values in table}


def test_what_followed_the_item_on_screen_in_other_sessions_comes_first():
    memory = memory_of(walks("tea cup", "tea cup", "tea spoon", "nail hammer"))
    ranked = browse(memory, "tea")
    assert ranked.items[:2] == ("cup", "spoon")
    assert np.all(np.diff(ranked.scores) <= 0)


def test_evidence_weighs_direction_distance_and_how_much_of_the_session_is_shared():
    # given "cup tea jar spoon" in one row, and a session that has the tea on screen and saw the spoon before
    memory = memory_of(walks("cup tea jar spoon"))
    found = evidence(memory, "tea", "spoon")
    # then the row shares both: weight 1 + 0.9; offsets are counted from the tea (column 1)
    assert found["jar"] == pytest.approx({"adjacent": 1, "forward": 1, "rows": 1.9, "directed": 1.9})
    assert found["spoon"] == pytest.approx({"forward": 1 / 2, "rows": 1.9, "directed": 1.9 / 2})
    assert found["cup"] == pytest.approx({"backward": 1, "rows": 1.9, "directed": 1.9 * 0.6})


def test_an_older_item_of_the_session_speaks_with_a_lower_voice():
    # given a row that shares only the item one step back: weight 0.9, voice (1 - 0.1)
    memory = memory_of(walks("spoon jar", "tea nail"))
    found = evidence(memory, "tea", "spoon")
    assert found["jar"] == pytest.approx({"rows": 0.9, "directed": 0.81})


def test_the_running_sessions_own_rows_are_no_evidence():
    memory = memory_of(walks("tea cup", "tea jar"))
    assert value(browse(memory, "tea", "cup", session="s0"), "cup", "is_neighbour") == 0
    assert value(browse(memory, "tea", "cup"), "cup", "is_neighbour") == 1


def test_the_item_on_screen_and_barred_items_are_never_candidates():
    memory = memory_of(walks("tea cup spoon tea", "tea cup"))
    ranked = browse(memory, "tea", "cup", barred=frozenset({"cup"}))
    assert ranked.items == ("spoon",)
    assert ranked.features.shape == (1, len(BROWSE.features))
    assert len(ranked.sources) == len(ranked.scores) == 1


def test_what_the_shop_does_not_sell_now_is_left_out():
    memory, catalog = memory_of(walks("tea cup spoon jar")), Catalog()
    catalog.put(CatalogItem("cup", availability="out_of_stock"))
    catalog.withdraw("jar")
    assert browse(memory, "tea", catalog=catalog).items == ("spoon",)


def test_the_customers_history_brings_candidates_that_nobody_linked():
    memory = memory_of(walks("tea", "lamp"))
    profile = Profile(history=(Touch("lamp", NOON_MS, views=2, carts=1),))
    ranked = browse(memory, "tea", profile=profile)
    # asked a day later: 0.2 ln(1 + 86,400 s) = 2.273, ln(1 + 3 touches) = 1.386
    assert value(ranked, "lamp", "in_history") == value(ranked, "lamp", "carted_before") == 1
    assert value(ranked, "lamp", "log_history_age") == pytest.approx(2.2734, abs=1e-4)
    assert value(ranked, "lamp", "log_history_times") == pytest.approx(1.3863, abs=1e-4)


def test_the_sessions_own_items_come_back_with_steps_and_times():
    # given the walk cup, tea, cup, jar, tea: tea on screen, then jar, cup; cup came right after tea once, and was there twice
    memory = memory_of(walks("cup tea cup jar tea"))
    walk = ("cup", "tea", "cup", "jar", "tea")
    profile = Profile(recent=tuple(Recent(NOON_MS + step, item, 1, 5) for step, item in enumerate(walk)))
    ranked = browse(memory, "tea", "jar", "cup", profile=profile, session="s0")
    assert (value(ranked, "jar", "is_previous"), value(ranked, "cup", "is_previous")) == (1, 0)
    assert (value(ranked, "jar", "followed_before"), value(ranked, "cup", "followed_before")) == (0, 1)
    assert value(ranked, "cup", "log_steps_back") == pytest.approx(np.log(2))
    assert value(ranked, "cup", "log_times_in_session") == pytest.approx(np.log(3))


def test_items_of_the_category_on_screen_are_candidates_and_known_as_such():
    memory = memory_of(walks("tea", "mate", "lamp", tea="drinks", mate="drinks", lamp="light"))
    ranked = browse(memory, "tea")
    assert ranked.items[0] == "mate"
    assert (value(ranked, "mate", "same_category"), value(ranked, "mate", "in_category_ring")) == (1, 1)


def test_neighbours_of_neighbours_are_found():
    # tea - cup - saucer: nobody saw tea and saucer in one session
    ranked = browse(memory_of(walks("tea cup", "cup saucer")), "tea")
    assert value(ranked, "saucer", "log_two_hop") > 0
    assert value(ranked, "saucer", "only_two_hop") == 1


def test_a_new_item_on_screen_still_gets_what_is_lively():
    ranked = browse(memory_of(walks("tea cup", "lamp")), "never-seen")
    assert set(ranked.items) == {"tea", "cup", "lamp"}
    assert ranked.sources[0].keys() == {"popular"}


def test_a_new_shop_answers_with_its_catalogue_the_category_on_screen_first():
    catalog = Catalog()
    for item_id, category in (("b-lamp", "light"), ("a-mug", "cups"), ("c-lamp", "light"), ("d-lamp", "light")):
        catalog.put(CatalogItem(item_id, item_category=category))
    ranked = browse(SharedMemory(), "b-lamp", catalog=catalog)
    assert ranked.items == ("c-lamp", "d-lamp", "a-mug")
    assert ranked.features.shape == (3, len(BROWSE.features))
    assert browse(SharedMemory(), "b-lamp", catalog=catalog, seen_only=True).items == ()


def test_sources_say_in_plain_numbers_what_brought_the_best():
    # three others went from tea straight to cup: directed 3 (weights of 1, distance 1), adjacent 3
    ranked = browse(memory_of(walks("tea cup", "tea cup", "tea cup")), "tea", k=1)
    assert ranked.sources == ({"neighbours": 3.0, "together": 3.0, "popular": 3.0},)


def test_an_empty_memory_without_catalogue_has_no_answer():
    assert browse(SharedMemory(), "tea").items == ()
    assert browse(SharedMemory()).items == ()


@pytest.mark.parametrize(
    ("length", "neighbours", "bucket"),
    [(0, 100, 0), (1, 100, 0), (2, 100, 1), (4, 100, 1), (5, 100, 2), (20, 100, 2), (1, 63, 3), (20, 0, 5)],
)
def test_contexts_tell_the_first_item_from_two_to_four_and_more_and_many_neighbours_from_few(length, neighbours, bucket):
    assert bucket_of(length, neighbours) == bucket


def test_the_company_of_the_item_on_screen_and_of_the_session_are_compared():
    # given cup and mug which both stood beside tea alone: their company is the same; and a nail that stood elsewhere
    ranked = browse(memory_of(walks("tea cup", "tea mug", "nail saw", "mug tea saw")), "cup")
    assert value(ranked, "mug", "cosine_on_screen") > 0.5
    assert value(ranked, "mug", "cosine") == pytest.approx(value(ranked, "mug", "cosine_on_screen"))  # a session of one item
    assert value(ranked, "mug", "cosine_squared") == pytest.approx(value(ranked, "mug", "cosine") ** 2)


def test_questions_asked_together_have_the_answers_that_each_has_alone():
    # given somebody new, somebody in the middle of a walk, and somebody whose item nobody knows
    memory, profile = memory_of(walks("tea cup jar", "tea cup", "jar spoon", "nail hammer")), Profile(history=(Touch("spoon", NOON_MS, 1),))
    requests = [Request("browse", anchors) for anchors in (("tea",), ("cup", "tea", "jar"), ("sofa", "tea"))]
    asked = [Asked(request, profile, NOON_MS) for request in requests]
    together = rank_views(asked, memory, Catalog(), Weights.start())
    alone = [rank_browse(request, profile, memory, Catalog(), Weights.start(), NOON_MS) for request in requests]
    assert [said(one) for one in together] == [said(one) for one in alone]
    assert len({one.items for one in together}) == len(requests)


@pytest.mark.parametrize("together", [2, 7, 40])
def test_who_else_asks_changes_no_bit_of_an_answer(together: int):
    memory, asked = a_crowd(40)
    alone = [rank_browse(one.request, one.profile, memory, Catalog(), Weights.start(), one.now_ms) for one in asked]
    parts = [rank_views(asked[begin : begin + together], memory, Catalog(), Weights.start()) for begin in range(0, len(asked), together)]
    assert [said(one) for part in parts for one in part] == [said(one) for one in alone]
    # and no feature is missing in all of them
    assert np.concatenate([one.features for one in alone]).any(axis=0).all()


def test_sums_of_a_question_are_the_same_to_the_last_bit_whoever_stands_beside_it():
    values, ends = np.random.default_rng(4).random((3, 400)), [(0, 7), (7, 7), (7, 70), (70, 71), (71, 400)]
    together = of_each(np.add, values, ends)
    for begin, end in ends:
        if begin < end:
            alone = of_each(np.add, values[:, begin:end], [(0, end - begin)])
            assert together[:, begin:end].tobytes() == alone.tobytes()


def test_several_questions_to_an_empty_memory_have_no_answers():
    asked = [Asked(Request("browse", (item,)), Profile(), NOON_MS) for item in ("tea", "cup")]
    assert [one.items for one in rank_views(asked, SharedMemory(), Catalog(), Weights.start())] == [(), ()]


def test_of_equal_values_at_the_edge_the_first_are_kept():
    assert best_of(np.array([1.0, 2.0, 1.0, 3.0, 1.0]), 3).tolist() == [0, 1, 3]


def test_every_feature_is_finite_and_bounded_on_long_histories():
    walk = " ".join(f"item{step % 37}" for step in range(400))
    memory = memory_of(walks(*[walk] * 5, **{f"item{one}": f"category{one % 5}" for one in range(37)}))
    profile = Profile(history=tuple(Touch(f"item{one}", NOON_MS + one, views=10_000) for one in range(37)))
    ranked = browse(memory, *[f"item{one}" for one in range(20)], profile=profile)
    assert np.isfinite(ranked.features).all()
    assert np.abs(ranked.features).max() < 12
