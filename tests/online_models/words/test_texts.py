"""The texts that a shop can edit."""

from pathlib import Path
from typing import get_args

import pytest

from online_models.policy.errors import PolicyError
from online_models.policy.lists import ListName
from online_models.policy.policy import Policy
from online_models.words.files import TextsError, shipped, texts_of
from online_models.words.texts import OFFERED, HeadlineCode, ReasonCode, figure, money
from stream.contracts.catalog import CatalogItem
from tests.online_models.lamps import a_shop
from tests.online_models.shop import the_card, the_list


def folder(tmp_path: Path, **files: str) -> Path:
    """Return a folder with these files; `pt_BR` is written as pt-BR.toml."""
    there = tmp_path / "words"
    there.mkdir(exist_ok=True)
    for name, text in files.items():
        (there / f"{name.replace('_', '-')}.toml").write_text(text)
    return there


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(TextsError) as refused:
        texts_of(folder(tmp_path, de=text))
    return str(refused.value).replace(str(tmp_path), "")


# What is shipped


def test_both_shipped_files_say_all_that_can_be_said():
    named = {f"{section}.{key}" for section, texts in OFFERED.items() for key in texts}
    for language in ("en", "ja"):
        words = shipped().of(language)
        assert words.templates.keys() == named
        assert words.borrowed == ()


def test_every_code_that_a_list_can_give_has_a_text():
    # a pick's code is a ReasonCode, which the type checker holds every list to
    assert set(get_args(ReasonCode)) == OFFERED["reasons"].keys()
    assert set(get_args(HeadlineCode)) == OFFERED["headlines"].keys()
    assert set(get_args(ListName)) <= OFFERED["headlines"].keys()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_shipped_text_can_be_said_with_what_it_may_quote(language: str):
    words = shipped().of(language)
    for section, texts in OFFERED.items():
        for key, offered in texts.items():
            said = words.templates[f"{section}.{key}"].fill({name: "7" for name in offered})
            assert said
            assert "{" not in said


# What a shop writes


def test_a_shop_changes_one_sentence_and_the_others_stay(tmp_path: Path):
    texts = texts_of(folder(tmp_path, en='[headlines]\nupgrades = "Treat yourself: better than {anchor}"\n'))
    assert texts.of("en").headline("upgrades", "Desk lamp", {}) == "Treat yourself: better than Desk lamp"
    assert texts.of("en").headline("alternatives", None, {}) == "Similar, for less"
    assert texts.of("ja").headline("alternatives", None, {}) == "よりお求めやすい似た品"


def test_an_added_language_is_spoken_and_what_it_leaves_out_is_said_in_the_shop_s_english(tmp_path: Path):
    texts = texts_of(
        folder(tmp_path, de='[headlines]\nalternatives = "Ähnlich, günstiger"\n', en='[headlines]\npopular = "Our bestsellers"\n')
    )
    assert texts.of("de-AT").headline("alternatives", None, {}) == "Ähnlich, günstiger"
    assert texts.of("de").headline("popular", None, {}) == "Our bestsellers"
    assert "headlines.popular" in texts.of("de").borrowed
    assert "headlines.alternatives" not in texts.of("de").borrowed


def test_the_region_comes_before_the_language_and_english_is_the_last_resort(tmp_path: Path):
    texts = texts_of(
        folder(
            tmp_path,
            pt='[headlines]\npopular = "Popular em Portugal"\nalternatives = "Semelhante, por menos"\n',
            pt_BR='[headlines]\npopular = "Popular no Brasil"\n',
        )
    )
    assert texts.of("pt-BR").headline("popular", None, {}) == "Popular no Brasil"
    assert texts.of("pt_br").headline("alternatives", None, {}) == "Semelhante, por menos"
    assert texts.of("pt-PT").headline("popular", None, {}) == "Popular em Portugal"
    assert texts.of("fr").headline("popular", None, {}) == "Popular at the moment"
    assert texts.of(None).locale == "en"


def test_a_customer_reads_the_language_that_his_shop_added(tmp_path: Path):
    folder(tmp_path, de='[headlines]\nupgrades = "Eine Stufe über {anchor}"\n[reasons]\ndearer_of_kind = "{difference} mehr."\n')
    (tmp_path / "policy.toml").write_text('texts = "words"\n')
    shop = a_shop(policy=Policy.read(tmp_path / "policy.toml"))
    answer = shop.sees("ana", "rug", "lamp", language="de-CH")
    assert the_list(answer, "upgrades").headline == "Eine Stufe über Desk lamp"
    assert the_card(answer, "floor-lamp").reason.text == "£6.00 mehr."


