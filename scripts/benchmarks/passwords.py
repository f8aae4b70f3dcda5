"""Users with passwords, against bcrypt in plain threads, and two processes against one."""

import contextlib
import ctypes
import ctypes.util
import os
import threading
import time

from .people import bodies
from .references import new_database
from .server import Server, StatusWatch


def bench_passwords(directory, count):
    (path,) = bodies(directory, count, password="secret ")
    with Server(directory) as server:
        server.call("POST", "import.new")
        server.call("POST", "import.addUsers", path.read_bytes())
        watch = StatusWatch(server)
        watch.thread.start()
        start = time.monotonic()
        server.call("POST", "import.run")
        watch.finished.wait(3_600)
        duration = time.monotonic() - start
    if watch.state != "done" or watch.counts["completed"] != count:
        raise SystemExit(f"The import ended {watch.state} with {watch.counts}.")
    raw = raw_bcrypt_rate()
    rate = count / duration
    return {
        "users with passwords": count,
        "import (s)": round(duration, 2),
        "users a second": round(rate, 1),
        "raw bcrypt on all cores, hashes a second": round(raw, 1),
        "rate / raw rate (at least 0.9)": round(rate / raw, 3),
        "import.status, 99th percentile (ms, at most 50)": round(watch.percentile(0.99), 1),
        "import.status, answers": len(watch.latencies),
    }


def bench_shared_passwords(directory, count):
    """One and two processes on one PostgreSQL, with one hashing thread each."""
    (path,) = bodies(directory, count, password="secret ")
    durations = []
    for processes in (1, 2):
        database = new_database(f"ferry_bench_{processes}")
        with contextlib.ExitStack() as stack:
            servers = [
                stack.enter_context(
                    Server(directory / f"{processes}-{number}", database, {"FERRY_HASHING_THREADS": "1"}))
                for number in range(processes)
            ]
            servers[0].call("POST", "import.new")
            servers[0].call("POST", "import.addUsers", path.read_bytes())
            watch = StatusWatch(servers[0])
            watch.thread.start()
            start = time.monotonic()
            servers[0].call("POST", "import.run")
            watch.finished.wait(3_600)
            durations.append(time.monotonic() - start)
        if watch.state != "done" or watch.counts["completed"] != count:
            raise SystemExit(f"The import ended {watch.state} with {watch.counts}.")
    return {
        "users with passwords": count,
        "one process of one hashing thread (s)": round(durations[0], 2),
        "two such processes (s)": round(durations[1], 2),
        "one / two (at least 1.8)": round(durations[0] / durations[1], 2),
    }


def raw_bcrypt_rate(seconds=10):
    """Hashes per second of libcrypt at cost 10, with one thread per core; ctypes releases the interpreter lock."""
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt_rn.restype = ctypes.c_char_p
    setting = b"$2b$10$abcdefghijklmnopqrstuu"
    done = []

    def work():
        data = ctypes.create_string_buffer(32_768)
        hashes, deadline = 0, time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert library.crypt_rn(b"0" * 64, setting, data, len(data))
            hashes += 1
        done.append(hashes)

    start = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(os.cpu_count())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - start)
