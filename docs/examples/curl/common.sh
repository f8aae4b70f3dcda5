# Shared by the examples beside it: calls with a personal access token, and waiting for the end of an import.
: "${FERRY_SERVER:?Set it to the address of the server, such as http://127.0.0.1:3000}"
: "${FERRY_USER_ID:?Set it to the id of the account of the token}"
: "${FERRY_AUTH_TOKEN:?Set it to a personal access token}"

# call PATH [arguments of curl]: a call of the API. The token goes through a pipe, so that no list of processes shows it.
call() {
    path=$1
    shift
    printf 'header = "X-User-Id: %s"\nheader = "X-Auth-Token: %s"\n' "$FERRY_USER_ID" "$FERRY_AUTH_TOKEN" |
        curl --config - --silent --show-error --fail-with-body "$@" "$FERRY_SERVER/api/v1/$path"
}

# Waits until the import has ended, reports it, and exits with 0 (everything is imported), 3 (some records failed),
# 4 (the import failed) or 5 (it was canceled).
finish() {
    while true; do
        status=$(call import.status)
        state=$(printf '%s' "$status" | jq -r .state)
        printf '%s' "$status" | jq -r '"\(.state): \(.operation.count.completed // 0) of \(.operation.count.total // 0)"' >&2
        case $state in
        done | error | canceled) break ;;
        esac
        sleep 1
    done
    failed=$(printf '%s' "$status" | jq -r '.operation.count.error // 0')
    if [ "$failed" -gt 0 ]; then
        call import.failures | jq -r '.failures[] | "\(.type) \(.data.importIds // [] | join(",")): \(.message)"' >&2
    fi
    case $state in
    error) exit 4 ;;
    canceled) exit 5 ;;
    esac
    [ "$failed" -eq 0 ] || exit 3
}
