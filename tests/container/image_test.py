"""The image itself: its size, how it starts, and that the program in it is whole."""

import json
import os
import unittest

from training_container import IMAGE, podman, run_image

MOST_BYTES = 130_000_000  # of the image, on top of its base
BASE = os.environ["WORDFIRE_BASE"]


def image(name):
    return json.loads(podman("image", "inspect", name))[0]


class Image(unittest.TestCase):
    def test_it_adds_little_to_its_base(self):
        added = image(IMAGE)["Size"] - image(BASE)["Size"]
        print(f"on top of the base: {added / 1e6:.1f} MB")
        self.assertLess(added, MOST_BYTES)

    def test_it_starts_as_the_platform_wants(self):
        config = image(IMAGE)["Config"]
        self.assertEqual(config.get("Cmd"), ["train"])
        self.assertFalse(config.get("Entrypoint"))
        self.assertFalse(config.get("User"))
        self.assertFalse(config.get("Volumes"))

    def test_its_labels_say_what_it_is(self):
        labels = image(IMAGE)["Config"]["Labels"]
        self.assertEqual(labels["org.opencontainers.image.licenses"], "Apache-2.0")
        for capability in ("accept-bind-to-port", "multi-models"):
            self.assertEqual(labels[f"com.amazonaws.sagemaker.capabilities.{capability}"], "true")

    def test_its_programs_find_all_their_libraries(self):
        self.assertEqual(run_image("ls", "/usr/local/bin").split(), ["serve", "train", "wordfire"])
        self.assertIn("supervised", run_image("wordfire", "--help"))
        self.assertIn("SAGEMAKER_BIND_TO_PORT", run_image("serve", "--help"))
        self.assertIn("MetricDefinitions", run_image("train", "--describe-algorithm"))

    def test_it_puts_nothing_where_the_platform_mounts(self):
        self.assertEqual(run_image("ls", "/opt"), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
