from pathlib import Path

import pytest
from msgspec.structs import replace

from online_models.policy.errors import PolicyError
from online_models.policy.lists import Band, Threshold
from online_models.policy.policy import Policy


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
    assert refusal(tmp_path, "[accessories]\nitem = 3") == "/policy.toml:2: accessories.item: no such key; did you mean 'items'?"


def test_a_key_like_no_other_is_refused_with_all_that_are_known(tmp_path: Path):
    assert refusal(tmp_path, "[bought]\nzzz = 3") == "/policy.toml:2: bought.zzz: no such key; known here: rebuy_days, due_share"


def test_a_value_out_of_range_is_refused_by_its_key(tmp_path: Path):
    assert refusal(tmp_path, "[accessories]\nitems = 0").startswith("/policy.toml:2: accessories.items: expected `int` >= 1")


def test_an_unknown_event_is_refused_with_the_nearest_one(tmp_path: Path):
    said = refusal(tmp_path, '[upgrades]\ntriggers = ["view_items"]')
    assert said.startswith("/policy.toml:2: upgrades.triggers: no event is called 'view_items'; did you mean 'view_item'?")


def test_a_band_upside_down_is_refused(tmp_path: Path):
    said = refusal(tmp_path, "[upgrades]\nprice_ratio = {min = 2.0, max = 1.1}")
    assert said.startswith("/policy.toml:2: upgrades.price_ratio: min (2) is above max (1.1)")


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
    assert said == "/policy.toml:3: bundle.min_items: 2 is above items (1); no set would ever be offered"


def test_broken_toml_is_refused_with_its_line(tmp_path: Path):
    assert refusal(tmp_path, "life_minutes = 5\norder = upgrades\n").startswith("/policy.toml:2: is not TOML: ")


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path):
    file = tmp_path / "policy.toml"
    file.write_bytes("life_minutes = 5\n# 限定\n".encode("shift_jis"))
    with pytest.raises(PolicyError, match=r"policy\.toml:2: is not UTF-8 .*; save the file as UTF-8"):
        Policy.read(file)


def test_a_version_that_somebody_writes_is_refused_with_its_line(tmp_path: Path):
    assert refusal(tmp_path, "\nversion = 'mine'").startswith("/policy.toml:2: version: is made from the file's bytes")


@pytest.mark.parametrize(
    ("campaign", "said"),
    [
        (
            "starts = 2025-11-28T00:00:00",
            "3: campaigns[0].starts: needs a date, a time and an offset; write it as 2025-11-28T00:00:00+09:00",
        ),
        ("starts = 2025-11-28", "3: campaigns[0].starts: needs a date, a time and an offset; write it as 2025-11-28T00:00:00+09:00"),
        ("starts = 2025-11-28T00:00:00Z", "2: campaigns[0].ends: is missing; write it down"),
        (
            "items = ['a']\nstarts = 2025-11-28T00:00:00Z\nends = 2025-11-28T09:00:00+09:00",
            "5: campaigns[0].ends: 2025-11-28T09:00:00+09:00 is not after starts, 2025-11-28T00:00:00+00:00; give a later one",
        ),
        (
            "starts = 2025-11-28T00:00:00Z\nends = 2025-11-29T00:00:00Z",
            "2: campaigns[0].items: neither items nor categories nor brands are named; name what belongs to the campaign",
        ),
        ("start = 2025-11-28T00:00:00Z", "3: campaigns[0].start: no such key; did you mean 'starts'?"),
        ("boost = -1", "3: campaigns[0].boost: expected `float` >= 0"),
        (
            "items = ['a']\nstarts = 2025-11-28T00:00:00Z\nends = 2025-11-29T00:00:00Z\nbenefit = {en = '{discount_percent} % off'}",
            "6: campaigns[0].benefit: says {discount_percent}, but discount_percent is not given",
        ),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_with_line_key_and_cure(tmp_path: Path, campaign: str, said: str):
    text = f"life_minutes = 5\n[[campaigns]]\n{campaign}\nname = 'x'\n"
    assert refusal(tmp_path, text).startswith(f"/policy.toml:{said}")


def test_the_second_of_two_campaigns_is_named_as_the_second(tmp_path: Path):
    one = "[[campaigns]]\nname = 'a'\nitems = ['a']\nstarts = 2025-11-28T00:00:00Z\nends = 2025-11-29T00:00:00Z\n"
    assert refusal(tmp_path, one + one + "boots = 1\n").startswith(
        "/policy.toml:11: campaigns[1].boots: no such key; did you mean 'boost'?"
    )


def test_a_missing_file_is_refused_with_its_path(tmp_path: Path):
    with pytest.raises(PolicyError, match=r"nowhere\.toml: cannot be read"):
        Policy.read(tmp_path / "nowhere.toml")


def test_a_preview_knows_no_caps_and_no_chance_but_what_campaigns_margin_and_variety_make_of_it(tmp_path: Path):
    switched_on = "[exploration]\nshare = 0.5\n[holdout]\nshare = 0.5\n[margin]\nweight = 2\n[[campaigns]]\nname = 'a'\nitems = ['a']\n"
    dates = "starts = 2025-11-28T00:00:00Z\nends = 2025-11-29T00:00:00Z\n"
    policy = read(tmp_path, f"[upgrades]\nper_session = 0\nprice_ratio = {{min = 1.2, max = 1.5}}\n{switched_on}{dates}")
    seen = policy.unhindered()
    assert seen.upgrades.price_ratio == policy.upgrades.price_ratio
    assert seen.upgrades.per_session > 1_000
    assert (seen.exploration.share, seen.holdout.share, seen.quiet_first_view) == (0, 0, False)
    assert (seen.margin, seen.diversity, seen.campaigns) == (policy.margin, policy.diversity, policy.campaigns)
