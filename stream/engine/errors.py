"""What ends a worker from within."""

from stream.engine.record import Record


class EngineError(Exception):
    """Any error of the engine; `retriable` says whether another process may fare better."""

    retriable = False


class RecordFailed(EngineError):
    """A record could not be decoded or folded for a reason that is ours; the process ends and the record is tried again.

    After three deaths the record goes to the dead letters with its traceback.
    """

    retriable = True

    def __init__(self, record: Record, deaths: int) -> None:
        super().__init__(
            f"the record at {record.address} cannot be handled (death {deaths}); see the traceback, it is tried again at the next start"
        )
        self.record = record
        self.deaths = deaths
