"""One occurrence as a line, for programs and for people."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from stream.cli.logs import log_no_more, log_to_stderr, programs_read_it
from stream.engine.record import Record
from stream.telling.lines import Form, formatter
from stream.telling.logger import at, logger_of

NOON_S = 1_763_812_800.25  # 2025-11-22T12:00:00.250Z
WHO = "k1:" + "0123456789abcdef" * 4
RECORD = Record("shop.cart.v1", 3, 41, 0, b"key", b"value")
log = logger_of("stream.a.place")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(form: Form, told: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter(form))
    monkeypatch.setattr("logging.time.time", lambda: NOON_S)
    monkeypatch.setattr("logging.time.time_ns", lambda: int(NOON_S * 1e9), raising=False)
    root.addHandler(handler)
    try:
        told()
    finally:
        root.removeHandler(handler)
    return written.getvalue().splitlines()


def test_a_line_for_programs_is_one_object_with_its_head_first_and_its_address_as_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = lines("json", lambda: log.warning("record passed over", **at(RECORD), error='not "JSON"\nat all, お茶'), monkeypatch)
    assert list(json.loads(line).items()) == [
        ("time", "2025-11-22T12:00:00.250Z"),
        ("level", "warning"),
        ("logger", "stream.a.place"),
        ("event", "record passed over"),
        ("topic", "shop.cart.v1"),
        ("partition", 3),
        ("offset", 41),
        ("error", 'not "JSON"\nat all, お茶'),
    ]


def test_the_line_of_a_record_that_came_within_a_trace_names_the_trace() -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    assert at(replace(RECORD, headers=(("traceparent", f"00-{trace}-b7ad6b7169203331-01".encode()),)))["trace_id"] == trace
    assert "trace_id" not in at(replace(RECORD, headers=(("traceparent", b"junk"), ("traceparent", None))))


def test_what_a_library_says_has_the_same_form(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = lines("json", lambda: logging.getLogger("aiokafka.x").error("%d of %s\nlost", 3, "4"), monkeypatch)
    assert json.loads(line) == {
        "time": "2025-11-22T12:00:00.250Z",
        "level": "error",
        "logger": "aiokafka.x",
        "event": "3 of 4\nlost",
    }


def fail(whose: str) -> None:
    raise KeyError(whose)


def tell_of_a_failure() -> None:
    hidden = "a value that is somebody's"
    try:
        fail(WHO)
    except KeyError:
        log.exception("suggestion not made", length=len(hidden))


def test_a_traceback_is_a_list_of_places_without_the_values_that_were_there(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = lines("json", tell_of_a_failure, monkeypatch)
    [raised] = json.loads(line)["exception"]
    assert (raised["exc_type"], [frame["name"] for frame in raised["frames"]]) == ("KeyError", ["tell_of_a_failure", "fail"])
    assert "somebody's" not in line


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_pseudonym_gets_into_a_log_whoever_quotes_it(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell() -> None:
        tell_of_a_failure()
        logging.getLogger("redis").warning("key tsuide:{p3}:u:%s", WHO)

    written = "\n".join(lines(form, tell, monkeypatch))
    assert WHO not in written
    assert written.count("[customer]") == 2


def test_a_line_for_people_has_no_colours_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = lines("text", lambda: log.warning("record passed over", **at(RECORD)), monkeypatch)
    assert line.split() == [
        "2025-11-22T12:00:00.250Z",
        "[warning",
        "]",
        "record",
        "passed",
        "over",
        "[stream.a.place]",
        "topic=shop.cart.v1",
        "partition=3",
        "offset=41",
    ]


def test_a_logger_costs_nothing_to_make_and_says_nothing_below_its_level(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines("json", lambda: log.debug("record passed over", **at(RECORD)), monkeypatch) == []
    assert at(None) == {}


@pytest.fixture
def nothing_set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("NO_COLOR", raising=False)
    yield
    log_no_more()


@pytest.mark.usefixtures("nothing_set_up")
@pytest.mark.parametrize(
    ("form", "stream", "no_color", "is_json", "coloured"),
    [
        pytest.param("auto", io.StringIO, "", True, False, id="auto, a file or a pipe"),
        pytest.param("auto", Screen, "", False, True, id="auto, a terminal"),
        pytest.param("auto", Screen, "1", False, False, id="auto, a terminal of somebody who wants no colours"),
        pytest.param("json", Screen, "", True, False, id="json, a terminal"),
        pytest.param("text", io.StringIO, "", False, False, id="text, a file"),
    ],
)
def test_the_form_is_what_its_reader_wants(
    form: Any, stream: Any, no_color: str, is_json: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a process that writes to such a stream
    monkeypatch.setattr("sys.stderr", stream())
    monkeypatch.setenv("NO_COLOR", no_color)
    log_to_stderr("info", form)
    log.info("policy in use")
    import sys

    written = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert (programs_read_it(), written.startswith("{"), "\x1b" in written) == (is_json, is_json, coloured)


@pytest.mark.usefixtures("nothing_set_up")
def test_debug_once_asked_for_stays_and_the_form_is_the_one_said_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", written := io.StringIO())
    log_to_stderr("debug", "text")
    log_to_stderr("warning", "json")
    log.debug("record passed over", **at(RECORD))
    assert json.loads(written.getvalue())["level"] == "debug"
