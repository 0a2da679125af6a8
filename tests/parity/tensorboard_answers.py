"""Asks TensorBoard for the curves in a folder, and prints {tag: [[step, value], ...]} as JSON. Run by an interpreter that
has tensorboard.

usage: tensorboard_answers.py FOLDER
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

board = EventAccumulator(sys.argv[1])
board.Reload()
print(json.dumps({tag: [[event.step, event.value] for event in board.Scalars(tag)] for tag in board.Tags()["scalars"]}))
