"""A release server to be measured, and the polling of its status."""

import base64
import http.client
import json
import os
import pathlib
import subprocess
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


class Server:
    """A release server on a free port, stopped with the `with` block."""

    def __init__(self, directory, database=None, environment=None):
        directory.mkdir(exist_ok=True)
        self.environment = dict(
            os.environ, ADMIN_PASS="bench password", FERRY_LOG_LEVEL=os.environ.get("FERRY_LOG_LEVEL", "warning"),
            **({"DATABASE_URL": database} if database else {}), **(environment or {}))
        self.data = directory / "data"
        self.log = open(directory / "server.log", "wb")
        self.output = directory / "server.out"

    def __enter__(self):
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [REPOSITORY / ".build" / "release" / "ferry", "serve", "--port", "0", "--data", self.data],
                stdout=output, stderr=self.log, env=self.environment,
            )
        deadline = time.monotonic() + 30
        while "answers at" not in (text := self.output.read_text()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit("The server did not start; see " + self.log.name)
            time.sleep(0.05)
        self.port = int(text.split("answers at http://")[1].split()[0].rsplit(":", 1)[1])
        self.headers = {"Content-Type": "application/json"}
        login = self.call("POST", "login", {"user": "admin", "password": "bench password"})["data"]
        self.headers |= {"X-User-Id": login["userId"], "X-Auth-Token": login["authToken"]}
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def upload(self, path, importer):
        """Sends a file as base64 in JSON, in chunks, like Rocket.Chat's own client."""
        prefix = json.dumps(
            {"importerKey": importer, "fileName": path.name, "contentType": "application/zip"})[:-1] + ', "binaryContent": "'
        size = path.stat().st_size
        length = len(prefix) + (size + 2) // 3 * 4 + 2
        connection = self.connect()
        connection.putrequest("POST", "/api/v1/uploadImportFile")
        for name, value in (self.headers | {"Content-Length": str(length)}).items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(prefix.encode())
        with open(path, "rb") as file:
            while piece := file.read(3 << 20):
                connection.send(base64.b64encode(piece))
        connection.send(b'"}')
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise SystemExit(f"uploadImportFile: {response.status} {answer}")

    def call(self, method, name, body=None, connection=None, summary=False):
        connection = connection or self.connect()
        payload = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        connection.request(method, "/api/v1/" + name, payload, self.headers)
        response = connection.getresponse()
        # Only the beginning of a long response is needed.
        answer = response.read()
        answer = answer[:64].decode() if summary else json.loads(answer)
        if response.status != 200:
            raise SystemExit(f"{name}: {response.status} {answer}")
        return answer

    @property
    def peak_memory_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024


class StatusWatch:
    """Polls import.status, and records the time and content of each response."""

    def __init__(self, server):
        self.server = server
        self.latencies = []
        self.timeline = []
        self.finished = threading.Event()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        connection = self.server.connect()
        while not self.stop.is_set():
            start = time.monotonic()
            status = self.server.call("GET", "import.status", connection=connection)
            end = time.monotonic()
            self.latencies.append(end - start)
            count = status.get("operation", {}).get("count", {})
            self.timeline.append((end, count.get("completed", 0) + count.get("error", 0)))
            if status["state"] in ("done", "error", "canceled"):
                self.counts = count
                self.state = status["state"]
                self.finished.set()
                return
            time.sleep(0.02)

    def percentile(self, share):
        return sorted(self.latencies)[int(len(self.latencies) * share)] * 1000

    def time_at(self, target):
        """When this many records were imported, interpolated between two responses."""
        (before, low) = self.timeline[0]
        for moment, count in self.timeline:
            if count >= target:
                share = (target - low) / (count - low) if count > low else 1
                return before + (moment - before) * share
            (before, low) = (moment, count)
        return before
