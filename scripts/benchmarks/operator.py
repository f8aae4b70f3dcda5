"""What an operator waits for: the check, its pages, pause, resume, pages of failures, and what listeners cost.

One user in ten repeats the username of the user before and fails.
"""

import json
import selectors
import socket
import threading
import time

from .people import REQUEST_USERS, bodies
from .references import new_database
from .server import Server

LISTENERS = 200


def bench_operator(directory, count, postgres):
    paths = bodies(directory, count)
    for path in paths:
        users = json.loads(path.read_text())["users"]
        for index in range(9, len(users), 10):
            users[index]["username"] = users[index - 1]["username"]
        path.write_text(json.dumps({"users": users}, ensure_ascii=False), encoding="utf-8")
    figures = [
        run(directory / name, paths, new_database(f"ferry_{name}") if postgres else None, listeners)
        for name, listeners in (("operated", 0), ("watched", 1), ("crowded", LISTENERS))
    ]
    quiet, watched, crowded = figures
    return {
        "users": count,
        "import (s)": quiet["import"],
        "check (s)": round(quiet["check"], 2),
        "check / import (at most 1)": round(quiet["check"] / quiet["import"], 2),
        "peak memory after the check (MB)": quiet["check peak"],
        "peak memory at the end (MB)": quiet["peak"],
        "slowest page of the check (ms, at most 200)": quiet["check pages"],
        "pause, resume, cancel: slowest call (ms, at most 200)": quiet["control"],
        "from pause to paused (s, at most 2)": quiet["paused after"],
        "slowest page of failures (ms, at most 200)": quiet["failure pages"],
        "failures as CSV (s)": quiet["csv"],
        "slowest page of staged records (ms, at most 200)": quiet["plain records"],
        "the same with a property (ms)": quiet["record pages"],
        "the same with numbers by property (ms)": quiet["record counts"],
        "the same with a search in all records (ms)": quiet["record search"],
        "first page with a property, which makes the index (s)": quiet["index"],
        "estimates within 20 % after the first tenth (%)": f"{watched['estimates']}, {crowded['estimates']}",
        "import with one listener, time and processor time (s)": f"{watched['import']}, {watched['processor']}",
        f"the same with {LISTENERS} listeners (s)": f"{crowded['import']}, {crowded['processor']}",
    }


