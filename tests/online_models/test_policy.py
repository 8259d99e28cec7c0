from pathlib import Path

import pytest
from msgspec.structs import replace

from online_models.policy import Band, Policy, Threshold
from online_models.policy_errors import PolicyError


def read(tmp_path: Path, text: str) -> Policy:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    return Policy.read(file)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(PolicyError) as refused:
        read(tmp_path, text)
    return str(refused.value).replace(str(tmp_path), "")


def test_the_shipped_file_says_what_holds_without_a_file():
    assert replace(Policy.default(), version="built-in") == Policy()


def test_a_key_left_out_keeps_its_default(tmp_path: Path):
    policy = read(tmp_path, "[upgrades]\nprice_ratio = {min = 1.2, max = 1.5}\n")
    assert policy.upgrades.price_ratio == Band(1.2, 1.5)
    assert policy.upgrades.items == Policy().upgrades.items
    assert policy.accessories == Policy().accessories


def test_the_version_follows_the_bytes(tmp_path: Path):
    assert read(tmp_path, "life_minutes = 5").version != read(tmp_path, "life_minutes = 5 ").version
    assert read(tmp_path, "life_minutes = 5").version == read(tmp_path, "life_minutes = 5").version


def test_a_life_in_minutes_is_an_expiry_in_milliseconds(tmp_path: Path):
    assert read(tmp_path, "life_minutes = 2.5").expiry_ms == 150_000  # 2.5 * 60 * 1000


def test_a_misspelt_key_is_refused_with_the_nearest_one(tmp_path: Path):
    assert refusal(tmp_path, "[accessories]\nitem = 3") == "/policy.toml: accessories.item: no such key; did you mean 'items'?"


def test_a_key_like_no_other_is_refused_with_all_that_are_known(tmp_path: Path):
    assert refusal(tmp_path, "[bought]\nzzz = 3") == "/policy.toml: bought.zzz: no such key; known here: rebuy_days, due_share"


def test_a_value_out_of_range_is_refused_by_its_key(tmp_path: Path):
    assert refusal(tmp_path, "[accessories]\nitems = 0").startswith("/policy.toml: accessories.items: expected `int` >= 1")


def test_an_unknown_event_is_refused_with_the_nearest_one(tmp_path: Path):
    said = refusal(tmp_path, '[upgrades]\ntriggers = ["view_items"]')
    assert said.startswith("/policy.toml: upgrades: no event is called 'view_items'; did you mean 'view_item'?")


def test_a_band_upside_down_is_refused(tmp_path: Path):
    said = refusal(tmp_path, "[upgrades]\nprice_ratio = {min = 2.0, max = 1.1}")
    assert said.startswith("/policy.toml: upgrades.price_ratio: min (2) is above max (1.1)")


def test_thresholds_are_a_list_of_tables(tmp_path: Path):
    text = '[[top_up.thresholds]]\nat = 5000\ncurrency = "JPY"\nbenefit = {ja = "送料無料", en = "free delivery"}\n'
    text += '[[top_up.thresholds]]\nat = 8000\nbenefit = {en = "a gift"}\n'
    assert read(tmp_path, text).top_up.thresholds == (
        Threshold(5000, {"ja": "送料無料", "en": "free delivery"}, "JPY"),
        Threshold(8000, {"en": "a gift"}),
    )


def test_a_threshold_without_a_benefit_is_refused(tmp_path: Path):
    assert "top_up" in refusal(tmp_path, "[[top_up.thresholds]]\nat = 50.0\nbenefit = {}\n")


def test_a_set_that_could_never_be_made_is_refused(tmp_path: Path):
    said = refusal(tmp_path, "[bundle]\nitems = 1\nmin_items = 2")
    assert said.startswith("/policy.toml: bundle: min_items: 2 is above items (1)")


def test_broken_toml_is_refused_with_its_line(tmp_path: Path):
    assert "line 2" in refusal(tmp_path, "life_minutes = 5\norder = upgrades\n")


def test_a_missing_file_is_refused_with_its_path(tmp_path: Path):
    with pytest.raises(PolicyError, match=r"nowhere\.toml: cannot be read"):
        Policy.read(tmp_path / "nowhere.toml")


def test_evaluation_chooses_alike_but_knows_no_caps(tmp_path: Path):
    policy = read(tmp_path, "[upgrades]\nper_session = 0\nprice_ratio = {min = 1.2, max = 1.5}")
    free = policy.for_evaluation()
    assert free.upgrades.price_ratio == policy.upgrades.price_ratio
    assert free.upgrades.per_session > 1_000
    assert not free.quiet_first_view
