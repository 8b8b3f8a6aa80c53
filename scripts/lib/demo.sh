# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
#
# What scripts/run, scripts/stop and scripts/clean share; sourced after common.sh.
# shellcheck shell=bash disable=SC2034,SC2154

demo_set=demo
demo_servers=$run_dir/servers/$demo_set
demo_pids=$run_dir/pid
demo_env=$run_dir/simple-scheduler.env
demo_database=simpleScheduler
demo_data=$run_dir/standalone
demo_job=hello
# What else the example worker does, for whoever makes a first job.
demo_spare_job=my-job
demo_user=guest # and its password; see lib/glewlwyd.py

# demo_binaries standalone | servers: where the programs are that scripts/run builds for it.
demo_binaries() {
    local built=$root/.build/release
    if [[ $1 == standalone ]]; then built=$first_look/debug; fi
    printf '%s' "${SIMPLE_SCHEDULER_BIN:-$built}"
}

# Whether everything that scripts/run starts is there.
standalone_demo_is_running() {
    living_pid "$demo_pids/standalone" >/dev/null && living_pid "$demo_pids/http-worker" >/dev/null
}

servers_demo_is_running() {
    living_pid "$demo_pids/scheduler" >/dev/null && living_pid "$demo_pids/custodian" >/dev/null &&
        living_pid "$demo_pids/worker" >/dev/null && living_pid "$demo_pids/api" >/dev/null &&
        "$root/scripts/servers" status "$demo_set" >/dev/null
}

# Prints the address of the API that runs.
demo_api() {
    if living_pid "$demo_pids/standalone" >/dev/null; then
        printf 'http://127.0.0.1:%s/api' "$(<"$demo_pids/standalone.port")"
    elif living_pid "$demo_pids/api" >/dev/null; then
        printf 'http://%s/api' "$(sed -n 's/^SIMPLE_SCHEDULER_API_URL=//p' "$demo_env")"
    else
        return 1
    fi
}

# end_demo NAME WHAT: ends one of its processes, if it runs.
end_demo() {
    living_pid "$demo_pids/$1" >/dev/null || return 0
    say "    $2"
    end_processes 10 "$demo_pids/$1" || warn 'it did not end within 10 s and was killed'
}

# End everything that scripts/run started, in the order in which the one needs the other. Keep data and logs.
stop_standalone() {
    end_demo standalone 'Scheduler, Custodian and API (finish what is in flight)'
    end_demo http-worker worker
}

stop_servers() {
    end_demo api 'API (answers what is in flight)'
    end_demo scheduler 'Scheduler (finishes what is in flight and unlocks its jobs)'
    end_demo custodian Custodian
    end_demo worker worker
    if [[ -d $demo_servers ]]; then
        say '    servers'
        "$root/scripts/servers" stop "$demo_set"
    fi
}

stop_demo() { stop_standalone && stop_servers; }
