"""Which shop the demo opens: a folder with goods, orders, a policy, and what its pages have to know."""

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FOLDERS = {"uci": DEPLOY / "shop", "sample": DEPLOY / "sample-shop"}  # by the name on the command line
SHIPPED_SHOP = FOLDERS["uci"]


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """What `shop.toml` says.

    `language`: of visitors who have not chosen one; None: their browser's. `orders`: what they are. `note`: on the figures of a run.
    `speed`: events a second. `again`: the orders come around again. `pages`: what it has beside goods.
    `departments`: item_category -> its name in English; without any, titles tell.
    """

    id: str = "kozutsumi"
    name: str = "Kozutsumi"
    language: str | None = None
    currency: str = "GBP"
    orders: str = "real invoices of a gift shop"
    note: str = ""
    speed: float = 60
    again: bool = False
    titles: Literal["shouted", "as they are"] = "as they are"
    pages: tuple[str, ...] = ()
    departments: dict[str, str] = {}


def about(folder: Path) -> About:
    """Return what the shop in `folder` says of itself."""
    return msgspec.toml.decode((folder / "shop.toml").read_bytes(), type=About)


def policy_of(folder: Path) -> Path:
    """Return the shop's own policy file."""
    return folder / "policy.toml"


def log_in(folder: Path, name: str) -> Path:
    """Return the log of this name, which is packed where it is large."""
    return next(path for end in (".jsonl", ".jsonl.zst") if (path := folder / f"{name}{end}").is_file())
