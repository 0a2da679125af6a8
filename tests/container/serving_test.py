"""What `train` left in one container, `serve` answers with in another: endpoints, multi-model endpoints, pipelines, serverless."""

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from notebook_job import DETERMINISTIC, JobTest
from serving_container import Endpoint

LINES = 300
SAME_AS_FASTTEXT = 2e-5  # probabilities of softmax
STOP_SECONDS = 10  # what Docker Compose gives, and with it the SDK's local mode
SERVERLESS_BYTES = 4_000_000


class Serving(JobTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = Path(tempfile.mkdtemp(prefix="wordfire-served-"))
        cls.addClassCleanup(shutil.rmtree, cls.model)

    def endpoint(self, **settings):
        endpoint = Endpoint(**settings)
        self.addCleanup(endpoint.remove)
        return endpoint

    def trained(self):
        """The folder that a job left, the same for all tests, with the archives that local mode leaves in it."""
        if not (self.model / "model.bin").exists():
            shutil.copytree(self.finished("job", DETERMINISTIC).model().parent, self.model, dirs_exist_ok=True)
            for name in ("model.tar.gz", "output.tar.gz"):
                (self.model / name).write_bytes(b"an archive")
        return self.model

    def texts(self):
        lines = self.text_of("validation").read_text().splitlines()[:LINES]
        return [" ".join(word for word in line.split() if not word.startswith("__label__")) for line in lines]

    def fasttext_answers(self, model, texts):
        """Label and probability of each text, by the real fastText."""
        command = ["fasttext", "predict-prob", model, "-"]
        done = subprocess.run(command, input="\n".join(texts) + "\n", capture_output=True, text=True, check=True)
        return [(label, float(number)) for label, number in map(str.split, done.stdout.splitlines())]

    def assertAnswersLikeFasttext(self, answers, model, texts):
        wanted = self.fasttext_answers(model, texts)
        self.assertEqual([answer["label"][0] for answer in answers], [label for label, _ in wanted])
        for answer, (_, probability) in zip(answers, wanted):
            self.assertAlmostEqual(answer["prob"][0], probability, delta=SAME_AS_FASTTEXT)

    def test_a_model_of_one_container_is_served_by_another(self):
        folder, texts = self.trained(), self.texts()
        endpoint = self.endpoint(model=folder).wait_until_ready()
        self.assertAnswersLikeFasttext(endpoint.ask({"instances": texts}), folder / "model.bin", texts)
        status, body = endpoint.call("POST", "/invocations", b"x", Content_Type="application/octet-stream")
        self.assertEqual((status, b"application/octet-stream" in body), (415, True))
        self.assertEqual(endpoint.stop(STOP_SECONDS), 0)

    def test_pipelines_say_which_port(self):
        endpoint = self.endpoint(model=self.trained(), environment={"SAGEMAKER_BIND_TO_PORT": "9321"}, port=9321)
        self.assertEqual(len(endpoint.wait_until_ready().ask({"instances": ["a b"]})), 1)

    def test_serverless_payloads_are_answered(self):
        texts = self.texts()
        while sum(map(len, texts)) + 4 * len(texts) < SERVERLESS_BYTES - 100_000:
            texts += texts[: (SERVERLESS_BYTES - 50_000 - sum(map(len, texts))) // 400 + 1]
        endpoint = self.endpoint(model=self.trained()).wait_until_ready()
        self.assertEqual(len(endpoint.ask({"instances": texts})), len(texts))

    def test_without_a_model_it_says_so_and_ends(self):
        empty = self.folder / "empty"
        empty.mkdir()
        endpoint = self.endpoint(model=empty)
        with self.assertRaisesRegex(AssertionError, "/opt/ml/model: found no model"):
            endpoint.wait_until_ready()
        self.assertNotEqual(endpoint.state()["ExitCode"], 0)

    def load(self, endpoint, name):
        body = json.dumps({"model_name": name, "url": f"/opt/ml/models/{name}/model"}).encode()
        return endpoint.call("POST", "/models", body, Content_Type="application/json")[0]

    def invoke(self, endpoint, name):
        body = json.dumps({"instances": self.texts()}).encode()
        return endpoint.call("POST", f"/models/{name}/invoke", body, Content_Type="application/json")

    def test_models_come_and_go(self):
        folder = self.trained()
        for name in ("first", "second"):
            shutil.copytree(folder, self.folder / "models" / name / "model")
        endpoint = self.endpoint(models=self.folder / "models", environment={"SAGEMAKER_MULTI_MODEL": "true"})
        endpoint.wait_until_ready()
        self.assertEqual([self.load(endpoint, name) for name in ("first", "second", "first", "none")], [200, 200, 409, 404])
        status, body = self.invoke(endpoint, "second")
        self.assertEqual(status, 200)
        self.assertAnswersLikeFasttext(json.loads(body), folder / "model.bin", self.texts())
        self.assertEqual(endpoint.call("DELETE", "/models/second")[0], 200)
        self.assertEqual(self.invoke(endpoint, "second")[0], 404)
        names = [model["modelName"] for model in json.loads(endpoint.call("GET", "/models")[1])["models"]]
        self.assertEqual(names, ["first"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
