"""What SageMaker's batch transform does with a file: splits it by line, packs lines into requests (MultiRecord) or sends each
alone (SingleRecord), and assembles the answers with line ends.
"""

import io

MEBIBYTE = 1 << 20


def lines(content):
    """The records of SplitType Line, each with its newline; the last one may have none."""
    return list(io.BytesIO(content))


def multi_record(records, most_bytes):
    """As many whole records as fit into each request."""
    request = b""
    for record in records:
        if request and len(request) + len(record) > most_bytes:
            yield request
            request = b""
        request += record
    if request:
        yield request


def single_record(records, _most_bytes):
    yield from records


def transform(send, content, strategy=multi_record, most_bytes=6 * MEBIBYTE):
    """The output file. send(request): the body of the answer, which must have status 200."""
    return b"".join(send(request) + b"\n" for request in strategy(lines(content), most_bytes))
