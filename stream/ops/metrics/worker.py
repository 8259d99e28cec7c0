"""What a worker tells: its answers and silences, how long its customers wait, and what it knows."""

from collections.abc import Iterable, Iterator
from typing import get_args

from prometheus_client.metrics_core import Metric

from online_models.policy.lists import ListName
from online_models.policy.silence import HELD_OUT, NOTHING
from stream.engine.engine import Engine
from stream.engine.knowledge import Knowledge
from stream.ops.metrics.page import Counted, counter, gauge, histogram
from stream.transport.follower import Follower

LETTERS = ("DecodeError", "ValidationError", "NoCustomer", "NullValue", "FutureEvent", "EndedProcesses")  # told before the first, as 0
LISTS = get_args(ListName)
RULES = (HELD_OUT, "paused", "first_view", "list_dismissed", "session_cap", "day_cap", NOTHING)  # of every list, told from the start
COUNTED = (
    Counted("tsuide_events", "Events that were folded into a profile.", keys={"events": ()}),
    Counted(
        "tsuide_events_left_out",
        "Events that changed nothing: sent before, or of a customer who has opted out.",
        labels=("why",),
        keys={"repeats": "repeated", "opted_out": "opted_out"},
    ),
    Counted("tsuide_passed_on", "Events sent on to the partition that their producer should have chosen.", keys={"passed_on": ()}),
    Counted(
        "tsuide_dead_letters",
        "Records that could not be served and were set aside.",
        labels=("class",),
        keys={f"dead_letter:{name}": name for name in LETTERS},
        prefix="dead_letter",
    ),
    Counted("tsuide_suggestions", "Suggestions made.", keys={"suggestions": ()}),
    Counted("tsuide_suggested_items", "Items suggested, by their list and the reason given.", ("list", "reason"), prefix="shown"),
    Counted(
        "tsuide_silences",
        "Lists that said nothing, by the policy's rule that kept them silent.",
        labels=("list", "rule"),
        keys={f"silent:{name}:{rule}": (name, rule) for name in LISTS for rule in RULES},
        prefix="silent",
    ),
    Counted("tsuide_recommend_failures", "Events whose suggestion a fault of ours cost.", keys={"recommend_failed": ()}),
    Counted(
        "tsuide_training_records_sent",
        "Records for the trainer.",
        labels=("kind",),
        keys={"examples": "example", "outcomes": "outcome"},
    ),
    Counted(
        "tsuide_consents",
        "Customers' decisions carried out.",
        labels=("choice",),
        keys={choice: choice for choice in ("opt_out", "opt_in", "forget")},
    ),
    Counted(
        "tsuide_profile_reads",
        "Profiles needed by a chunk, by where they were found.",
        labels=("source",),
        keys={"profiles_read": "store", "profiles_cached": "cache"},
    ),
    Counted("tsuide_fenced", "Times that another writer was found in a partition, and our part of a chunk dropped.", keys={"fenced": ()}),
    Counted("tsuide_outboxes_taken_over", "Outboxes of an earlier owner that were published first.", keys={"outboxes_taken_over": ()}),
    Counted("tsuide_lost_records", "Records that retention deleted before they were worked.", keys={"lost_to_retention": ()}),
    Counted("tsuide_policy_changes", "Times that a changed policy came into use.", keys={"policy_changes": ()}),
    Counted("tsuide_policy_refusals", "Times that the policy's file could not be used as it stood.", keys={"policy_faults": ()}),
)


def engine_metrics(engine: Engine, now_ms: int) -> Iterator[Metric]:
    """Yield what the engine has counted and timed; `now_ms` is the wall clock's."""
    yield from (counted.read(engine.tally) for counted in COUNTED)
    measures = engine.measures
    waits = "Age of an event, from its Kafka timestamp on, when its suggestion was acknowledged: the customer's wait, but for the gateway."
    yield histogram("tsuide_event_age_seconds", waits, measures.event_age)
    yield histogram(
        "tsuide_chunk_duration_seconds",
        "What each stage took of one chunk, waits for a server included.",
        measures.chunk_stages,
        ("stage",),
    )
    yield histogram(
        "tsuide_event_duration_seconds",
        "What folding took of one event, and answering and recommending.",
        measures.event_stages,
        ("stage",),
    )
    oldest = "Age of the oldest record of the fetch that is being worked; 0 while none is."
    yield gauge("tsuide_oldest_waiting_age_seconds", oldest, oldest_waiting_s(engine, now_ms))
    yield gauge("tsuide_cached_profiles", "Profiles in memory.", len(engine.caches.profiles))
    yield gauge(
        "tsuide_live_sessions", "Sessions whose candidates are in memory, to be answered by their next event.", len(engine.caches.live)
    )


def knowledge_metrics(knowledge: Knowledge, followers: Iterable[Follower], now_ms: int) -> Iterator[Metric]:
    """Yield what the worker knows beside its customers, and how fresh that is."""
    memory, weights = knowledge.memory, knowledge.weights
    sizes = {
        "items": len(memory.items),
        "session_rows": min(memory.sessions.taken, memory.sessions.capacity),
        "baskets": memory.baskets.size,
        "catalog": len(knowledge.catalog),
    }
    yield gauge("tsuide_knowledge_entries", "Size of what is known of everybody's behaviour, and of the catalogue.", sizes, ("part",))
    yield counter("tsuide_memory_records", "Records that the shared memory has taken in.", memory.version)
    yield gauge(
        "tsuide_model_version", "Offset in the training topic up to which the ranker in use has learnt; -1: not at all.", weights.version
    )
    if weights.published_ms:
        age_s = max(0, now_ms - weights.published_ms) / 1_000
        yield gauge("tsuide_model_age_seconds", "Time since the ranker in use was published.", age_s)
    yield gauge("tsuide_policy_faulty", "1 while the policy's file cannot be used as it stands.", float(knowledge.policy_fault is not None))
    yield from follower_metrics(followers)


def follower_metrics(followers: Iterable[Follower]) -> Iterator[Metric]:
    """Yield how the topics that a process follows without a group are read."""
    followers = list(followers)
    behind = {one.topic: one.behind for one in followers}
    yield gauge("tsuide_followed_lag_records", "Records of a followed topic that are not read yet.", behind, ("topic",))
    faults = {one.topic: one.faults for one in followers}
    yield counter(
        "tsuide_followed_faults", "Times that the reading of a followed topic was broken off and begun again.", faults, ("topic",)
    )


def oldest_waiting_s(engine: Engine, now_ms: int) -> float:
    """Return the age in seconds of the oldest record of the fetch in hand; 0 while there is none."""
    return 0.0 if engine.oldest_waiting_ms is None else max(0, now_ms - engine.oldest_waiting_ms) / 1_000
