"""A Slack export, from its upload to its last message, against a tool that only writes the messages' rows."""

import pathlib
import time

from .export import make_export
from .references import new_database, postgres_reference, sqlite_reference
from .server import Server, StatusWatch

TABLES = ["messages"]


def bench_messages(directory, count, export, postgres):
    path = export or make_export(directory / "export.zip", count)
    database = new_database("ferry_bench") if postgres else None
    with Server(directory / "server", database) as server:
        start = time.monotonic()
        server.upload(path, "slack")
        uploaded = time.monotonic()
        while "waiting" in (answer := server.call("GET", "getImportFileData", summary=True)):
            time.sleep(0.1)
        prepared = time.monotonic()
        watch = StatusWatch(server)
        watch.thread.start()
        everything = {"all": True}
        server.call("POST", "startImport", {"input": {"users": everything, "channels": everything}})
        watch.finished.wait(7_200)
        end = time.monotonic()
        peak = server.peak_memory_mb
    if watch.state != "done" or watch.counts.get("error"):
        raise SystemExit(f"The import ended {watch.state} with {watch.counts}.")
    if postgres:
        reference, tool = postgres_reference(directory, database, TABLES), "psql \\copy"
    else:
        reference, tool = sqlite_reference(directory, server.data / "ferry.sqlite", TABLES), "sqlite3 .import"
    return {
        "messages": watch.counts["messages"],
        "users": watch.counts["users"],
        "channels": watch.counts["channels"],
        "archive (MB)": round(pathlib.Path(path).stat().st_size / 1e6, 1),
        "upload (s)": round(uploaded - start, 2),
        "preparation (s)": round(prepared - uploaded, 2),
        "import (s)": round(end - prepared, 2),
        "total (s)": round(end - start, 2),
        f"{tool} of the same messages (s)": round(reference, 2),
        f"total / {tool} (at most 5)": round((end - start) / reference, 2),
        "peak memory (MB, at most 300)": round(peak),
        "import.status, 99th percentile (ms)": round(watch.percentile(0.99), 1),
    }
