#!/bin/sh
# Imports an export file: uploads it, shows what it contains and what would be done, starts, waits and reports.
# Needs curl 7.76 or later, and jq.
# Usage: export-file.sh export.zip [slack|csv|slack-users]
set -eu
. "$(dirname "$0")/common.sh"

everything='{"input":{"users":{"all":true},"channels":{"all":true},"contacts":{"all":true}}}'

call uploadImportFile -F "importerKey=${2:-slack}" -F "file=@${1:?Name an export file}" >/dev/null

# The server reads the file in the background.
content=$(call getImportFileData)
while [ "$(printf '%s' "$content" | jq -r .waiting)" = true ]; do
    sleep 1
    content=$(call getImportFileData)
done
printf '%s' "$content" |
    jq -r '"\(.users | length) users, \(.channels | length) rooms, \(.message_count) messages in the file"' >&2

# What the importer repaired or left out, and what the import would do. Nothing is written yet.
call import.findings | jq -r '.totals[] | "\(.severity) \(.code): \(.elements)"' >&2
call import.check -H 'Content-Type: application/json' -d "$everything" |
    jq -r '.summary.total | "would create \(.create), update \(.update), fail \(.fail)"' >&2

call startImport -H 'Content-Type: application/json' -d "$everything" >/dev/null
(finish) && result=0 || result=$?
call 'import.report?format=markdown'
exit $result
