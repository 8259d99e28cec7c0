"""What the gateway tells: browsers connected, what they asked, what became of their events."""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric

from stream.gateway.app import Gateway
from stream.ops.metrics.member import SERVERS
from stream.ops.metrics.page import Counted, counter, gauge, histogram
from stream.ops.metrics.worker import follower_metrics

FATES = ("accepted", "repeated", "opted_out", "refused")
COUNTED = (
    Counted("tsuide_streams_opened", "Streams of suggestions opened.", keys={"streams": ()}),
    Counted("tsuide_streams_refused", "Streams refused because there were as many as there may be.", keys={"streams_full": ()}),
    Counted("tsuide_stream_suggestions", "Suggestions written to streams.", keys={"stream_suggestions": ()}),
    Counted(
        "tsuide_stream_resumes",
        "Streams that wanted to go on where another had ended: hit, and given what they had missed, or begun anew.",
        labels=("result",),
        keys={"resume_hits": "hit", "resume_misses": "miss"},
    ),
    Counted("tsuide_queue_drops", "Queues let go of because their browser read nothing; it begins anew.", keys={"queue_drops": ()}),
    Counted(
        "tsuide_gateway_events",
        "Events that arrived over HTTP, by what became of them.",
        labels=("fate",),
        keys={f"event:{fate}": fate for fate in FATES},
    ),
    Counted(
        "tsuide_failed_calls",
        "Requests refused for now because a server that they need did not answer.",
        labels=("server",),
        keys={f"failed:{server}": server for server in SERVERS.values()},
    ),
    Counted("tsuide_http_requests", "Requests by route; a stream counts when it ends.", ("method", "status", "route"), prefix="request"),
)


def gateway_metrics(gateway: Gateway) -> Iterator[Metric]:
    """Yield what a gateway counts and holds."""
    yield from (counted.read(gateway.tally) for counted in COUNTED)
    took = "What requests took by route and kind of answer; streams, which last as long as somebody looks, are left out."
    yield histogram("tsuide_http_request_duration_seconds", took, gateway.durations.seconds, ("method", "route", "status_class"))
    yield gauge("tsuide_streams", "Streams that are open.", len(gateway.subscribers))
    yield gauge("tsuide_board_suggestions", "Unexpired suggestions that are held for whoever connects or resumes.", len(gateway.board))
    yield counter("tsuide_unreadable_records", "Records of the followed topics that were passed over.", gateway.intake.unreadable)
    yield from follower_metrics(gateway.followers)
