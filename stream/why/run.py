"""From a suggestion's id to all that stands behind it."""

from msgspec import Struct

from stream.archive.kept import Kept
from stream.audit.checks import Difference
from stream.contracts.suggestion import Suggestion
from stream.engine.knowledge import Knowledge
from stream.engine.who import Pseudonymise
from stream.errors import SuggestionUnknown
from stream.why.compare import caveats, differences
from stream.why.rebuild import Rebuilding, Rebuilt
from stream.why.target import find


class Explained(Struct, frozen=True):
    """One suggestion: as `published` (None where the log holds no suggestions), as `rebuilt`, where these differ, and what is to blame."""

    suggestion_id: str
    customer: str
    at_ms: int
    policy_version: str
    published: Suggestion | None
    rebuilt: Rebuilt
    differences: tuple[Difference, ...]
    caveats: tuple[str, ...]


async def explain(past: Kept, suggestion_id: str, know: Knowledge, *, pseudonymise: Pseudonymise, partitions: int) -> Explained:
    """Return how a suggestion came about. `know` has the policy, and a catalogue that may be filled already; it is filled further.

    Reads the past several times. Where it holds the shared memory's topic, only the customer's own events are worked; else everybody's.

    Raises:
        SuggestionUnknown: it was never published, or its event is gone.
        CustomerOptedOut, CustomerForgotten: its customer took back that he is known.
        ModelGone: the model that scored it is not kept.
        LogError, BrokerAway, RightsMissing, TopicsDiffer: as the past's reading.
    """
    target = await find(past, suggestion_id, pseudonymise)
    rebuilt = await Rebuilding(past, target, know, pseudonymise=pseudonymise, partitions=partitions).run()
    published, version = target.published, know.policy.version
    if published is None and not rebuilt.lists:
        rules = ", ".join(f"{name} {rule}" for name, rule in rebuilt.silences) or "no list answers such an event"
        raise SuggestionUnknown(f"Nothing was suggested at {suggestion_id}: {rules}.")
    found = () if published is None else tuple(differences(published, rebuilt))
    notes = tuple(caveats(published, rebuilt, version, differ=bool(found)))
    return Explained(suggestion_id, target.customer, target.at_ms, version, published, rebuilt, found, notes)
