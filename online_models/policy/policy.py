"""When to speak and when to be silent: the shop's rules, read from one TOML file (the commented default: deploy/policy.toml)."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tomllib import TOMLDecodeError, loads
from typing import Annotated, TypeVar, get_args

from msgspec import Meta, Struct, ValidationError, convert, field
from msgspec.structs import replace

from online_models.policy.balance import Audit, Diversity, Exploration, Holdout, Margin
from online_models.policy.campaigns import Campaign
from online_models.policy.errors import MADE, PolicyError, explain, text_of, where
from online_models.policy.lists import (
    Accessories,
    AlsoBought,
    Alternatives,
    Bundle,
    ListName,
    ListRules,
    Plans,
    Positive,
    Share,
    TopUp,
    Upgrades,
)
from online_models.policy.toml_lines import line_of, line_of_error
from online_models.words.files import shipped, texts_of
from online_models.words.texts import Texts
from stream.contracts.suggestion import SUGGESTION_LIFE_MS

MINUTE_MS = 60 * 1000
DAY_MS = 24 * 60 * MINUTE_MS
NO_CAP = 1_000_000
TEXTS = "texts"  # the key that names a folder
Rules = TypeVar("Rules", bound=ListRules)


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


class Uptake(Struct, frozen=True, forbid_unknown_fields=True):
    """A list whose best card is taken up with less than `min_p` stays silent; 0 lets every list speak."""

    min_p: Share = 0.0


class Policy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rules as a whole; every key that the file leaves out has the value given here.

    `order`: the lists that speak; an item stands in the first of them that wants it. `quiet_first_view`: the first view of a
    session stays silent unless the customer is known from an earlier one. `popularity_fallback`: a list without anything better
    shows what is popular. `always_speak`: no cap, pause, evidence or first view keeps a list silent, and popular items fill it.
    `texts`: what the customer reads; the file names the folder, from itself on.
    """

    order: tuple[ListName, ...] = ("upgrades", "alternatives", "bundle", "accessories", "top_up", "plans", "also_bought")
    life_minutes: Positive = SUGGESTION_LIFE_MS / MINUTE_MS
    quiet_first_view: bool = True
    popularity_fallback: bool = False
    always_speak: bool = False
    pause: Pause = Pause()
    bought: Bought = Bought()
    uptake: Uptake = Uptake()
    accessories: Accessories = Accessories()
    upgrades: Upgrades = Upgrades()
    alternatives: Alternatives = Alternatives()
    bundle: Bundle = Bundle()
    top_up: TopUp = TopUp()
    plans: Plans = Plans()
    also_bought: AlsoBought = AlsoBought()
    diversity: Diversity = Diversity()
    margin: Margin = Margin()
    exploration: Exploration = Exploration()
    holdout: Holdout = Holdout()
    audit: Audit = Audit()
    campaigns: tuple[Campaign, ...] = ()
    texts: Texts = field(default_factory=shipped)
    version: str = "built-in"

    @classmethod
    def default(cls) -> "Policy":
        """Return the policy that is shipped."""
        shipped = files("deploy").joinpath("policy.toml")
        return cls.of(shipped.read_bytes(), name="deploy/policy.toml")

    @classmethod
    def read(cls, path: Path) -> "Policy":
        """Return the policy of a file. Raises PolicyError, which names file, line, key and cure."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise PolicyError(
                f"{path}: cannot be read ({error.strerror}); give the path of a TOML file, as deploy/policy.toml is one"
            ) from error
        return cls.of(content, name=str(path))

    @classmethod
    def of(cls, content: bytes, *, name: str) -> "Policy":
        """Return the policy that `content` says; its version is a hash of the bytes and of the texts'. Raises PolicyError."""
        text = text_of(content, name=name)
        try:
            said = loads(text)
        except TOMLDecodeError as error:
            at = where(name, line_of_error(text, str(error)))
            raise PolicyError(f"{at}: is not TOML: {error}; compare the line with deploy/policy.toml") from error
        if MADE in said:
            raise PolicyError(f"{where(name, line_of(text, [MADE]))}: {MADE}: is made from the file's bytes; take the key out")
        folder = said.pop(TEXTS, None)
        if not isinstance(folder, str | None):
            at = where(name, line_of(text, [TEXTS]))
            raise PolicyError(f"{at}: {TEXTS}: is no folder; write its path from this file on, or take the key out")
        try:
            policy = convert(said, cls)
        except ValidationError as error:
            raise PolicyError(explain(error, cls, text=text, name=name)) from error
        texts = shipped() if folder is None else texts_of(Path(name).parent / folder)
        return replace(policy, texts=texts, version=sha256(content + texts.digest.encode()).hexdigest()[:12])

    @property
    def expiry_ms(self) -> int:
        """How long a suggestion lives, in milliseconds."""
        return int(self.life_minutes * MINUTE_MS)

    def rules(self, name: ListName) -> ListRules:
        """Return what holds for one list."""
        rules: ListRules = getattr(self, name)
        return rules

    def unhindered(self) -> "Policy":
        """Return the same choice of items without caps, pauses, a silent first view, chance or held-out customers."""
        return replace(
            self,
            quiet_first_view=False,
            exploration=replace(self.exploration, share=0.0),
            holdout=replace(self.holdout, share=0.0),
            pause=replace(self.pause, dismissals=NO_CAP),
            uptake=Uptake(),
            **{name: _uncapped(self.rules(name)) for name in get_args(ListName)},
            version=f"{self.version}-unhindered",
        )


def _uncapped(rules: Rules) -> Rules:
    return replace(rules, per_session=NO_CAP, per_day=NO_CAP)