def run(directory, paths, database, listeners):
    count = len(paths) * REQUEST_USERS
    figures = {}
    with Server(directory, database) as server:
        connection = server.connect()

        def timed(method, name, body=None):
            start = time.monotonic()
            response = server.call(method, name, body, connection)
            return response, time.monotonic() - start

        server.call("POST", "import.new", connection=connection)
        for path in paths:
            server.call("POST", "import.addUsers", path.read_bytes(), connection)
        if not listeners:
            _, figures["check"] = timed("POST", "import.check", {})
            figures["check peak"] = round(server.peak_memory_mb)
            pages = [
                timed("POST", f"import.check?records=true&count=100&offset={int(total * share)}{condition}", {})[1]
                for condition, total in (("", count), ("&decision=fail", count // 10), ("&type=user", count))
                for share in (0, 0.25, 0.5, 0.75, 0.99)
            ]
            figures["check pages"] = round(max(pages) * 1000, 1)
        events = Listeners(server, listeners)
        processor = processor_seconds(server)
        start = time.monotonic()
        server.call("POST", "import.run", connection=connection)
        control = []
        paused = 0
        if not listeners:
            time.sleep(1)
            control.append(timed("POST", "import.pause")[1])
            pause = time.monotonic()
            while server.call("GET", "import.status", connection=connection).get("control") != "paused":
                time.sleep(0.01)
            figures["paused after"] = round(time.monotonic() - pause + control[0], 2)
            control.append(timed("POST", "import.resume")[1])
            paused = time.monotonic() - pause
        while (state := server.call("GET", "import.status", connection=connection)["state"]) == "importing":
            time.sleep(0.1)
        end = time.monotonic()
        if state != "done":
            raise SystemExit(f"The import ended {state}.")
        figures["import"] = round(end - start - paused, 2)
        figures["processor"] = round(processor_seconds(server) - processor, 2)
        figures["estimates"] = events.share_of_good_estimates(end)
        events.close()
        if not listeners:
            failed = server.call("GET", "import.failures?count=1", connection=connection)["total"]
            pages = [
                timed("GET", f"import.failures?count=100&offset={int(failed * share)}{condition}")[1]
                for condition in ("", "&type=user", "&code=importer-user-duplicate-in-batch")
                for share in (0, 0.25, 0.5, 0.75, 0.99)
            ]
            figures["failure pages"] = round(max(pages) * 1000, 1)
            begin = time.monotonic()
            connection.request("GET", "/api/v1/import.failures?format=csv", headers=server.headers)
            lines = connection.getresponse().read().count(b"\n")
            figures["csv"] = round(time.monotonic() - begin, 2)
            if lines < failed:
                raise SystemExit(f"The CSV file has {lines} lines for {failed} failures.")
            # Another import, to be cancelled.
            server.call("POST", "import.new", connection=connection)
            for path in paths:
                server.call("POST", "import.addUsers", path.read_bytes(), connection)
            figures["plain records"] = slowest_page(timed, count, "")
            # The first page with a condition makes the index.
            _, index = timed("GET", "import.records?type=user&count=100&without=deleted")
            figures["index"] = round(index, 2)
            figures["record pages"] = max(slowest_page(timed, count, "&without=deleted"), slowest_page(timed, count, "&filter=bot"))
            figures["record counts"] = slowest_page(timed, 0, "&counts=true")
            figures["record search"] = slowest_page(timed, 0, "&search=nobody-has-this-name")
            server.call("POST", "import.run", connection=connection)
            time.sleep(0.5)
            control.append(timed("POST", "import.cancel")[1])
            figures["control"] = round(max(control) * 1000, 1)
        figures["peak"] = round(server.peak_memory_mb)
    return figures


def slowest_page(timed, total, condition):
    """Milliseconds of the slowest of five pages of staged records."""
    pages = [
        timed("GET", f"import.records?type=user&count=100&offset={int(total * share)}{condition}")[1]
        for share in (0, 0.25, 0.5, 0.75, 0.99)
    ]
    return round(max(pages) * 1000, 1)


def processor_seconds(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Listeners:
    """Clients of import.events; the estimates that the first one receives are kept."""

    def __init__(self, server, count):
        self.selector = selectors.DefaultSelector()
        self.sockets = []
        for index in range(count):
            client = socket.create_connection(("127.0.0.1", server.port), 30)
            headers = "".join(f"{name}: {value}\r\n" for name, value in server.headers.items())
            client.sendall(f"GET /api/v1/import.events HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
            client.setblocking(False)
            self.selector.register(client, selectors.EVENT_READ, index)
            self.sockets.append(client)
        self.estimates = []
        self.buffer = b""
        self.is_open = True
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while self.is_open and self.sockets:
            for key, _ in self.selector.select(0.2):
                try:
                    received = key.fileobj.recv(1 << 16)
                except OSError:
                    received = b""
                if not received:
                    self.selector.unregister(key.fileobj)
                    self.sockets.remove(key.fileobj)
                elif key.data == 0:
                    self.keep(received)

    def keep(self, received):
        self.buffer += received
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                if "secondsLeft" in event:
                    share = event["done"] / event["total"]
                    self.estimates.append((time.monotonic(), share, event["secondsLeft"]))

    def share_of_good_estimates(self, end):
        """How many of the ranges after the first tenth, widened by a fifth, contain the true rest."""
        judged = [
            (end - moment, least, most)
            for moment, share, (least, most) in self.estimates
            if share > 0.1 and end - moment > 1
        ]
        good = sum(least * 0.8 <= rest <= most * 1.2 for rest, least, most in judged)
        return round(100 * good / len(judged)) if judged else None

    def close(self):
        self.is_open = False
        self.thread.join()
        for client in self.sockets:
            client.close()
