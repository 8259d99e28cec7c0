"""What a reset would do to each partition, and what stands in its way; no I/O.

Redis is the truth: a worker goes on at its watermark. Forward, records are never counted. Back, they would be counted twice into
the profiles that stand, so it is done into fresh state only. All input topics of a partition number share profiles and fence.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from features.store.port import Fence
from stream.contracts.topics import CONSENT, INPUTS
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.transport.remade import remade_topic


class Stand(Struct, frozen=True):
    """How one partition stands; offsets are those of the next record. None: there is none."""

    topic: str
    partition: int
    committed: int | None
    watermark: int | None
    log_start: int
    end: int

    @property
    def at(self) -> TopicPartition:
        """The partition."""
        return TopicPartition(self.topic, self.partition)

    @property
    def position(self) -> int:
        """Where a worker would go on."""
        return self.log_start if self.watermark is None else max(self.watermark, self.log_start)


class Step(Stand, frozen=True, kw_only=True):
    """Where one partition is to go. `wanted` was asked for, `target` is within the log."""

    wanted: int
    target: int
    records: int  # target - position: above 0 as many are skipped, below 0 worked again


class Number(Struct, frozen=True):
    """What the store holds of one partition number."""

    fence: Fence
    outbox_bytes: int = 0


class Plan(Struct, frozen=True):
    """All of a reset. `numbers` are the partition numbers that it touches."""

    group: str
    fresh: bool
    steps: tuple[Step, ...]
    numbers: dict[int, Number]
    obstacles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, number: int) -> list[Step]:
        """Return the steps within one partition number."""
        return [step for step in self.steps if step.partition == number]


def step_of(stand: Stand, wanted: int) -> Step:
    """Return the step from where a partition stands to an offset, or to the nearest one that its log has."""
    target = min(max(wanted, stand.log_start), stand.end)
    return Step(
        topic=stand.topic,
        partition=stand.partition,
        committed=stand.committed,
        watermark=stand.watermark,
        log_start=stand.log_start,
        end=stand.end,
        wanted=wanted,
        target=target,
        records=target - stand.position,
    )


def plan(
    group: str,
    stands: Sequence[Stand],
    wanted: Mapping[TopicPartition, int],
    numbers: Mapping[int, Number],
    *,
    fresh: bool = False,
    skip_wishes: bool = False,
    wishes_from: Mapping[int, int] | None = None,
) -> Plan:
    """Return what it takes to stand at the wanted offsets.

    Args:
        group: the workers' consumer group.
        stands: every partition of the input topics.
        wanted: an offset for each partition that is to move; may lie outside its log.
        numbers: the store's part, at least of the partition numbers that are wanted.
        fresh: profiles are to be forgotten and counted again from there.
        skip_wishes: customers' wishes may be passed over unheard.
        wishes_from: for each number, the first wish that is not older than the first event to be counted again.
    """
    steps = tuple(step_of(stand, wanted[stand.at]) for stand in stands if stand.at in wanted)
    touched = {number: numbers[number] for number in sorted({step.partition for step in steps})}
    obstacles = [
        *_remade(steps),
        *_outboxes(touched),
        *(_partial(steps) if fresh else _backward(steps)),
        *(() if skip_wishes else _unheard(steps)),
        *_late_wishes(steps, wishes_from or {}),
    ]
    return Plan(group, fresh, steps, touched, tuple(obstacles), tuple(_clamped(steps)))


def moved(fence: Fence, steps: Iterable[Step]) -> Fence:
    """Return the fence of a partition number after these steps; whoever held the former one may not write any more."""
    return Fence(fence.watermarks | {step.topic: step.target for step in steps}, fence.epoch + 1)


def targets(steps: Iterable[Step]) -> Offsets:
    """Return where each partition is to stand."""
    return {step.at: step.target for step in steps}


def _remade(steps: Sequence[Step]) -> Iterable[str]:
    for step in steps:
        if step.watermark is not None and step.watermark > step.end:
            yield str(remade_topic(step.at, handled=step.watermark, end=step.end)).removesuffix(".")


def _outboxes(numbers: Mapping[int, Number]) -> Iterable[str]:
    if standing := [number for number, found in numbers.items() if found.outbox_bytes]:
        yield (
            f"of partition {_listed(standing)} an outbox stands, committed and perhaps not sent: start a worker once, which sends it, "
            "and end it with SIGTERM; then run this again"
        )


def _backward(steps: Sequence[Step]) -> Iterable[str]:
    back = [step for step in steps if step.records < 0]
    if back:
        yield (
            f"{-sum(step.records for step in back):,} records in {len(back)} partitions are counted in the profiles that stand, and "
            "would be counted twice. Recount them into fresh state: with --fresh (profiles of these partitions are forgotten but for "
            "opt-outs, and begin anew there), or with a TSUIDE_PREFIX that was never used (these profiles stay as they are)"
        )


def _partial(steps: Sequence[Step]) -> Iterable[str]:
    moving: defaultdict[int, set[str]] = defaultdict(set)
    for step in steps:
        moving[step.partition].add(step.topic)
    short = {number: missing for number, topics in sorted(moving.items()) if (missing := set(INPUTS) - topics)}
    if short:
        absent = sorted(set().union(*short.values()))
        yield (
            f"all input topics of a partition number share its profiles: --fresh forgets what was counted of {', '.join(absent)} in "
            f"partition {_listed(short)}, too, and would not count it again. Move all input topics of a number together"
        )


def _unheard(steps: Sequence[Step]) -> Iterable[str]:
    if unheard := sum(step.records for step in steps if step.topic == CONSENT and step.records > 0):
        yield (
            f"{unheard:,} wishes of customers (opt_out, forget) wait in {CONSENT} and would never be heard. Name the other topics with "
            f"--topic, so that it stays where it is; or, if you mean it, name it: --topic {CONSENT}"
        )


def _late_wishes(steps: Sequence[Step], wishes_from: Mapping[int, int]) -> Iterable[str]:
    late = [step for step in steps if step.topic == CONSENT and step.target > wishes_from.get(step.partition, step.target)]
    if late:
        yield (
            f"in partition {_listed(step.partition for step in late)} events would be counted again that are older than wishes which "
            f"would not be heard again: who wished to be forgotten meanwhile would be known again. Let {CONSENT} begin there at "
            f"{', '.join(str(wishes_from[step.partition]) for step in late)} or before, or say the moment with --to-datetime"
        )


def _clamped(steps: Sequence[Step]) -> Iterable[str]:
    for step in steps:
        if step.wanted != step.target:
            yield f"{step.topic} {step.partition}: {step.wanted} is outside its log {step.log_start}..{step.end}, so it is {step.target}"


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
