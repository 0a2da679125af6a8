"""Learning curves are files that TensorBoard reads: by a plain reader of their format, and by TensorBoard's own where an
interpreter has the package `tensorboard`.

usage: curves_test.py PATH-OF-WORDFIRE
"""

import struct
import subprocess

import data
import interpreters
import programs

EPOCHS = 4
TAGS = ["train/learning_rate", "train/loss", "train/words_per_second", "validation/accuracy"]


def crc32c(content):
    """Castagnoli's, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(content):
    crc = crc32c(content)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(content):
    """The messages of a TFRecord file."""
    while content:
        length, check = struct.unpack_from("<QI", content)
        message = content[12:12 + length]
        if check != masked(content[:8]) or struct.unpack_from("<I", content, 12 + length)[0] != masked(message):
            raise AssertionError("a checksum is wrong")
        yield message
        content = content[16 + length:]


def varint(message, at):
    value = shift = 0
    while True:
        value |= (message[at] & 127) << shift
        shift += 7
        at += 1
        if message[at - 1] < 128:
            return value, at


def fields(message):
    """(number, value) of a protobuf message; numbers, doubles, floats, or bytes."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        if key & 7 == 0:
            value, at = varint(message, at)
        elif key & 7 == 2:
            size, at = varint(message, at)
            value, at = message[at:at + size], at + size
        else:
            form, size = {1: ("<d", 8), 5: ("<f", 4)}[key & 7]
            value, at = struct.unpack_from(form, message, at)[0], at + size
        yield key >> 3, value


def curves_of(path):
    """{tag: {step: value}} of a file, and the steps at which it says that older files do not count."""
    curves, restarts = {}, []
    for number, message in enumerate(records(path.read_bytes())):
        event = dict(fields(message))
        if number == 0 and event.get(3) != b"brain.Event:2":
            raise AssertionError(f"the first event is {event}")
        if 7 in event:
            restarts.append(event[2])
        for _, value in fields(event.get(5, b"")):
            value = dict(fields(value))
            curves.setdefault(value[1].decode(), {})[event[2]] = value[2]
    return curves, restarts


class Curves(programs.ComparisonCase):
    def setUp(self):
        super().setUp()
        self.text = data.head(data.single_label().train, 2000)
        self.held_out = data.head(data.single_label().test, 300)
        self.board = self.folder / "some" / "board"

    def train(self, *options):
        """What was said, with the curves in self.board."""
        done = self.ours.run("supervised", "-input", self.text, "-output", self.folder / "model", "-dim", 8, "-thread", 2,
                             "-epoch", EPOCHS, "-lr", 0.4, "-validation", self.held_out, "-tensorboard", self.board, *options)
        return done.stderr.decode()

    def only_file(self):
        (file,) = self.board.iterdir()
        self.assertIn("tfevents", file.name)
        return file

    def check_curves(self, curves, said):
        self.assertEqual(sorted(curves), TAGS)
        for tag in TAGS:
            self.assertEqual(sorted(curves[tag]), list(range(1, EPOCHS + 1)), tag)
        self.assertAlmostEqual(curves["train/learning_rate"][1], 0.3, 6)
        self.assertEqual(curves["train/learning_rate"][EPOCHS], 0)
        self.assertLess(curves["train/loss"][EPOCHS], curves["train/loss"][1])
        for epoch in range(1, EPOCHS + 1):
            score = f"Epoch {epoch}: validation P@1 {curves['validation/accuracy'][epoch]:.4f} "
            self.assertIn(score, said)
            self.assertGreater(curves["train/words_per_second"][epoch], 1000)

    def test_a_plain_reader_finds_every_epoch(self):
        said = self.train()
        curves, restarts = curves_of(self.only_file())
        self.check_curves(curves, said)
        self.assertEqual(restarts, [])

    def test_word_vectors_have_curves_without_scores(self):
        self.ours.run("skipgram", "-input", self.text, "-output", self.folder / "words", "-dim", 4, "-bucket", 1000,
                      "-epoch", 2, "-tensorboard", self.board)
        self.assertEqual(sorted(curves_of(self.only_file())[0]), TAGS[:3])

    def test_a_folder_that_cannot_be_made_is_an_error(self):
        self.board = self.text / "board"
        with self.assertRaisesRegex(AssertionError, "(?s)exit status 73.*cannot create"):
            self.train("-verbose", 0)

    def test_a_run_that_goes_on_takes_back_what_it_trains_again(self):
        options = ("-input", self.text, "-output", self.folder / "model", "-dim", 8, "-epoch", 100000, "-tensorboard",
                   self.board, "-validation", self.held_out, "-checkpointDir", self.folder / "checkpoints", "-resume")
        for _ in range(2):
            command = list(map(str, (self.ours.path, "supervised", *options)))
            process = subprocess.Popen(command, stderr=subprocess.PIPE)
            while b"Epoch " not in process.stderr.readline():
                self.assertIsNone(process.poll())
            process.terminate()
            process.communicate(timeout=60)
        first, second = (curves_of(file) for file in sorted(self.board.iterdir()))
        self.assertEqual(first[1], [])
        self.assertEqual(second[1], [min(second[0]["train/loss"])])
        self.assertEqual(max(first[0]["train/loss"]) + 1, second[1][0])

    def test_tensorboard_reads_them(self):
        python = interpreters.python_with("tensorboard")
        if not python:
            self.skipTest("no Python has the package tensorboard (WORDFIRE_PEER_PYTHON)")
        said = self.train()
        answer = interpreters.ask(python, "tensorboard_answers.py", self.board)
        self.check_curves({tag: {step: value for step, value in points} for tag, points in answer.items()}, said)


if __name__ == "__main__":
    programs.main(needs_peer=False)
