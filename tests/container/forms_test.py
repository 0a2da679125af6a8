"""The writers of the forms against records written out byte by byte."""

import unittest

from forms import Example, as_manifest_records, as_protobuf, as_records, as_wrapped_objects, record

# Two map entries of 44 bytes together: text "hello world" and label 1, both under "values".
HELLO = bytes.fromhex(
    "0a23d7ce2c000000"
    "0a190a0676616c756573120f4a0d0a0b68656c6c6f20776f726c64"
    "120f0a0676616c75657312053a030a0101"
)


class Forms(unittest.TestCase):
    def test_a_record_is_padded_to_four_bytes(self):
        self.assertEqual(record(b"1"), bytes.fromhex("0a23d7ce0100000031000000"))
        self.assertEqual(record(b"[1, 3]"), bytes.fromhex("0a23d7ce060000005b312c20335d0000"))
        self.assertEqual(record(b""), bytes.fromhex("0a23d7ce00000000"))

    def test_protobuf_has_text_and_label_under_values(self):
        self.assertEqual(as_protobuf([Example(1, "hello world")]), HELLO)

    def test_a_manifest_alternates_source_and_label(self):
        self.assertEqual(as_manifest_records([Example(12, "a b")]), record(b"a b") + record(b"12"))

    def test_records_hold_lines_one_each_or_many(self):
        examples = [Example(0, "a"), Example(1, "b"), Example(0, "c")]
        self.assertEqual(as_records(examples[:2]), record(b"__label__0 a") + record(b"__label__1 b"))
        expected = record(b"__label__0 a\n") + record(b"__label__1 b\n__label__0 c\n")
        self.assertEqual(as_wrapped_objects(examples), expected)


if __name__ == "__main__":
    unittest.main()
