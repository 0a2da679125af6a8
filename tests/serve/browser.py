"""A real browser without a screen, driven as a person would: keys, and what the page then shows. It is Chromium behind its
own driver, which speaks WebDriver (w3.org/TR/webdriver2)."""

import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request

PROGRAMS = ("chromium", "chromedriver")
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Control": "\ue009", "Space": " "}
SECONDS = 60


def missing_programs():
    """Why there is no browser; empty if there is one."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)} (Debian: chromium chromium-driver)" if missing else ""


class Browser:
    """One window; `with` ends it."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="wordfire-browser-")
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.session = None
        try:
            self.url = f"http://127.0.0.1:{self.await_port()}/session"
            self.session = self.command("POST", "", {"capabilities": {"alwaysMatch": self.capabilities()}})["sessionId"]
        except BaseException:
            self.__exit__()
            raise

    def capabilities(self):
        # Root needs --no-sandbox; small /dev/shm of containers the next one.
        arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", f"--user-data-dir={self.profile.name}"]
        return {"browserName": "chrome", "goog:chromeOptions": {"args": arguments, "binary": shutil.which("chromium")},
                "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}

    def await_port(self):
        for line in iter(self.driver.stdout.readline, b""):
            if match := re.search(rb"successfully on port (\d+)", line):
                return int(match[1])
        raise AssertionError("chromedriver ended")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.session:
            self.command("DELETE", "")
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        self.profile.cleanup()

    def command(self, method, path, body=None):
        url = self.url + (f"/{self.session}" if self.session else "") + path
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)["value"]

    def open(self, url):
        self.command("POST", "/url", {"url": url})

    def run(self, script):
        """The value of a JavaScript expression."""
        return self.command("POST", "/execute/sync", {"script": f"return {script}", "args": []})

    def keys(self, *actions):
        """Presses keys wherever the focus is; ("Control", "Enter") are pressed together."""
        strokes = []
        for action in actions:
            held = [KEYS.get(key, key) for key in (action if isinstance(action, tuple) else (action,))]
            strokes += [{"type": "keyDown", "value": key} for key in held]
            strokes += [{"type": "keyUp", "value": key} for key in reversed(held)]
        self.command("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": strokes}]})

    def type(self, text):
        self.keys(*text)

    def wait_for(self, script, good):
        """The value of an expression as soon as good(value)."""
        end = time.monotonic() + SECONDS
        while not good(value := self.run(script)):
            if time.monotonic() > end:
                raise AssertionError(f"{script} stays {value!r}")
            time.sleep(0.05)
        return value

    def log(self, kind):
        return self.command("POST", "/se/log", {"type": kind})

    def requested(self):
        """Every address that the page has asked for so far."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
