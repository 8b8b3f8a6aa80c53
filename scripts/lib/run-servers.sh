# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
#
# scripts/run --servers: the suite with MongoDB, RabbitMQ and an OpenID provider; sourced by scripts/run.
# shellcheck shell=bash disable=SC2154

demo=("$venv_python" "$root/scripts/lib/demo.py")

demo_runs() { [[ -x $venv_python ]] && servers_demo_is_running; }

write_settings() {
    cat >"$demo_env" <<SETTINGS
# The settings of the demo, written by scripts/run.
SIMPLE_SCHEDULER_DB_TYPE=mongodb
SIMPLE_SCHEDULER_DB_CONNECTION_STRING=$SIMPLE_SCHEDULER_TEST_MONGODB
SIMPLE_SCHEDULER_DB_NAME=$demo_database
SIMPLE_SCHEDULER_MESSAGEBUS_TYPE=rabbitmq
SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING=$SIMPLE_SCHEDULER_TEST_RABBITMQ
SIMPLE_SCHEDULER_API_URL=$1
SIMPLE_SCHEDULER_OIDC_ISSUER=$SIMPLE_SCHEDULER_OIDC_ISSUER
SETTINGS
}

# The one that runs keeps its address; else port 8080 when it is free, or another.
choose_servers_address() {
    if living_pid "$demo_pids/api" >/dev/null; then
        kept_api_address
    else
        printf '127.0.0.1:%s' "$(/usr/bin/env python3 "$root/scripts/lib/servers.py" ports 8080)"
    fi
}

kept_api_address() { sed -n 's/^SIMPLE_SCHEDULER_API_URL=//p' "$demo_env"; }

prepare() {
    "$root/scripts/install" 9>&-
    [[ -n ${SIMPLE_SCHEDULER_BIN:-} ]] && return
    [[ -e $root/.build/release ]] || say 'The first build fetches and compiles some packages: it takes 5 to 15 minutes.'
    build_release
}

use_servers() {
    # shellcheck source=/dev/null
    source "$demo_servers/env"
    # For this script only: the programs get their settings from the file.
    mapfile -t variables < <(compgen -e SIMPLE_SCHEDULER_)
    export -n "${variables[@]}"
}

start_demo() {
    step "Starting MongoDB, RabbitMQ and Glewlwyd (data in $(shown "$demo_servers"))" "$log_dir/servers.log" \
        "$root/scripts/servers" start "$demo_set" ||
        fail 'the servers did not start' 'scripts/clean removes their data; then try again.'
    use_servers
    write_settings "$(choose_servers_address)"
    address=$(kept_api_address)
    headline 'Starting the Custodian, the Scheduler, the API and a worker'
    for program in simple-scheduler simple-scheduler-custodian simple-scheduler-api; do
        "$binaries/$program" --check "$demo_env" >"$log_dir/check.log" 2>&1 ||
            { show_tail "$log_dir/check.log" && fail "$program does not like its settings" "They are in $(shown "$demo_env")."; }
    done
    start_program custodian "$binaries/simple-scheduler-custodian" "$demo_env"
    start_program scheduler "$binaries/simple-scheduler" "$demo_env"
    start_program api "$binaries/simple-scheduler-api" "$demo_env"
    start_program worker env PYTHONUNBUFFERED=1 "$venv_python" "$root/examples/python-worker/worker.py" \
        "$demo_job" "$demo_spare_job" --url "$SIMPLE_SCHEDULER_TEST_RABBITMQ"
    wait_until 30 api_is_ready ||
        { show_tail "$log_dir/api.log" && fail 'the API does not get ready' "Its log is $(shown "$log_dir/api.log")."; }
    printf '    ' && SIMPLE_SCHEDULER_DEMO_TOKEN=$("$root/scripts/token") "${demo[@]}" add-job --job "$demo_job" \
        --api "http://$address/api"
}

# How to get at what runs. The address of the API is the same for curl and for the command line program.
show_ways_in() {
    local cli api
    use_servers
    api=http://$(kept_api_address)/api
    cli=$(shown "$binaries/simple-scheduler-cli")
    printf '%s\n' "    MongoDB    $SIMPLE_SCHEDULER_TEST_MONGODB  (database $demo_database)" \
        "    RabbitMQ   $SIMPLE_SCHEDULER_TEST_RABBITMQ" \
        "    Glewlwyd   $SIMPLE_SCHEDULER_OIDC_ISSUER  (user $demo_user, password $demo_user)" \
        "    API        $api" \
        "    settings   $(shown "$demo_env")    logs   $(shown "$log_dir")" '' \
        "  Ask the API, from this folder in another terminal:" \
        "    curl -H \"Authorization: Bearer \$(scripts/token)\" $api/jobs" \
        '  Log in with the command line program (as the user above, in a browser), and look:' \
        "    $cli login -c $SIMPLE_SCHEDULER_TEST_OIDC_CLI_CLIENT_ID -i $SIMPLE_SCHEDULER_OIDC_ISSUER -u $api" \
        "    $cli list jobs" ''
}

follow_until_completed() { follow --until-completed; }

follow() {
    local name processes=()
    for name in scheduler custodian api worker; do
        processes+=(--process "$name=$(tr ' ' ':' <"$demo_pids/$name")")
    done
    local code=0
    heedful "${demo[@]}" follow --job "$demo_job" --mongodb "$SIMPLE_SCHEDULER_TEST_MONGODB" --database "$demo_database" \
        "${processes[@]}" "$@" || code=$?
    if ((code == 1)); then
        for name in scheduler api worker; do show_tail "$log_dir/$name.log" 10; done
        fail 'the demo does not work as it should' "The logs are in $(shown "$log_dir")."
    fi
    return "$code"
}
