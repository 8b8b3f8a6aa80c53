# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
#
# scripts/run without --servers: everything in one process, and a worker that takes runs over HTTP; sourced by scripts/run.
# shellcheck shell=bash disable=SC2154

demo_runs() { standalone_demo_is_running; }

prepare() {
    "$root/scripts/install" --standalone 9>&-
    [[ -n ${SIMPLE_SCHEDULER_BIN:-} ]] && return
    [[ -e $first_look ]] || say 'The first build fetches and compiles some packages: it takes about five minutes.'
    build_first_look
}

# What runs keeps its port; else the one that is wanted when it is free, or another.
choose_port() {
    local port
    port=$(/usr/bin/env python3 "$root/scripts/lib/servers.py" ports "$2")
    if living_pid "$demo_pids/$1" >/dev/null; then port=$(<"$demo_pids/$1.port"); fi
    printf '%s' "$port" | tee "$demo_pids/$1.port"
}

cli() { "$root/scripts/cli" "$@"; }

start_demo() {
    local worker
    headline 'Starting the Scheduler, with its data in a file, and a worker'
    worker=http://127.0.0.1:$(choose_port http-worker 8081)/
    address=127.0.0.1:$(choose_port standalone 8080)
    start_program http-worker env PYTHONUNBUFFERED=1 /usr/bin/env python3 "$root/examples/http-worker/worker.py" \
        --port "$(<"$demo_pids/http-worker.port")"
    # Somebody's .env is not meant for the demo.
    start_program standalone env -C "$run_dir" "$binaries/simple-scheduler-standalone" --data "$demo_data" --quiet \
        --port "${address#*:}"
    wait_until 30 api_is_ready ||
        { show_tail "$log_dir/standalone.log" && fail 'it does not get ready' "Its log is $(shown "$log_dir/standalone.log")."; }
    if cli get job "$demo_job" -o name >/dev/null 2>&1; then
        cli update job "$demo_job" --http "$worker" >"$log_dir/job.log" 2>&1 || { show_tail "$log_dir/job.log" && return 1; }
        say "    the job $demo_job is there already"
    else
        cli add job "$demo_job" --interval 5s --max-queue-count 10 --http "$worker" --payload '{"seconds": 1}' \
            --description 'The example of scripts/run: every 5 seconds.' >"$log_dir/job.log" 2>&1 ||
            { show_tail "$log_dir/job.log" && fail 'the example job could not be made'; }
        say "    made the job $demo_job"
    fi
}

show_ways_in() {
    local api
    api=http://127.0.0.1:$(<"$demo_pids/standalone.port")/api
    printf '%s\n' "    API        $api" \
        "    worker     http://127.0.0.1:$(<"$demo_pids/http-worker.port")/  ($(shown "$root/examples/http-worker/worker.py"))" \
        "    data       $(shown "$demo_data")    logs   $(shown "$log_dir")" '' \
        '  Look, and make a job of your own, from this folder in another terminal:' \
        '    scripts/cli list jobs' \
        "    scripts/cli add job $demo_spare_job --cron '*/10 * * * * *' --http http://127.0.0.1:$(<"$demo_pids/http-worker.port")/" \
        "    curl -H \"Authorization: Bearer \$(scripts/token)\" $api/jobs" ''
}

alive() {
    local name
    for name in standalone http-worker; do
        living_pid "$demo_pids/$name" >/dev/null && continue
        show_tail "$log_dir/$name.log"
        fail "$name has ended by itself" "Its log is $(shown "$log_dir/$name.log")."
    done
}

follow() {
    local ticks
    cli watch runs <&0 &
    heeded=$!
    while kill -0 "$heeded" 2>/dev/null; do
        alive
        for ((ticks = 0; ticks < 10; ticks++)); do
            sleep 0.1
            kill -0 "$heeded" 2>/dev/null || break
        done
    done
    wait "$heeded"
}

follow_until_completed() {
    local deadline=$((SECONDS + 60))
    until [[ -n $(cli list runs -j "$demo_job" -s completed --limit 1 -o name 2>/dev/null) ]]; do
        alive
        ((SECONDS < deadline)) || { show_tail "$log_dir/standalone.log" && fail 'no run completed within 60 s'; }
        sleep 0.1
    done
    cli list runs -j "$demo_job" --limit 5
}
