"""Imports an export file: uploads it, shows what it contains and what would be done, starts, waits and reports.

Needs requests. Usage: export_file.py export.zip [slack|csv|slack-users]
"""

import sys
import time

from ferry import Ferry

EVERYTHING = {"input": {"users": {"all": True}, "channels": {"all": True}, "contacts": {"all": True}}}

ferry = Ferry()
importer = sys.argv[2] if len(sys.argv) > 2 else "slack"
with open(sys.argv[1], "rb") as file:
    # requests holds a form in memory. Larger files fit with MultipartEncoder of requests-toolbelt, or with curl.
    ferry.call("POST", "uploadImportFile", data={"importerKey": importer}, files={"file": file})

# The server reads the file in the background.
while (content := ferry.get("getImportFileData")).get("waiting"):
    time.sleep(1)
users, rooms, messages = len(content["users"]), len(content["channels"]), content["message_count"]
print(f"{users} users, {rooms} rooms, {messages} messages in the file", file=sys.stderr)

# What the importer repaired or left out, and what the import would do. Nothing is written yet.
for total in ferry.get("import.findings")["totals"]:
    print(f"{total['severity']} {total['code']}: {total['elements']}", file=sys.stderr)
total = ferry.post("import.check", EVERYTHING)["summary"]["total"]
print(f"would create {total['create']}, update {total['update']}, fail {total['fail']}", file=sys.stderr)

ferry.post("startImport", EVERYTHING)
status = ferry.finish()
print(ferry.call("GET", "import.report", params={"format": "markdown"}).text)
sys.exit(status)
