#!/bin/sh
# Asks a running server whatever its own document allows, and what it does not: no answer may be a fault of the server, and each has to
# fit its schema. Installs nothing: without schemathesis (https://schemathesis.io, version 4) it says so and does nothing.
#
#   crates/server/tests/schemathesis.sh URL [TOKEN] [EXAMPLES] [ARGUMENTS…]
#
# Use an installation that nobody needs: cases are opened in it. `cargo run -p tongguan-server --example counter -- PORT FOLDER` makes one.
set -eu

url=${1:?the address of the server, such as http://127.0.0.1:8090}
token=${2:-}
examples=${3:-50}
[ $# -ge 1 ] && shift; [ $# -ge 1 ] && shift; [ $# -ge 1 ] && shift

command=${SCHEMATHESIS:-schemathesis}
if ! command -v "$command" >/dev/null 2>&1; then
    echo "SKIPPED: schemathesis is not installed; nothing was asked of $url" >&2
    exit 0
fi

# Limits of attempts would answer in place of what is asked for; sessions are not signed in to by guesses.
set -- "$@" --exclude-path /api/session --exclude-path-regex '^/api/me/(password|second-factor)'
if [ -n "$token" ]; then
    set -- "$@" --header "Authorization: Bearer $token"
fi
# What it keeps lies beside nothing of ours.
cd "$(mktemp -d)"
exec "$command" run "$url/api/openapi.json" --url "$url" --phases examples,coverage,fuzzing --max-examples "$examples" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,unsupported_method,negative_data_rejection,ignored_auth \
    --continue-on-failure "$@"
