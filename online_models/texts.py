"""What the customer reads, in Japanese and English: short, polite, and only with figures that were counted."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

Language = Literal["ja", "en"]
MAX_NAME = 60  # characters of a product's name that a sentence bears

HEADLINES: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "accessories": {"en": "Goes with {anchor}", "ja": "{anchor}と一緒にいかがですか"},
        "seen_with": {"en": "Others also looked at", "ja": "あわせてよく見られている品"},
        "upgrades": {"en": "One step up from {anchor}", "ja": "{anchor}よりワンランク上の品"},
        "alternatives": {"en": "Similar, for less", "ja": "よりお求めやすい似た品"},
        "popular": {"en": "Popular at the moment", "ja": "いま人気の品"},
        "also_bought": {"en": "Customers who bought {anchor} also took", "ja": "{anchor}を購入された方が一緒に選んだ品"},
        "bundle": {"en": "Bought together with {anchor}", "ja": "{anchor}と一緒に購入されている品"},
        "bundle_priced": {"en": "The set with {anchor}: {set_price}", "ja": "{anchor}とのセットは{set_price}"},
        "bundle_reduced": {
            "en": "The set with {anchor}: {set_price} instead of {set_price_before}",
            "ja": "{anchor}とのセットは{set_price}、単品の合計は{set_price_before}",
        },
        "top_up": {"en": "{gap} more for {benefit}", "ja": "あと{gap}で{benefit}"},
        "plans_near": {"en": "Close to the limit of {anchor}", "ja": "{anchor}の上限に近づいています"},
        "plans_end": {"en": "The limit of {anchor} is reached", "ja": "{anchor}の上限に達しました"},
        "plans_low": {"en": "Less than {anchor} may be enough", "ja": "{anchor}より小さなプランでも足りそうです"},
    }
)
REASONS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "made_for": {"en": "Made for {anchor}.", "ja": "{anchor}にお使いいただけます。"},
        "related": {"en": "The shop pairs it with {anchor}.", "ja": "{anchor}と合わせてお使いいただける品です。"},
        "bought_together": {
            "en": "In {together} of {of} orders with {anchor}, this was taken too.",
            "ja": "{anchor}を含むご注文{of}件のうち{together}件で、一緒に選ばれています。",
        },
        "bought_together_before": {
            "en": "Has been bought together with {anchor}.",
            "ja": "{anchor}と一緒に購入されたことがあります。",
        },
        "looked_at_together": {"en": "Often looked at together with {anchor}.", "ja": "{anchor}と一緒によくご覧いただいています。"},
        "looked_at_before": {"en": "Others looked at it along with {anchor}.", "ja": "{anchor}をご覧の方が、あわせてご覧になっています。"},
        "due": {"en": "You last bought this {days} days ago.", "ja": "前回のご購入から{days}日になります。"},
        "next_tier": {
            "en": "The next step up in the same line, {difference} more.",
            "ja": "同じシリーズの上位の品で、差額は{difference}です。",
        },
        "dearer_of_kind": {"en": "Same kind, {difference} more.", "ja": "同じ種類で、差額は{difference}です。"},
        "dearer_similar": {"en": "Similar, {difference} more.", "ja": "似た品で、差額は{difference}です。"},
        "dearer_same_brand": {
            "en": "Same kind, also from {brand}, {difference} more.",
            "ja": "同じ{brand}の品で、差額は{difference}です。",
        },
        "cheaper_similar": {"en": "Similar, {difference} less.", "ja": "似た品で、{difference}お求めやすくなります。"},
        "cheaper_of_kind": {"en": "Same kind, {difference} less.", "ja": "同じ種類で、{difference}お求めやすくなります。"},
        "popular": {"en": "Popular at the moment.", "ja": "いま多くのお客様に選ばれています。"},
        "top_up_together": {
            "en": "Brings your cart to {total}. In {together} of {of} orders with {anchor}, this was taken too.",
            "ja": "カートの合計が{total}になります。{anchor}を含むご注文{of}件のうち{together}件で、一緒に選ばれています。",
        },
        "top_up_together_before": {
            "en": "Brings your cart to {total}. Has been bought together with {anchor}.",
            "ja": "カートの合計が{total}になります。{anchor}と一緒に購入されたことがあります。",
        },
        "top_up_made_for": {
            "en": "Brings your cart to {total}. Made for {anchor}.",
            "ja": "カートの合計が{total}になります。{anchor}にお使いいただけます。",
        },
        "top_up_related": {
            "en": "Brings your cart to {total}. The shop pairs it with {anchor}.",
            "ja": "カートの合計が{total}になります。{anchor}と合わせてお使いいただける品です。",
        },
        "top_up_bought": {
            "en": "Brings your cart to {total}. You have bought it before.",
            "ja": "カートの合計が{total}になります。以前お求めいただいた品です。",
        },
        "top_up_seen": {
            "en": "Brings your cart to {total}. You have looked at it.",
            "ja": "カートの合計が{total}になります。ご覧になった品です。",
        },
        "top_up_popular": {
            "en": "Brings your cart to {total}. Popular at the moment.",
            "ja": "カートの合計が{total}になります。いま人気の品です。",
        },
        "plan_more": {
            "en": "{used} of {limit} {meter} used; this plan has {plan_limit}.",
            "ja": "{meter}は{limit}のうち{used}をお使いです。このプランでは{plan_limit}までお使いいただけます。",
        },
        "plan_unlimited": {
            "en": "{used} of {limit} {meter} used; this plan has no limit.",
            "ja": "{meter}は{limit}のうち{used}をお使いです。このプランには上限がありません。",
        },
        "plan_next": {
            "en": "{used} of {limit} {meter} used; this is the next plan.",
            "ja": "{meter}は{limit}のうち{used}をお使いです。こちらがひとつ上のプランです。",
        },
        "plan_smaller": {
            "en": "{used} of {limit} {meter} used; this plan has {plan_limit}, for {difference} less.",
            "ja": "{meter}は{limit}のうち{used}のご利用です。{plan_limit}まで使えるこのプランなら、{difference}お安くなります。",
        },
    }
)
RATED: Mapping[Language, str] = MappingProxyType({"en": "Rated {value} instead of {before}", "ja": "評価は{value}、ご覧の品は{before}"})
NAMELESS: Mapping[Language, str] = MappingProxyType({"en": "what you chose", "ja": "お選びの品"})
SYMBOLS: Mapping[str, str] = MappingProxyType({"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"})
NO_FIGURES: Mapping[str, str] = MappingProxyType({})
WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})


@lru_cache(maxsize=256)
def language_of(tag: str | None) -> Language:
    """Return the language of the texts for a BCP 47 tag: Japanese for `ja` and its regions, else English."""
    primary = (tag or "").replace("_", "-").split("-")[0].lower()
    return "ja" if primary == "ja" else "en"


def own_words(benefits: Mapping[str, str], tag: str | None) -> str | None:
    """Return the shop's sentence in the customer's language: of his region, else of any region; never in another language."""
    wanted = (tag or "en").replace("_", "-").lower()
    said = {key.replace("_", "-").lower(): text for key, text in sorted(benefits.items())}
    primary = wanted.split("-")[0]
    for key in (wanted, primary, *[key for key in said if key.split("-")[0] == primary]):
        if said.get(key):
            return said[key]
    return None


def headline(name: str, language: Language, anchor: str | None, *, figures: Mapping[str, str] = NO_FIGURES) -> str:
    """Return the line above a list; `anchor` is the name of the item that it is about, `figures` what else the line of `name` says."""
    return HEADLINES[name][language].format(anchor=short(anchor, language), **figures)


def reason_text(code: str, language: Language, *, anchor: str | None, figures: Mapping[str, str]) -> str:
    """Return why an item is shown, with the figures that the sentence of `code` names."""
    return REASONS[code][language].format(anchor=short(anchor, language), **figures)


def short(name: str | None, language: Language) -> str:
    """Return a product's name as a sentence bears it."""
    if not name:
        return NAMELESS[language]
    name = " ".join(name.split())
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"


def rounded(amount: float, currency: str | None) -> float:
    """Return the amount in whole units of the currency's smallest coin."""
    return round(amount, 0 if (currency or "").upper() in WITHOUT_CENTS else 2)


def money(amount: float, currency: str | None) -> str:
    """Return an amount as the customer reads it: £2.10, ¥210, CHF 2.10; without a currency 2.10."""
    code = (currency or "").upper()
    figure = f"{amount:,.0f}" if code in WITHOUT_CENTS else f"{amount:,.2f}"
    if code in SYMBOLS:
        return SYMBOLS[code] + figure
    return f"{code} {figure}".strip()
