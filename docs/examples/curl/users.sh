#!/bin/sh
# Imports users with the bulk-user API. Needs curl 7.76 or later, and jq.
# Usage: users.sh users.jsonl (one user per line, with emails and importIds)
set -eu
. "$(dirname "$0")/common.sh"

call import.new -X POST >/dev/null
call import.addUsers -H 'Content-Type: application/x-ndjson' --data-binary "@${1:?Name a file of users}" >/dev/null
call import.run -X POST >/dev/null
finish
