"""`tsuide asyncapi`: the contracts as a document."""

from stream.exits import OK


def asyncapi() -> int:
    """Print the AsyncAPI 3.0 document of all topics and records, made from the types that the workers use.

    Example: tsuide asyncapi > asyncapi.json

    Exit codes: 0, 2 wrong setting.
    """
    import json

    from stream.cli.setting import settings
    from stream.contracts.asyncapi import document

    print(json.dumps(document(partitions=settings().partitions), indent=2, ensure_ascii=False))
    return OK
