"""When to speak and when to be silent: the shop's rules, read from one TOML file (the commented default: deploy/policy.toml)."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tomllib import TOMLDecodeError, loads
from typing import Annotated, TypeVar, get_args

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import replace

from online_models.policy_errors import PolicyError, explain
from online_models.policy_lists import (
    Accessories,
    AlsoBought,
    Alternatives,
    Band,
    Bundle,
    ListName,
    ListRules,
    Plans,
    Positive,
    Share,
    Threshold,
    TopUp,
    Upgrades,
)
from stream.contracts.suggestion import SUGGESTION_LIFE_MS

MINUTE_MS = 60 * 1000
DAY_MS = 24 * 60 * MINUTE_MS
NO_CAP = 1_000_000
Rules = TypeVar("Rules", bound=ListRules)

__all__ = [
    "DAY_MS",
    "MINUTE_MS",
    "Accessories",
    "AlsoBought",
    "Alternatives",
    "Band",
    "Bought",
    "Bundle",
    "ListName",
    "Pause",
    "Plans",
    "Policy",
    "Threshold",
    "TopUp",
    "Upgrades",
]


class Pause(Struct, frozen=True, forbid_unknown_fields=True):
    """`dismissals` within `within_minutes` bring `for_minutes` of silence; a list dismissed as a whole rests `list_minutes`."""

    dismissals: Annotated[int, Meta(ge=1)] = 3
    within_minutes: Positive = 60
    for_minutes: Positive = 24 * 60
    list_minutes: Positive = 24 * 60


class Bought(Struct, frozen=True, forbid_unknown_fields=True):
    """What was bought is not shown for `rebuy_days`; a consumable comes back once `due_share` of its usual life is over."""

    rebuy_days: Annotated[float, Meta(ge=0)] = 60
    due_share: Share = 0.8


class Policy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rules as a whole; every key that the file leaves out has the value given here.

    `order`: the lists that speak; an item stands in the first of them that wants it. `quiet_first_view`: the first view of a
    session stays silent unless the customer is known from an earlier one. `popularity_fallback`: a list without anything better
    shows what is popular. `always_speak`: no cap, pause, evidence or first view keeps a list silent, and popular items fill it.
    """

    order: tuple[ListName, ...] = ("upgrades", "alternatives", "bundle", "accessories", "top_up", "plans", "also_bought")
    life_minutes: Positive = SUGGESTION_LIFE_MS / MINUTE_MS
    quiet_first_view: bool = True
    popularity_fallback: bool = False
    always_speak: bool = False
    pause: Pause = Pause()
    bought: Bought = Bought()
    accessories: Accessories = Accessories()
    upgrades: Upgrades = Upgrades()
    alternatives: Alternatives = Alternatives()
    bundle: Bundle = Bundle()
    top_up: TopUp = TopUp()
    plans: Plans = Plans()
    also_bought: AlsoBought = AlsoBought()
    version: str = "built-in"

    @classmethod
    def default(cls) -> "Policy":
        """Return the policy that is shipped."""
        shipped = files("deploy").joinpath("policy.toml")
        return cls.of(shipped.read_bytes(), name="deploy/policy.toml")

    @classmethod
    def read(cls, path: Path) -> "Policy":
        """Return the policy of a file. Raises PolicyError, which names file, key and cure."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise PolicyError(
                f"{path}: cannot be read ({error.strerror}); give the path of a TOML file, as deploy/policy.toml is one"
            ) from error
        return cls.of(content, name=str(path))

    @classmethod
    def of(cls, content: bytes, *, name: str) -> "Policy":
        """Return the policy that `content` says; its version is a hash of the bytes. Raises PolicyError."""
        try:
            said = loads(content.decode())
        except (TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(f"{name}: is not TOML: {error}; compare the line with deploy/policy.toml") from error
        if "version" in said:
            raise PolicyError(f"{name}: version: is made from the file's bytes; take the key out")
        try:
            policy = convert(said, cls)
        except ValidationError as error:
            raise PolicyError(f"{name}: {explain(error, cls)}") from error
        return replace(policy, version=sha256(content).hexdigest()[:12])

    @property
    def expiry_ms(self) -> int:
        """How long a suggestion lives, in milliseconds."""
        return int(self.life_minutes * MINUTE_MS)

    def rules(self, name: ListName) -> ListRules:
        """Return what holds for one list."""
        rules: ListRules = getattr(self, name)
        return rules

    def for_evaluation(self) -> "Policy":
        """Return the same choice of items without caps, pauses or a silent first view."""
        return replace(
            self,
            quiet_first_view=False,
            pause=replace(self.pause, dismissals=NO_CAP),
            **{name: _uncapped(self.rules(name)) for name in get_args(ListName)},
            version=f"{self.version}-evaluation",
        )


def _uncapped(rules: Rules) -> Rules:
    return replace(rules, per_session=NO_CAP, per_day=NO_CAP)
