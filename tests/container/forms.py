"""The same labelled text in the forms that a training job may get it in: bytes of a channel, and what the platform says of them.

Labels are integers in all of them, since an augmented manifest carries no names. The formats are DMLC's
RecordIO (magic, length, payload, padding to four bytes) and SageMaker's message aialgs.data.Record.
"""

import struct
from dataclasses import dataclass

RECORDIO_MAGIC = 0xCED7230A
RECORDIO = "application/x-recordio"
PROTOBUF = "application/x-recordio-protobuf"
# Field numbers of aialgs.data.Record and what it holds.
FEATURES, LABEL, KEY, VALUE = 1, 2, 1, 2
INT32_TENSOR, BYTES, FIRST = 7, 9, 1


@dataclass(frozen=True)
class Example:
    label: int
    text: str


@dataclass(frozen=True)
class Form:
    """How a channel holds its examples, and what the platform says of it. File mode has one file, Pipe mode one pass."""

    name: str
    mode: str
    content_type: str
    wrapper: str
    encode: object  # examples -> bytes

    def settings(self):
        """The channel in inputdataconfig.json."""
        settings = {
            "TrainingInputMode": self.mode,
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": self.wrapper,
        }
        return {"ContentType": self.content_type, **settings} if self.content_type else settings


def read_lines(path):
    return path.read_bytes().decode().rstrip("\n").split("\n")


def number_labels(*paths):
    """The numbers of the labels that lines of these files begin with, in the order of their names."""
    names = {line.split(" ", 1)[0] for path in paths for line in read_lines(path)}
    return {name: i for i, name in enumerate(sorted(names))}


def read_examples(path, numbers, count=None):
    """The first `count` examples of a file in fastText's format, one label each."""
    return [Example(numbers[label], text) for label, text in (line.split(" ", 1) for line in read_lines(path)[:count])]


def record(payload):
    """One whole RecordIO record."""
    return struct.pack("<II", RECORDIO_MAGIC, len(payload)) + payload + b"\0" * (-len(payload) % 4)


def varint(number):
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def field(number, payload):
    """A field of protobuf that holds bytes or a message."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def message(example):
    """An aialgs.data.Record: the text as bytes, the label as the one number of an int32 tensor, both under `values`."""
    text = field(BYTES, field(FIRST, example.text.encode()))
    label = field(INT32_TENSOR, field(FIRST, varint(example.label)))
    return b"".join(
        field(part, field(KEY, b"values") + field(VALUE, value)) for part, value in ((FEATURES, text), (LABEL, label))
    )


def line(example):
    return f"__label__{example.label} {example.text}\n".encode()


def as_text(examples):
    return b"".join(map(line, examples))


def as_records(examples):
    return b"".join(record(line(example).rstrip(b"\n")) for example in examples)


def as_wrapped_objects(examples):
    """What RecordWrapperType RecordIO makes of plain text: each object of the channel, here two, is one record."""
    middle = len(examples) // 2
    return record(as_text(examples[:middle])) + record(as_text(examples[middle:]))


def as_protobuf(examples):
    return b"".join(record(message(example)) for example in examples)


def as_manifest_records(examples):
    """An augmented manifest in Pipe mode: of each line one record with the source, then one with the label."""
    return b"".join(record(example.text.encode()) + record(str(example.label).encode()) for example in examples)


FORMS = (
    Form("text in a file", "File", "text/plain", "None", as_text),
    Form("text through a pipe", "Pipe", "text/plain", "None", as_text),
    Form("RecordIO in a file", "File", RECORDIO, "None", as_records),
    Form("wrapped text through a pipe", "Pipe", "text/plain", "RecordIO", as_wrapped_objects),
    Form("protobuf in a file", "File", PROTOBUF, "None", as_protobuf),
    Form("protobuf through a pipe", "Pipe", PROTOBUF, "None", as_protobuf),
    Form("augmented manifest through a pipe", "Pipe", RECORDIO, "RecordIO", as_manifest_records),
)
