"""What to do about a topic that was deleted and made anew: its offsets begin again, and everything that names them is wrong."""

from stream.contracts.topics import INPUTS, MEMORY, MODELS, SUGGESTIONS, TRAINING
from stream.engine.record import TopicPartition
from stream.errors import TopicRemade

DERIVED = (SUGGESTIONS, MEMORY, TRAINING, MODELS)  # their records name offsets of the inputs: new ones would pass for repeats
CURE_OF_INPUTS = (
    "end every worker and trainer, run `kafka-topics.sh --bootstrap-server ... --delete --topic "
    f"'{'|'.join(DERIVED)}'` and `tsuide topics create`, and start them again with a TSUIDE_PREFIX that was never used: "
    "every record that is there is then worked from the beginning, and profiles begin anew"
)
CURE_OF_TRAINING = (
    f"end the trainer, run `kafka-topics.sh --bootstrap-server ... --delete --topic {MODELS}` and `tsuide topics create`, "
    "and start it again: the ranker learns anew what is there"
)


def remade_topic(at: TopicPartition, *, handled: int, end: int) -> TopicRemade:
    """Return the error of a log that ends at `end` and is not the one that was handled up to `handled`."""
    cure = CURE_OF_INPUTS if at.topic in INPUTS else CURE_OF_TRAINING
    return TopicRemade(
        f"{at.topic}:{at.partition} ends at {end}, and another log of its name was handled up to {handled}: it was deleted and made anew, "
        f"or Kafka lost its newest records. Nothing is handled now, so that nothing is skipped. If it was made anew, {cure}."
    )
