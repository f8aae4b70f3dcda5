"""Shared by the examples beside it: calls with a personal access token, and waiting for the end of an import."""

import os
import sys
import time

import requests


class Ferry:
    def __init__(self):
        self.api = os.environ["FERRY_SERVER"] + "/api/v1/"
        self.session = requests.Session()
        self.session.headers["X-User-Id"] = os.environ["FERRY_USER_ID"]
        self.session.headers["X-Auth-Token"] = os.environ["FERRY_AUTH_TOKEN"]

    def call(self, method, name, **arguments):
        """Makes a call. Waits as long as the server demands; ends the program with the server's words after an error."""
        while True:
            response = self.session.request(method, self.api + name, timeout=600, **arguments)
            if response.status_code != 429:
                break
            time.sleep(int(response.headers.get("Retry-After", 5)))
        if not response.ok:
            sys.exit(f"{name}: {response.status_code} {response.text}")
        return response

    def get(self, name, **parameters):
        return self.call("GET", name, params=parameters).json()

    def post(self, name, body=None):
        return self.call("POST", name, json=body or {}).json()

    def finish(self):
        """Waits until the import has ended and reports it.

        Returns 0 (everything is imported), 3 (some records failed), 4 (the import failed) or 5 (it was canceled).
        """
        while True:
            status = self.get("import.status")
            count = status["operation"].get("count", {})
            print(f"{status['state']}: {count.get('completed', 0)} of {count.get('total', 0)}", file=sys.stderr)
            if status["state"] in ("done", "error", "canceled"):
                break
            time.sleep(1)
        failed = count.get("error", 0)
        if failed:
            for failure in self.get("import.failures")["failures"]:
                ids = ",".join(failure.get("data", {}).get("importIds", []))
                print(f"{failure['type']} {ids}: {failure['message']}", file=sys.stderr)
        return {"error": 4, "canceled": 5}.get(status["state"], 3 if failed else 0)
