"""What a gateway offers to operations, at an address of its own: browsers have no business there."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager

from prometheus_client.metrics_core import Metric

from stream.gateway.app import Gateway
from stream.ops.health import Finding, of_broker, of_followers, of_store
from stream.ops.metrics.gateway import gateway_metrics
from stream.ops.server import ops_server


def gateway_ops(address: str, gateway: Gateway) -> AbstractAsyncContextManager[str | None]:
    """Serve the gateway's metrics and health at `address`, where there is one. It is ready once it has read what stood."""

    def metrics() -> Iterator[Metric]:
        yield from gateway_metrics(gateway)

    async def check() -> list[Finding]:
        return [*of_followers(gateway.followers), *await of_broker(gateway.producer), *await of_store(gateway.store)]

    return ops_server(address, sources=[metrics], check=check)
