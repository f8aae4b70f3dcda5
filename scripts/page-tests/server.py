"""A debug server of its own for each file of tests, with an empty workspace."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

PASSWORD = "page tests password"


class Server:
    """A server on a free port of the loopback interface. `call` makes calls of the API as its administrator."""

    def __init__(self, program, environment=None):
        self._directory = tempfile.TemporaryDirectory(prefix="ferry-page-")
        self.output = pathlib.Path(self._directory.name, "output")
        self._program = program
        self._environment = dict(os.environ, ADMIN_PASS=PASSWORD, FERRY_LOG_LEVEL="warning", **(environment or {}))
        self._headers = None
        self.port = 0
        self.start()

    def start(self):
        """Starts the process, again on the port that it had."""
        with open(self.output, "wb") as stream:
            self.process = subprocess.Popen(
                [self._program, "serve", "--port", str(self.port), "--data", os.path.join(self._directory.name, "data")],
                stdout=stream, stderr=stream, env=self._environment)
        deadline = time.monotonic() + 60
        while "answers at" not in (text := self.output.read_text()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"The server did not start:\n{text}")
            time.sleep(0.05)
        self.address = text.split("answers at ")[1].split()[0]
        self.port = int(self.address.rsplit(":", 1)[1])

    def stop(self, kill=False):
        """Ends the process."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def close(self):
        self.stop(kill=True)
        self._directory.cleanup()

    # Calls.

    def call(self, method, name, body=None, raw=None, content_type="application/json"):
        """Makes a call and returns its JSON; errors raise `urllib.error.HTTPError`."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": content_type, **(self.headers if name != "login" else {})}
        request = urllib.request.Request(f"{self.address}/api/v1/{name}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)

    @property
    def headers(self):
        if self._headers is None:
            data = self.call("POST", "login", {"user": "admin", "password": PASSWORD})["data"]
            self._headers = {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}
        return self._headers

    def upload(self, content, importer="slack", name="export.zip"):
        """Uploads a file, waits until it is read, and returns the operation."""
        boundary = "page-tests-boundary"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="importerKey"\r\n\r\n{importer}\r\n'.encode(),
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode(),
            b"Content-Type: application/octet-stream\r\n\r\n", content, f"\r\n--{boundary}--\r\n".encode()]
        self.call("POST", "uploadImportFile", raw=b"".join(parts), content_type=f"multipart/form-data; boundary={boundary}")
        with contextlib.suppress(urllib.error.HTTPError):
            self.call("GET", "getImportFileData")
        return self.wait("ready", "error")

    def add_users(self, users):
        """Stages people in a new operation, and returns its id."""
        operation = self.call("POST", "import.new")["operation"]["_id"]
        lines = "\n".join(json.dumps(user, ensure_ascii=False) for user in users).encode()
        self.call("POST", "import.addUsers", raw=lines, content_type="application/x-ndjson")
        return operation

    def import_everything(self, content, **options):
        """Uploads and imports a file, and returns the operation's id."""
        self.upload(content, **options)
        everything = {"all": True}
        self.call("POST", "startImport", {"input": {"users": everything, "channels": everything, "contacts": everything}})
        return self.wait("done", "error")["_id"]

    def import_users(self, users):
        """Imports people, and returns the operation's id."""
        operation = self.add_users(users)
        self.call("POST", "import.run")
        self.wait("done", "error")
        return operation

    def wait(self, *states, seconds=120):
        """Waits for a state of the current operation, and returns the operation."""
        deadline = time.monotonic() + seconds
        while (status := self.call("GET", "import.status"))["state"] not in states:
            if time.monotonic() > deadline:
                raise AssertionError(f"After {seconds} s the state is {status['state']}, not {' or '.join(states)}")
            time.sleep(0.05)
        return status["operation"]
