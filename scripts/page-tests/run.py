"""Runs the functions `test_…(site)` of the files `test_….py`, each file with a server of its own.

Usage: run.py [--program PROGRAM] [PART_OF_A_NAME …]
"""

import argparse
import importlib
import inspect
import pathlib
import sys
import time
import traceback

DIRECTORY = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(DIRECTORY))

from browser import SCREENSHOTS, Browser  # noqa: E402
from server import Server  # noqa: E402


class Site:
    """What a test needs: `server` has an empty workspace at the start of each file, `open` opens a tab."""

    def __init__(self, browser, program, environment):
        self._browser = browser
        self.server = Server(program, environment)

    def open(self, address="", **options):
        return self._browser.open(self.server, address, **options)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=".build/debug/ferry")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    browser = Browser()
    failed, count, start = [], 0, time.monotonic()
    try:
        for path in sorted(DIRECTORY.glob("test_*.py")):
            module = importlib.import_module(path.stem)
            tests = [
                function for name, function in inspect.getmembers(module, inspect.isfunction)
                if name.startswith("test_") and function.__module__ == path.stem
                and (not arguments.names or any(part in f"{path.stem} {name}" for part in arguments.names))]
            # In the order of the file: a test may build on what the one before left.
            tests.sort(key=lambda function: function.__code__.co_firstlineno)
            if not tests:
                continue
            site = Site(browser, program, getattr(module, "ENVIRONMENT", None))
            try:
                for test in tests:
                    count += 1
                    before = time.monotonic()
                    try:
                        test(site)
                        print(f"passed  {path.stem}.{test.__name__} ({time.monotonic() - before:.1f} s)", flush=True)
                    except Exception:
                        failed.append(f"{path.stem}.{test.__name__}")
                        print(f"FAILED  {failed[-1]}\n{traceback.format_exc()}", flush=True)
            finally:
                site.server.close()
    finally:
        browser.close()
    print(f"{count} tests of the page in {time.monotonic() - start:.0f} s, {len(failed)} failed. Screenshots: {SCREENSHOTS}")
    for name in failed:
        print(f"  failed: {name}")
    sys.exit(1 if failed or not count else 0)


main()
