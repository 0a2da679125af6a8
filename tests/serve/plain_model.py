"""A classifier in fastText's format, written field by field, as large as a test wants it."""

import struct

DIM = 100
WORDS = [b"</s>", b"one", b"two"]
LABELS = [b"__label__first", b"__label__second"]
BLOCK_ROWS = 1000


def entry(text, kind):
    return text + b"\0" + struct.pack("<qb", 7, kind)


def write_model(path, buckets, first=1.0):
    """Labels are told by the sign of `first`; the file has 4 * DIM bytes for each bucket."""
    with open(path, "wb") as file:
        file.write(struct.pack("<ii12id", 793712314, 12, DIM, 5, 5, 1, 5, 2, 3, 3, buckets, 0, 0, 100, 1e-4))
        file.write(struct.pack("<iiiqq", len(WORDS) + len(LABELS), len(WORDS), len(LABELS), 21, -1))
        file.write(b"".join([entry(word, 0) for word in WORDS] + [entry(label, 1) for label in LABELS]))
        rows = len(WORDS) + buckets
        file.write(struct.pack("<bqq", 0, rows, DIM))
        block = struct.pack(f"<{DIM}f", *[0.5] * DIM) * BLOCK_ROWS
        for begin in range(0, rows, BLOCK_ROWS):
            file.write(block[: 4 * DIM * min(BLOCK_ROWS, rows - begin)])
        file.write(struct.pack("<bqq", 0, len(LABELS), DIM))
        file.write(struct.pack(f"<{DIM}f", *[first] * DIM) + struct.pack(f"<{DIM}f", *[-first] * DIM))
