"""Trace contexts that pages are told, and those that they are not."""

import time

import msgspec
import pytest
from aiokafka import ConsumerRecord

from stream.gateway.board import Board
from stream.gateway.subscribers import Subscribers
from stream.gateway.topics import Intake
from tests.support.gateway import customer
from tests.support.offers import a_suggestion

ANA = customer("ana")
NOW_MS = int(time.time() * 1000)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        pytest.param([], None, id="none"),
        pytest.param([("traceparent", TRACE.encode())], TRACE, id="one"),
        pytest.param([("traceparent", b"<script>")], None, id="no trace context"),
        pytest.param([("traceparent", b"\xff")], None, id="no text"),
        pytest.param([("traceparent", None)], None, id="no value"),
    ],
)
def test_an_offer_names_the_trace_of_its_record(headers: list[tuple[str, bytes | None]], told: str | None):
    board = Board(10)
    intake = Intake(board, Subscribers(10), lambda raw: customer(raw), lambda *_: None)
    value = msgspec.json.encode(a_suggestion(ANA, seq=1, created_ms=NOW_MS, accessories=["tea"]))
    intake.suggestion(ConsumerRecord("tsuide", 0, 0, NOW_MS, 0, ANA.encode(), value, None, 0, 0, tuple(headers)))
    [held] = board.current(ANA, NOW_MS)
    assert held.offer.traceparent == told
    assert (b"traceparent" in held.packed) is (told is not None)
