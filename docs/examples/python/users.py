"""Imports users with the bulk-user API. Needs requests.

Usage: users.py users.csv (columns: id, username, name, email)
"""

import csv
import sys

from ferry import Ferry

BATCH = 2_000


def users(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            yield {
                "importIds": [row["id"]], "username": row["username"], "name": row["name"], "emails": [row["email"]],
            }


ferry = Ferry()
ferry.post("import.new")
batch = []
for user in users(sys.argv[1]):
    batch.append(user)
    if len(batch) == BATCH:
        ferry.post("import.addUsers", {"users": batch})
        batch = []
if batch:
    ferry.post("import.addUsers", {"users": batch})
ferry.post("import.run")
sys.exit(ferry.finish())
