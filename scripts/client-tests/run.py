"""Starts a server of its own and runs the clients against it. Usage: run.py PROGRAM DIRECTORY_OF_THE_PHP_CLIENT"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

import examples
import python_client

PASSWORD = "client tests password"
DIRECTORY = pathlib.Path(__file__).resolve().parent


def wait_for_address(process, output):
    deadline = time.monotonic() + 60
    while "answers at" not in (text := output.read_text()):
        if time.monotonic() > deadline or process.poll() is not None:
            raise SystemExit(f"The server did not start:\n{text}")
        time.sleep(0.05)
    return text.split("answers at ")[1].split()[0]


def main():
    program, php_client = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="ferry-clients-") as directory:
        output = pathlib.Path(directory, "output")
        with open(output, "wb") as stream:
            server = subprocess.Popen(
                [program, "serve", "--port", "0", "--data", os.path.join(directory, "data")],
                stdout=stream, stderr=stream, env=dict(os.environ, ADMIN_PASS=PASSWORD, FERRY_LOG_LEVEL="warning"),
            )
        try:
            address = wait_for_address(server, output)
            python_client.run(address, PASSWORD)
            examples.run(address, PASSWORD)
            subprocess.run(
                ["php", DIRECTORY / "bulk-import.php", php_client, address, PASSWORD], check=True, timeout=120)
        except BaseException:
            print(output.read_text(), file=sys.stderr)
            raise
        finally:
            server.terminate()
            try:
                server.wait(40)
            except subprocess.TimeoutExpired:
                server.kill()


main()
