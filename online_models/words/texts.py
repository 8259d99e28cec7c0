"""What the customer reads: sentences with a name, in his language, and only with figures that were counted.

The sentences are the shop's: deploy/texts/en.toml and ja.toml are what is shipped, online_models/words/files.py reads them. A new
one is named here, in `ReasonCode` or `HeadlineCode` and with what it may quote in `OFFERED`, and written in both files.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

ReasonCode = Literal[
    "made_for",
    "related",
    "same_series",
    "same_author",
    "bought_together",
    "bought_together_before",
    "looked_at_together",
    "looked_at_before",
    "due",
    "more_for",
    "next_tier",
    "dearer_of_kind",
    "dearer_similar",
    "dearer_same_brand",
    "cheaper_of_kind",
    "cheaper_similar",
    "top_up_together",
    "top_up_together_before",
    "top_up_made_for",
    "top_up_related",
    "top_up_bought",
    "top_up_seen",
    "top_up_popular",
    "plan_more",
    "plan_unlimited",
    "plan_next",
    "plan_smaller",
    "popular",
]
HeadlineCode = Literal[
    "accessories",
    "seen_with",
    "upgrades",
    "alternatives",
    "bundle",
    "bundle_priced",
    "bundle_reduced",
    "top_up",
    "plans",
    "plans_end",
    "plans_low",
    "also_bought",
    "popular",
]
# section -> text -> what it may quote; a reason may quote its pick's evidence, `anchor` and, where prices are compared, `difference`
OFFERED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "headlines": {
            "accessories": ("anchor",),
            "seen_with": ("anchor",),
            "upgrades": ("anchor",),
            "alternatives": ("anchor",),
            "bundle": ("anchor",),
            "bundle_priced": ("anchor", "set_price"),
            "bundle_reduced": ("anchor", "set_price", "set_price_before"),
            "top_up": ("gap", "benefit"),
            "plans": ("anchor",),
            "plans_end": ("anchor",),
            "plans_low": ("anchor",),
            "also_bought": ("anchor",),
            "popular": (),
        },
        "reasons": {
            "made_for": ("anchor",),
            "related": ("anchor",),
            "same_series": ("anchor", "series"),
            "same_author": ("anchor", "author"),
            "bought_together": ("anchor", "together", "of"),
            "bought_together_before": ("anchor", "together", "of"),
            "looked_at_together": ("anchor", "visits"),
            "looked_at_before": ("anchor", "visits"),
            "due": ("days",),
            "more_for": ("anchor", "difference", "gain"),
            "next_tier": ("anchor", "difference"),
            "dearer_of_kind": ("anchor", "difference"),
            "dearer_similar": ("anchor", "difference"),
            "dearer_same_brand": ("anchor", "brand", "difference"),
            "cheaper_of_kind": ("anchor", "difference"),
            "cheaper_similar": ("anchor", "difference"),
            "top_up_together": ("total", "anchor", "together", "of"),
            "top_up_together_before": ("total", "anchor"),
            "top_up_made_for": ("total", "anchor"),
            "top_up_related": ("total", "anchor"),
            "top_up_bought": ("total",),
            "top_up_seen": ("total",),
            "top_up_popular": ("total",),
            "plan_more": ("used", "limit", "meter", "plan_limit"),
            "plan_unlimited": ("used", "limit", "meter"),
            "plan_next": ("used", "limit", "meter"),
            "plan_smaller": ("used", "limit", "meter", "plan_limit", "difference"),
            "popular": (),
        },
        "benefits": {
            "has": ("name",),
            "larger": ("name", "value", "before"),
            "both": ("first", "second"),
            "rated_better": ("value", "before"),
            "rated": ("value", "verified"),
            "rated_partly": ("value", "count", "verified"),
        },
        "names": {"nameless": ()},
    }
)
COUNTED = frozenset({"together", "of", "visits", "days", "count", "verified"})  # what a form for one may be chosen by
FALLBACK = "en"
MAX_NAME = 60  # characters of a product's name that a sentence bears
SYMBOLS: Mapping[str, str] = MappingProxyType({"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"})
WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})


class Template(Struct, frozen=True):
    """A sentence with places to fill in; `one` is said instead where the figure `counted` is 1."""

    other: str
    one: str | None = None
    counted: str = ""

    def fill(self, figures: Mapping[str, str]) -> str:
        """Return the sentence with its figures."""
        if self.one is not None and figures.get(self.counted) == "1":
            return self.one.format_map(figures)
        return self.other.format_map(figures)


class Words(Struct, frozen=True):
    """All texts of one language. `templates`: `section.name` -> sentence; `borrowed`: those that no file of the language has."""

    locale: str
    templates: dict[str, Template]
    borrowed: tuple[str, ...] = ()

    def headline(self, code: HeadlineCode, anchor: str | None, figures: Mapping[str, str]) -> str:
        """Return the line above a list; `anchor` is the name of the item that it is about, `figures` what else the line says."""
        return self.templates[f"headlines.{code}"].fill({"anchor": self.short(anchor), **figures})

    def reason(self, code: ReasonCode, anchor: str | None, figures: Mapping[str, str]) -> str:
        """Return why an item is shown, with the figures that the sentence of `code` names."""
        return self.templates[f"reasons.{code}"].fill({"anchor": self.short(anchor), **figures})

    def benefit(self, name: str, /, **figures: str) -> str:
        """Return what an item does for the customer."""
        return self.templates[f"benefits.{name}"].fill(figures)

    def short(self, name: str | None) -> str:
        """Return a product's name as a sentence bears it."""
        if not name:
            return self.templates["names.nameless"].other
        name = " ".join(name.split())
        return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"


class Texts(Struct, frozen=True):
    """Every language's texts, by tag in small letters; each is whole, what its files leave out is filled in already."""

    languages: dict[str, Words]
    digest: str = ""

    def of(self, tag: str | None) -> Words:
        """Return the texts for a BCP 47 tag: of his region, else of his language, else English. Below a microsecond."""
        wanted = (tag or FALLBACK).replace("_", "-").lower()
        while wanted:
            if wanted in self.languages:
                return self.languages[wanted]
            wanted = wanted.rpartition("-")[0]
        return self.languages[FALLBACK]


def own_words(benefits: Mapping[str, str], tag: str | None) -> str | None:
    """Return the shop's sentence in the customer's language: of his region, else of any region; never in another language."""
    if not benefits:
        return None
    wanted = (tag or FALLBACK).replace("_", "-").lower()
    said = {key.replace("_", "-").lower(): text for key, text in sorted(benefits.items())}
    primary = wanted.split("-")[0]
    for key in (wanted, primary, *[key for key in said if key.split("-")[0] == primary]):
        if said.get(key):
            return said[key]
    return None


def figure(value: str | float) -> str:
    """Return a figure as it is read: 1,234 and 4.6; words as they are."""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def rounded(amount: float, currency: str | None) -> float:
    """Return the amount in whole units of the currency's smallest coin."""
    return round(amount, 0 if (currency or "").upper() in WITHOUT_CENTS else 2)


def money(amount: float, currency: str | None) -> str:
    """Return an amount as the customer reads it: £2.10, ¥210, CHF 2.10; without a currency 2.10."""
    code = (currency or "").upper()
    shown = f"{amount:,.0f}" if code in WITHOUT_CENTS else f"{amount:,.2f}"
    if code in SYMBOLS:
        return SYMBOLS[code] + shown
    return f"{code} {shown}".strip()
