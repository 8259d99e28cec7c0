"""What a process says as the last thing before a fault ends it."""

import json

from features.store.redis import RedisStore
from stream.exits import INTERNAL
from tests.support.log_lines import lines_in
from tests.support.shop import Shop
from tests.support.workers import Crew


async def test_a_record_that_cannot_be_folded_is_named_in_the_last_line_with_the_exit_code(shop: Shop, crew: Crew, store: RedisStore):
    # given a record that cannot be folded, among others
    async with shop.trading():
        await shop.has_sent(20)
        bad = await shop.tell(shop.an_event(shop.customers[0], "bad"))
    # when a worker meets it
    worker = crew.worker("fail_folding", "bad").launch()
    assert worker.ended(60) == INTERNAL
    # then its last line says with which code it ends, because of which record, and where in the code
    last = json.loads(worker.said.splitlines()[-1])
    assert (last["level"], last["event"], last["exit_code"], last["reason"]) == ("critical", "process ends", INTERNAL, "record failed")
    assert (last["topic"], last["partition"], last["offset"], last["deaths"]) == (bad.topic, bad.partition, bad.offset, 1)
    assert [raised["exc_type"] for raised in last["exception"]] == ["RecordFailed", "Injected"]
    # and it is the only one of its kind, and every line of the process is JSON, but for what this test's process prints
    assert len(lines_in(worker.log, "process ends")) == 1
    assert [line for line in worker.said.splitlines() if not line.startswith(("{", "stands at ["))] == []
