"""Prints what a memory of 150 real orders answers, to the last bit: to be run under several values of PYTHONHASHSEED."""

from itertools import islice
from pathlib import Path

from online_models.evaluate.basket import baskets_of
from online_models.memory.shared import SharedMemory
from stream.cli.anybody import anybody
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, MemoryRecord, Remembered
from stream.lines import Lines
from stream.logs import read_events
from tests.online_models.questions import answers

LOG = Path(__file__).parents[2] / "deploy/shop/events.jsonl.zst"
HOUR_MS = 3_600_000


def main() -> None:
    """Learn, let a few customers be forgotten and some be silenced, ask."""
    memory = SharedMemory(session_rows=256, baskets=100, most_rows=3, most_baskets=3)
    log = list(islice(baskets_of(read_events(Lines(LOG), anybody)), 150))
    for number, basket in enumerate(log):
        lines = tuple([Remembered(line.item_id, line.price, line.item_id[:2]) for line in basket.items])
        customer, at_ms = str(basket.customer), basket.event_time_ms
        memory.take_in(MemoryRecord(Origin("log", 0, number), customer, f"{customer}@{number // 3}", "purchase", at_ms, lines, str(number)))
    for number, basket in enumerate(log[::10]):
        memory.take_in(Forget(Origin("wishes", 0, number), str(basket.customer)))
    items = list(dict.fromkeys([line.item_id for basket in log[-3:] for line in basket.items]))[:12]
    print(answers(memory, items, log[-1].event_time_ms + HOUR_MS))


if __name__ == "__main__":
    main()