def test_one_day_and_two_days_are_told_apart():
    words = shipped().of("en")
    assert words.reason("due", None, {"days": "1"}) == "You last bought this 1 day ago."
    assert words.reason("due", None, {"days": "21"}) == "You last bought this 21 days ago."


def test_braces_that_are_to_be_read_are_written_twice(tmp_path: Path):
    texts = texts_of(folder(tmp_path, en='[headlines]\npopular = "{{new}}"\n'))
    assert texts.of("en").headline("popular", None, {}) == "{new}"


def test_a_name_with_braces_is_a_name():
    assert shipped().of("en").headline("accessories", "Set {of}", {}) == "Goes with Set {of}"


def test_figures_are_written_out():
    assert [figure(value) for value in (1_234_567, 3.0, 4.65, "Canon")] == ["1,234,567", "3", "4.65", "Canon"]
    assert [money(12000, "JPY"), money(120, "GBP"), money(2.1, "CHF"), money(2.1, None)] == ["¥12,000", "£120.00", "CHF 2.10", "2.10"]


# What is wrong with them


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[headline]\npopular = "x"\n', "/words/de.toml:1: no such section; did you mean 'headlines'?"),
        (
            '[headlines]\npopular = "x"\npopulr = "y"\n',
            "/words/de.toml:3: headlines.populr: no such text; did you mean 'popular'?",
        ),
        (
            '# ours\n[reasons]\nbought_together = "{together} of {all}"\n',
            "/words/de.toml:3: reasons.bought_together: {all} is not known here; it may quote {anchor}, {together}, {of}",
        ),
        ('[reasons]\npopular = "{anchor}"\n', "/words/de.toml:2: reasons.popular: {anchor} is not known here; it may quote nothing"),
        (
            '[reasons]\nmade_for = "{anchor.__class__}"\n',
            "/words/de.toml:2: reasons.made_for: {anchor.__class__} is not known here; it may quote {anchor}",
        ),
        (
            '[reasons]\nmade_for = "{anchor:>9}"\n',
            "/words/de.toml:2: reasons.made_for: {anchor} is filled in as it stands; take away what follows the name within the braces",
        ),
        ('[reasons]\npopular = " "\n', "/words/de.toml:2: reasons.popular: says nothing; write a sentence or take the key out"),
        (
            "[reasons]\npopular = 7\n",
            "/words/de.toml:2: reasons.popular: is no sentence; write it in quotation marks, or as {one = ..., other = ...}",
        ),
        (
            '[reasons]\nmade_for = {one = "a", other = "{anchor}"}\n',
            "/words/de.toml:2: reasons.made_for: counts nothing, so it has no form for one; write one sentence in quotation marks",
        ),
    ],
)
def test_a_wrong_text_is_refused_with_file_line_and_cure(tmp_path: Path, text: str, said: str):
    assert refusal(tmp_path, text) == said


def test_an_open_brace_is_refused_with_how_it_is_written(tmp_path: Path):
    assert "write a brace that is to be read twice" in refusal(tmp_path, '[reasons]\npopular = "50 % {off"\n')


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path):
    assert "line 2" in refusal(tmp_path, "[reasons]\npopular = so\n")


def test_a_file_that_is_no_language_s_is_refused(tmp_path: Path):
    with pytest.raises(TextsError, match=r"german_new\.toml: is not named after a language"):
        texts_of(_with(folder(tmp_path), "german_new.toml"))


def test_a_policy_s_missing_folder_is_an_error_of_the_policy(tmp_path: Path):
    (tmp_path / "policy.toml").write_text('texts = "nowhere"\n')
    with pytest.raises(PolicyError, match="nowhere: is no folder"):
        Policy.read(tmp_path / "policy.toml")
    (tmp_path / "policy.toml").write_text("[texts]\nen = 3\n")
    with pytest.raises(PolicyError, match="texts: is no folder; write its path"):
        Policy.read(tmp_path / "policy.toml")


def test_the_policy_s_version_follows_the_texts(tmp_path: Path):
    (tmp_path / "policy.toml").write_text('texts = "words"\n')
    versions = set()
    for word in ("Popular", "Loved"):
        folder(tmp_path, en=f'[headlines]\npopular = "{word}"\n')
        versions |= {Policy.read(tmp_path / "policy.toml").version for _ in range(2)}
    assert len(versions) == 2


def _with(there: Path, name: str) -> Path:
    (there / name).write_text("")
    return there


def test_a_name_longer_than_a_sentence_bears_is_cut():
    long = CatalogItem("long", item_name="a" * 80).item_name
    assert shipped().of("en").short(long) == "a" * 59 + "…"
