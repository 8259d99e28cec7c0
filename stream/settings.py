"""All that can be set, read from the environment once and checked before anything starts."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from stream.errors import SettingsError

PREFIX = "TSUIDE_"
UNPREFIXED = {"kafka_bootstrap_servers", "redis_url"}  # names that other tools share
SECRET_FILE = "TSUIDE_PSEUDONYM_SECRET_FILE"
MIN_SECRET = 16  # characters: below that a secret is guessed from a list of known ids
SHIPPED_POLICY = Path(__file__).resolve().parent.parent / "deploy" / "policy.toml"
LogLevel = Literal["debug", "info", "warning", "error"]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._-]+\Z", examples=["tsuide"])]


class Secret:
    """A text that shows itself only when asked: printing, logging and formatting give asterisks."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> bytes:
        """Return the secret as UTF-8 bytes."""
        return self._text.encode()

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


class Settings(Struct, frozen=True, kw_only=True):
    """One process's settings. Each field is the variable of its name; `variable_of` tells which."""

    kafka_bootstrap_servers: Annotated[
        str,
        Meta(
            pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*\Z",
            examples=["10.0.0.5:9092,10.0.0.6:9092"],
            description="Kafka brokers, host:port, separated by commas",
        ),
    ] = "127.0.0.1:9092"
    redis_url: Annotated[
        str,
        Meta(
            pattern=r"^(redis|rediss|unix)(\+cluster)?://",
            examples=["redis://127.0.0.1:6379/0"],
            description="Redis that holds the profiles",
        ),
    ] = "redis://127.0.0.1:6379/0"
    group: Annotated[Name, Meta(description="consumer group of the workers")] = "tsuide"
    prefix: Annotated[Name, Meta(description="first part of every key in Redis")] = "tsuide"
    partitions: Annotated[int, Meta(ge=1, le=10_000, description="partitions of every input topic; fixed for life")] = 12
    pseudonym_secret: Annotated[
        Secret | None,
        Meta(description=f"secret of the customers' pseudonyms, at least {MIN_SECRET} characters; or its file in {SECRET_FILE}"),
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
    ] = 10
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
    log_level: Annotated[LogLevel, Meta(description="debug, info, warning or error")] = "info"

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
        return settings

    def secret(self) -> bytes:
        """Return the pseudonyms' secret. Raises SettingsError where none is set."""
        if self.pseudonym_secret is None:
            raise SettingsError(
                f"No secret for pseudonyms: set {variable_of('pseudonym_secret')} or {SECRET_FILE} "
                f"(for example to what `openssl rand -hex 32` prints), the same one for every process."
            )
        return self.pseudonym_secret.reveal()

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


def meaning_of(field: str) -> str:
    """Return what a field is for, in one line."""
    return next(meta.description for meta in reversed(_kinds()[field].__metadata__) if isinstance(meta, Meta) and meta.description)


def _kinds() -> dict[str, Any]:
    hints = get_type_hints(Settings, include_extras=True)
    return {field: hints[field] for field in Settings.__struct_fields__}


def _is_given(field: str, given: Mapping[str, str]) -> bool:
    return variable_of(field) in given or (field == "pseudonym_secret" and SECRET_FILE in given)


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {variable_of(field) for field in Settings.__struct_fields__} | {SECRET_FILE}
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, sorted(known), n=1, cutoff=0)
            raise SettingsError(f"{name} is not a setting: did you mean {near[0]}? Rename it or take it away.")


def _read(field: str, kind: Any, given: Mapping[str, str]) -> Any:
    if field == "pseudonym_secret":
        return _read_secret(given)
    name, raw = variable_of(field), given[variable_of(field)]
    if field == "policy":
        return Path(raw)
    try:
        return msgspec.convert(raw.lower() if field == "log_level" else raw, kind, strict=False)
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


def _read_secret(given: Mapping[str, str]) -> Secret:
    name = variable_of("pseudonym_secret")
    if name in given and SECRET_FILE in given:
        raise SettingsError(f"Both {name} and {SECRET_FILE} are set: take one of them away.")
    if name in given:
        text = given[name].strip()
    else:
        try:
            text = Path(given[SECRET_FILE]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise SettingsError(f"{SECRET_FILE} cannot be read: {fault}. Give the path of a readable text file.") from fault
        name = SECRET_FILE
    if len(text) < MIN_SECRET:
        raise SettingsError(
            f"{name} has {len(text)} characters: use at least {MIN_SECRET}, for example what `openssl rand -hex 32` prints."
        )
    return Secret(text)
