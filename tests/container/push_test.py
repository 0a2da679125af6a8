"""docker/push: with an AWS command line it tags and pushes; without one it prints the commands. aws and docker are stand-ins."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PUSH = Path(__file__).resolve().parents[2] / "docker/push"
RECORD = '#!/bin/sh\necho "$(basename "$0") $*" >>"$CALLS"\n'
# Has account 123456789012, no repository yet, and gives a password.
AWS = RECORD + """case "$*" in
  *get-caller-identity*) echo 123456789012 ;;
  *describe-repositories*) exit 254 ;;
  *get-login-password*) echo secret ;;
esac
"""
NO_CREDENTIALS = "#!/bin/sh\necho 'Unable to locate credentials' >&2\nexit 253\n"
DOCKER = RECORD + 'case "$1" in login) cat >/dev/null ;; esac\n'
ADDRESS = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/wordfire:latest"


class Push(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.calls = self.folder / "calls"
        self.calls.touch()

    def push(self, aws, *arguments):
        for name, text in (("docker", DOCKER), ("aws", aws)):
            program = self.folder / name
            program.write_text(text)
            program.chmod(0o755)
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "CALLS": str(self.calls), "AWS_REGION": "eu-west-1"}
        return subprocess.run([PUSH, *arguments], env=environment, capture_output=True, text=True)

    def test_it_makes_the_repository_and_pushes(self):
        done = self.push(AWS)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, ADDRESS), done.stderr)
        calls = self.calls.read_text()
        for call in (
            "aws ecr create-repository --region eu-west-1 --repository-name wordfire",
            "docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            f"docker tag wordfire {ADDRESS}",
            f"docker push {ADDRESS}",
        ):
            self.assertIn(call, calls)

    def test_without_credentials_it_prints_what_to_run(self):
        done = self.push(NO_CREDENTIALS, "mine", "words:2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.calls.read_text(), "")
        self.assertIn("docker tag mine ACCOUNT.dkr.ecr.eu-west-1.amazonaws.com/words:2", done.stderr)


if __name__ == "__main__":
    unittest.main()
