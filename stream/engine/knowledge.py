"""What a worker knows beside its customers: the shared memory, the catalogue, the ranker's weights, the policy."""

from dataclasses import dataclass, field

from features.catalog import Catalog
from online_models.memory.shared import SharedMemory
from online_models.policy.policy import Policy
from online_models.ranker import Weights


@dataclass
class Knowledge:
    """Filled by followers between batches, only read while a batch is worked.

    `policy_fault`: why the policy's file cannot be used as it stands now, while the one read before goes on; None: it is in use.
    """

    policy: Policy
    memory: SharedMemory = field(default_factory=SharedMemory)
    catalog: Catalog = field(default_factory=Catalog)
    weights: Weights = field(default_factory=Weights.start)
    policy_fault: str | None = None
