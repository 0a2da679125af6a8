"""Pipe mode's other end: FIFOs CHANNEL_0, CHANNEL_1, ... that behave as SageMaker's do.

A FIFO holds one pass over the channel. It is made only when the one before it was opened and some time has gone by, is filled
in pieces with pauses, and ends when its content does. A reader may close it early; then the next pass begins. No FIFO is
filled twice.
"""

import os
import threading
import time

PIECE = 1 << 16  # bytes written at once
PIECES_BETWEEN_PAUSES = 16
PAUSE = 0.002  # seconds
LATE = 0.3  # seconds from the start, or from a reader at one FIFO, to the making of the next
LOOK_FOR_READER = 0.01  # seconds


class FifoFeeder(threading.Thread):
    """Feeds `channel` in `folder` until stop(). `passes` has one word for each FIFO that was opened: whole or cut."""

    def __init__(self, folder, channel, content):
        super().__init__(daemon=True)
        self.folder, self.channel, self.content = folder, channel, content
        self.passes = []
        self.stopping = threading.Event()

    def stop(self):
        self.stopping.set()
        self.join()

    def run(self):
        for number in range(1 << 16):
            if self.stopping.wait(LATE):
                return
            path = self.folder / f"{self.channel}_{number}"
            os.mkfifo(path)
            end = self.opened(path)
            if end is None:
                return
            with os.fdopen(end, "wb", buffering=0) as fifo:
                self.passes.append(self.fill(fifo))

    def opened(self, path):
        """The writing end once there is a reader, or None."""
        while not self.stopping.wait(LOOK_FOR_READER):
            try:
                end = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # ENXIO: no reader yet
                continue
            os.set_blocking(end, True)
            return end
        return None

    def fill(self, fifo):
        try:
            for i, start in enumerate(range(0, len(self.content), PIECE)):
                if i % PIECES_BETWEEN_PAUSES == 0:
                    time.sleep(PAUSE)
                piece = memoryview(self.content)[start : start + PIECE]
                while piece:
                    piece = piece[fifo.write(piece) :]
        except BrokenPipeError:
            return "cut"
        return "whole"
