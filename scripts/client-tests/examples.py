"""The examples for shells and Python in docs/examples, with a personal access token."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import requests

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "examples"


def expect(holds, what):
    if not holds:
        raise SystemExit(f"Examples: {what} does not hold.")


def token(address, password):
    signed_in = requests.post(f"{address}/api/v1/login", json={"user": "admin", "password": password}).json()["data"]
    response = requests.post(
        f"{address}/api/v1/users.generatePersonalAccessToken", json={"tokenName": "examples"},
        headers={"X-User-Id": signed_in["userId"], "X-Auth-Token": signed_in["authToken"]})
    return signed_in["userId"], response.json()["token"]


def run(address, password):
    user, secret = token(address, password)
    environment = dict(os.environ, FERRY_SERVER=address, FERRY_USER_ID=user, FERRY_AUTH_TOKEN=secret)

    def program(*arguments):
        arguments = [str(argument) for argument in arguments]
        result = subprocess.run(
            arguments, env=environment, timeout=120, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect(secret not in result.stdout + result.stderr, "the secrecy of the token")
        return result.returncode, result.stdout, result.stderr

    def succeeds(status, output, errors, *texts):
        expect(status == 0, f"success ({status}: {errors})")
        for text in texts:
            expect(text in output + errors, f"„{text}“ in {output}{errors}")

    with tempfile.TemporaryDirectory(prefix="ferry-examples-") as directory:
        lines, table, export = (pathlib.Path(directory, name) for name in ("users.jsonl", "users.csv", "export.zip"))
        people = [("e1", "example-one"), ("e2", "example-two")]
        lines.write_text("".join(
            json.dumps({"importIds": [number], "username": name, "emails": [f"{name}@example.com"]}) + "\n"
            for number, name in people))
        succeeds(*program(EXAMPLES / "curl" / "users.sh", lines), "done: 2 of 2")

        # The second address is taken, so that user fails and the others are imported.
        table.write_text(
            "id,username,name,email\ne3,example-three,Three,three@example.com\ne4,example-four,Four,example-one@example.com\n")
        status, _, errors = program(sys.executable, EXAMPLES / "python" / "users.py", table)
        expect(status == 3 and "user e4: " in errors, f"exit status 3 with the failed user ({status}: {errors})")

        with zipfile.ZipFile(export, "w") as archive:
            archive.writestr("users.csv", "mara,mara@example.org,Mara\n")
            archive.writestr("channels.csv", "example-quay,mara,public,mara\n")
            archive.writestr("example-quay/day.csv", "mara,1700000000000,Hello\n")
        texts = ("1 users, 1 rooms, 1 messages in the file", "done: 3 of 3")
        succeeds(*program(EXAMPLES / "curl" / "export-file.sh", export, "csv"), *texts)
        succeeds(*program(sys.executable, EXAMPLES / "python" / "export_file.py", export, "csv"), *texts)

        environment["FERRY_AUTH_TOKEN"] = secret = "no token"
        status, _, errors = program(EXAMPLES / "curl" / "users.sh", lines)
        expect(status != 0 and "401" in errors, f"a failure without a token ({status}: {errors})")
