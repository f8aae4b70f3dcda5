"""Users without passwords, against a tool that only writes their rows."""

import time

from .people import bodies
from .references import new_database, postgres_reference, sqlite_reference
from .server import Server, StatusWatch

TABLES = ["users", "user_emails", "user_import_ids"]


def bench_users(directory, count, random_keys, postgres):
    database = new_database("ferry_bench") if postgres else None
    paths = bodies(directory, count, random_keys=random_keys)
    with Server(directory, database) as server:
        server.call("POST", "import.new")
        watch = StatusWatch(server)
        watch.thread.start()
        connection = server.connect()
        start = time.monotonic()
        for path in paths:
            server.call("POST", "import.addUsers", path.read_bytes(), connection)
        staged = time.monotonic()
        server.call("POST", "import.run")
        watch.finished.wait(3_600)
        end = time.monotonic()
        peak = server.peak_memory_mb
    if watch.state != "done" or watch.counts["completed"] != count:
        raise SystemExit(f"The import ended {watch.state} with {watch.counts}.")
    if postgres:
        reference, tool, target = postgres_reference(directory, database, TABLES), "psql \\copy", 3
    else:
        reference, tool, target = sqlite_reference(directory, server.data / "ferry.sqlite", TABLES), "sqlite3 .import", 4
    slice_size = min(50_000, count // 4)
    first = watch.time_at(slice_size) - staged
    last = watch.time_at(count) - watch.time_at(count - slice_size)
    total = end - start
    return {
        "users": count,
        "staging (s)": round(staged - start, 2),
        "import (s)": round(end - staged, 2),
        "total (s)": round(total, 2),
        f"{tool} of the same rows (s)": round(reference, 2),
        f"total / {tool} (at most {target})": round(total / reference, 2),
        f"first {slice_size} (s)": round(first, 2),
        f"last {slice_size} (s)": round(last, 2),
        "last / first (at most 1.3)": round(last / first, 2),
        "peak memory (MB, at most 300)": round(peak),
        "import.status, 99th percentile (ms, at most 50)": round(watch.percentile(0.99), 1),
        "import.status, answers": len(watch.latencies),
    }
