"""All that can be set, read from the environment once and checked before anything starts."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from stream.connection.fields import PASSWORDS, Connections, check
from stream.connection.kafka import Kafka
from stream.errors import SettingsError
from stream.secret import HOW, MIN_SECRET, Secret, file_of, read_secret

PREFIX = "TSUIDE_"
UNPREFIXED = set(Connections.__struct_fields__)  # names that other tools share
SECRETS = {"pseudonym_secret": "pseudonyms", "token_secret": "tokens", "shop_key": "the shop's backend"}  # field -> what it is for
GIVEN_IN_A_FILE = {*SECRETS, *PASSWORDS}
CASES: dict[str, Callable[[str], str]] = {  # words that count in any case
    "log_level": str.lower,
    "log_format": str.lower,
    "kafka_security_protocol": str.upper,
    "kafka_sasl_mechanism": str.upper,
}
SHIPPED_POLICY = Path(__file__).resolve().parent.parent / "deploy" / "policy.toml"
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "json", "text"]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._-]+\Z", examples=["tsuide"])]


class Settings(Connections, frozen=True, kw_only=True):
    """One process's settings. Each field is the variable of its name; `variable_of` tells which."""

    group: Annotated[Name, Meta(description="consumer group of the workers")] = "tsuide"
    prefix: Annotated[Name, Meta(description="first part of every key in Redis")] = "tsuide"
    topics_suffix: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9._-]{0,100}\Z",
            examples=[".replay.november"],
            description="what the names of all topics end in, for a set of topics beside the live one, as `tsuide replay` makes them",
        ),
    ] = ""
    partitions: Annotated[int, Meta(ge=1, le=10_000, description="partitions of every input topic; fixed for life")] = 12
    pseudonym_secret: Annotated[
        Secret | None,
        Meta(
            description=f"secret of the customers' pseudonyms, at least {MIN_SECRET} characters; or its file in "
            "`TSUIDE_PSEUDONYM_SECRET_FILE`"
        ),
    ] = None
    pseudonym_key_id: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=16,
            pattern=r"^[A-Za-z0-9]+\Z",
            examples=["k1"],
            description="names the secret in every pseudonym; new secret, new name",
        ),
    ] = "k1"
    policy: Annotated[Path, Meta(description="policy file: when to speak and what about")] = SHIPPED_POLICY
    session_timeout_s: Annotated[
        float, Meta(ge=6, le=300, description="seconds of silence after which Kafka gives a worker's partitions away")
    ] = 8
    heartbeat_s: Annotated[
        float, Meta(gt=0, le=100, description="seconds between a worker's signs of life; at most a third of the session timeout")
    ] = 1.5
    stall_s: Annotated[
        float, Meta(ge=1, le=86_400, description="seconds with lag but without a finished batch after which a worker ends itself")
    ] = 60
    shutdown_s: Annotated[float, Meta(ge=1, le=600, description="seconds that an orderly end may take")] = 10
    profile_cache: Annotated[int, Meta(ge=0, le=10_000_000, description="profiles that a worker keeps in memory")] = 20_000
    chunk_records: Annotated[int, Meta(ge=1, le=10_000, description="records that are committed together at most")] = 500
    fetch_wait_ms: Annotated[
        int, Meta(ge=1, le=30_000, description="milliseconds that Kafka may hold back the answer to a fetch while nothing is there")
    ] = 500
    listen: Annotated[
        str,
        Meta(
            pattern=r"^[^\s,:]+:\d{1,5}\Z",
            examples=["127.0.0.1:8080"],
            description="address of the gateway, host:port; port 0 takes a free one",
        ),
    ] = "127.0.0.1:8080"
    origins: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s,/]+(,https?://[^\s,/]+)*)?\Z",
            examples=["https://shop.example,https://m.shop.example"],
            description="origins of the shop's pages, separated by commas: browsers elsewhere are refused",
        ),
    ] = ""
    token_secret: Annotated[
        Secret | None, Meta(description="secret that the gateway signs tokens with; or its file in `TSUIDE_TOKEN_SECRET_FILE`")
    ] = None
    shop_key: Annotated[
        Secret | None, Meta(description="what the shop's backend shows to the gateway; or its file in `TSUIDE_SHOP_KEY_FILE`")
    ] = None
    token_s: Annotated[int, Meta(ge=10, le=86_400, description="seconds that a customer's token is good for")] = 900
    streams: Annotated[int, Meta(ge=1, le=1_000_000, description="browsers that a gateway keeps connected at most")] = 10_000
    ring: Annotated[
        int, Meta(ge=1, le=100_000_000, description="unexpired suggestions that a gateway holds for whoever connects or resumes, 3 KB each")
    ] = 50_000
    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000, description="requests that one customer may make a minute")] = 600
    ops_listen: Annotated[
        str,
        Meta(
            pattern=r"^([^\s,:]+:\d{1,5})?\Z",
            examples=["0.0.0.0:9464"],
            description="where worker, trainer and gateway answer `/metrics` and `/health`, host:port, for operations alone; "
            "port 0 takes a free one, which the log tells",
        ),
    ] = ""
    checkpoints: Annotated[
        str,
        Meta(
            examples=["/var/lib/tsuide/checkpoints"],
            description="folder where a worker keeps checkpoints of the shared memory, so that a start need not read the whole of its "
            "topic; workers of one machine may share it; none: no checkpoints",
        ),
    ] = ""
    checkpoint_every_s: Annotated[
        float, Meta(ge=1, le=86_400, description="seconds between two checkpoints; what came since is read again at a start")
    ] = 120
    checkpoints_kept: Annotated[int, Meta(ge=1, le=100, description="checkpoints that are kept, the newest ones")] = 3
    log_level: Annotated[LogLevel, Meta(description="debug, info, warning or error")] = "info"
    log_format: Annotated[
        LogFormat, Meta(description="auto, json (one object a line) or text; auto is text on a terminal and json elsewhere")
    ] = "auto"

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings that `environ` gives; an empty variable counts as not set.

        Raises: SettingsError for an unknown TSUIDE_* variable, a wrong type or a value out of range.
        """
        given = {name: value for name, value in environ.items() if value != ""}
        _refuse_unknown(given)
        settings = cls(**{field: _read(field, kind, given) for field, kind in _kinds().items() if _is_given(field, given)})
        most = settings.session_timeout_s / 3
        if settings.heartbeat_s > most:
            raise SettingsError(
                f"{variable_of('heartbeat_s')} is {settings.heartbeat_s:g}, more than a third of "
                f"{variable_of('session_timeout_s')} ({settings.session_timeout_s:g}): set it to {most:.2f} or less."
            )
        check(settings)
        return settings

    @property
    def kafka(self) -> Kafka:
        """Return where Kafka is, how to speak to it, and what the names of its topics end in."""
        return msgspec.structs.replace(super().kafka, suffix=self.topics_suffix)

    def secret(self, field: str = "pseudonym_secret") -> bytes:
        """Return the secret in `field`. Raises SettingsError where none is set."""
        secret: Secret | None = getattr(self, field)
        if secret is None:
            name = variable_of(field)
            raise SettingsError(f"No secret for {SECRETS[field]}: set {name} or {file_of(name)} ({HOW}), the same one for every process.")
        return secret.reveal()

    def shown(self) -> Iterator[tuple[str, Any]]:
        """Yield (variable, value) of all settings, fit to be printed: without the secret and without passwords."""
        for field in self.__struct_fields__:
            value = getattr(self, field)
            yield variable_of(field), without_password(value) if field == "redis_url" else value

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.shown())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return list(self.shown())


def variable_of(field: str) -> str:
    """Return the environment variable of a field."""
    return field.upper() if field in UNPREFIXED else PREFIX + field.upper()


def without_password(url: str) -> str:
    """Return `url` with its password replaced by asterisks."""
    password = urlsplit(url).password
    shown = url.replace(f":{password}@", ":***@", 1) if password else url
    return re.sub(r"(?<=[?&]password=)[^&]*", "***", shown)


def is_setting(name: str) -> bool:
    """Tell whether an environment variable of this name is, or claims to be, a setting."""
    return name.startswith(PREFIX) or name.removesuffix("_FILE").lower() in UNPREFIXED or name.lower() in UNPREFIXED


def meaning_of(field: str) -> str:
    """Return what a field is for, in one line."""
    return next(meta.description for meta in reversed(_kinds()[field].__metadata__) if isinstance(meta, Meta) and meta.description)


def _kinds() -> dict[str, Any]:
    hints = get_type_hints(Settings, include_extras=True)
    return {field: hints[field] for field in Settings.__struct_fields__}


def _is_given(field: str, given: Mapping[str, str]) -> bool:
    return variable_of(field) in given or (field in GIVEN_IN_A_FILE and file_of(variable_of(field)) in given)


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {variable_of(field) for field in Settings.__struct_fields__} | {file_of(variable_of(field)) for field in GIVEN_IN_A_FILE}
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, sorted(known), n=1, cutoff=0)
            raise SettingsError(f"{name} is not a setting: did you mean {near[0]}? Rename it or take it away.")


def _read(field: str, kind: Any, given: Mapping[str, str]) -> Any:
    if field in GIVEN_IN_A_FILE:
        return read_secret(variable_of(field), given, least=MIN_SECRET if field in SECRETS else 1)
    name, raw = variable_of(field), given[variable_of(field)]
    if Path in (get_args(kind)[0], *get_args(get_args(kind)[0])):  # a path, or one that may be left out
        return Path(raw)
    try:
        return msgspec.convert(CASES.get(field, str)(raw), kind, strict=False)
    except msgspec.ValidationError as fault:
        shown = without_password(raw) if field == "redis_url" else raw
        raise SettingsError(f"{name} is {shown!r} but must be {_wanted(kind)} ({meaning_of(field)}).") from fault


def _wanted(kind: Any) -> str:
    what, *metas = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    if get_origin(what) is Literal:
        return "one of " + ", ".join(get_args(what))
    if what is str:
        return "such as " + " or ".join(repr(example) for meta in metas for example in meta.examples or ())
    least = next(meta.gt if meta.ge is None else meta.ge for meta in metas)
    most = next(meta.le for meta in metas)
    return f"a {'whole ' if what is int else ''}number from {least:g} to {most:g}"
