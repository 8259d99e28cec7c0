"""Departments: the catalogue's own, else those whose words stand in an item's title."""

import re
import unicodedata
from collections.abc import Collection, Mapping

from msgspec import Struct

WORD = re.compile(r"[^\W_]+")


class Group(Struct, frozen=True):
    """A department: its id, its title by language, and the words of a title that lead into it."""

    group: str
    title: dict[str, str]
    words: frozenset[str]


class CountedGroup(Struct, frozen=True):
    """A department as the pages get to see it."""

    group: str
    title: dict[str, str]
    count: int


def _group(group: str, en: str, ja: str, words: str) -> Group:
    return Group(group, {"en": en, "ja": ja}, frozenset(words.split()))


GROUPS = (
    _group(
        "christmas",
        "Christmas",
        "クリスマス",
        "christmas xmas santa reindeer snowflake snowman snowmen advent noel bauble baubles stocking nativity rudolph",
    ),
    _group(
        "kitchen",
        "Kitchen & table",
        "キッチン・食卓",
        "kitchen mug mugs cup cups bowl bowls plate plates cake tea teapot teacup coffee cutlery spoon spoons teaspoon teaspoons apron "
        "baking jam recipe pantry jug saucer saucers tray trays napkins dish colander cakestand fork knife toaster oven tablecloth",
    ),
    _group("bags", "Bags & purses", "バッグ・財布", "bag bags purse purses shopper tote handbag backpack rucksack washbag satchel"),
    _group(
        "lights",
        "Lights & candles",
        "照明・キャンドル",
        "light lights tlight tlights candle candles lantern lanterns lamp lamps chandelier candlestick candlesticks candleholder tealight "
        "candlepot lampshade torch",
    ),
    _group("hearts", "Hearts & love", "ハート・愛の贈り物", "heart hearts love sweetheart sweethearts valentine valentines"),
    _group(
        "garden",
        "Garden",
        "ガーデン",
        "garden gardeners plant planter planters watering herb birdhouse feeder parasol trowel seeds bird birds gnome flowerpot",
    ),
    _group(
        "paper",
        "Paper & cards",
        "紙もの・カード",
        "card cards paper wrap notebook notebooks notepad envelope envelopes pencil pencils pen pens sticker stickers ribbon ribbons "
        "stationery tape tags postcard journal diary",
    ),
    _group(
        "toys",
        "Toys & children",
        "おもちゃ・子ども",
        "toy toys game games puzzle puzzles jigsaw doll dolly kids child childs children childrens playhouse skittles dominoes inflatable "
        "feltcraft spaceboy marbles balloon balloons spinning",
    ),
    _group(
        "home",
        "Home decoration",
        "インテリア",
        "frame frames mirror mirrors cushion cushions clock clocks wall doormat hook hooks knob knobs drawer cabinet sign throw rug "
        "hanging decoration decorations vase ornament wreath",
    ),
    _group(
        "jewellery",
        "Jewellery & hair",
        "アクセサリー・髪飾り",
        "necklace necklaces bracelet bracelets earrings earring brooch bangle pendant hair hairband hairclip diamante choker",
    ),
    _group("party", "Parties & birthdays", "パーティー・誕生日", "party parties birthday bunting garland garlands confetti celebration"),
    _group("storage", "Boxes & tins", "箱・缶・収納", "box boxes tin tins basket baskets storage trinket jar jars canister hamper"),
    _group("vintage", "Vintage & retro", "ヴィンテージ・レトロ", "vintage retro retrospot antique antiqued edwardian victorian regency"),
)


def departments_of(named: Mapping[str, str]) -> tuple[Group, ...]:
    """Return the departments that a catalogue names itself: item_category -> its name in English. Empty: titles tell."""
    return tuple(Group(name, {"en": english, "ja": name}, frozenset()) for name, english in named.items()) or GROUPS


def groups_of(title: str, category: str | None = None, among: tuple[Group, ...] = GROUPS) -> tuple[str, ...]:
    """Return the departments of an item with this title and category, in the shop's order; often more than one, sometimes none."""
    words = set(words_of(title))
    return tuple(group.group for group in among if words & group.words or (not group.words and group.group == category))


def counted(groups: Collection[tuple[str, ...]], among: tuple[Group, ...] = GROUPS) -> list[CountedGroup]:
    """Return all departments with the number of items in each; `groups` are every item's."""
    return [CountedGroup(one.group, one.title, sum(one.group in names for names in groups)) for one in among]


def words_of(text: str) -> list[str]:
    """Return the words of a title or of a question, in small letters of usual width."""
    return WORD.findall(unicodedata.normalize("NFKC", text).lower().replace("t-light", "tlight"))
