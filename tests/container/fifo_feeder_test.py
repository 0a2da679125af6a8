"""The other end of Pipe mode: one FIFO a pass, late, none filled twice, a reader may leave early."""

import tempfile
import time
import unittest
from pathlib import Path

from fifo_feeder import FifoFeeder

CONTENT = bytes(range(256)) * 4096  # more than a FIFO holds
PATIENCE = 10  # seconds


class Feeder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.feeder = FifoFeeder(self.folder, "train", CONTENT)
        self.feeder.start()
        self.addCleanup(self.feeder.stop)

    def fifo(self, number):
        """Pass `number`, opened once it is there."""
        path = self.folder / f"train_{number}"
        end = time.monotonic() + PATIENCE
        while not path.exists():
            self.assertLess(time.monotonic(), end, f"{path.name} is not made")
            time.sleep(0.01)
        return open(path, "rb")

    def read(self, number):
        with self.fifo(number) as fifo:
            return fifo.read()

    def test_each_pass_brings_the_whole_content(self):
        self.assertFalse((self.folder / "train_0").exists())
        self.assertEqual([self.read(number) == CONTENT for number in range(2)], [True, True])
        self.feeder.stop()
        self.assertEqual(self.feeder.passes, ["whole", "whole"])

    def test_a_reader_may_leave_a_pass(self):
        with self.fifo(0) as fifo:
            self.assertEqual(fifo.read(5), CONTENT[:5])
        self.assertEqual(self.read(1), CONTENT)
        self.feeder.stop()
        self.assertEqual(self.feeder.passes, ["cut", "whole"])


if __name__ == "__main__":
    unittest.main()
