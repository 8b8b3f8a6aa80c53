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
demo_job=hello
# What else the example worker does, for whoever makes a first job.
demo_spare_job=my-job
demo_user=guest # and its password; see lib/glewlwyd.py

# Whether everything that scripts/run starts is there.
demo_is_running() {
    living_pid "$demo_pids/scheduler" >/dev/null && living_pid "$demo_pids/custodian" >/dev/null &&
        living_pid "$demo_pids/worker" >/dev/null && living_pid "$demo_pids/api" >/dev/null &&
        "$root/scripts/servers" status "$demo_set" >/dev/null
}

# Ends everything that scripts/run started, in the order in which the one needs the other. Keeps data and logs.
stop_demo() {
    if living_pid "$demo_pids/api" >/dev/null; then
        say '    API (answers what is in flight)'
        end_processes 10 "$demo_pids/api" || warn 'it did not end within 10 s and was killed'
    fi
    if living_pid "$demo_pids/scheduler" >/dev/null; then
        say '    Scheduler (finishes what is in flight and unlocks its jobs)'
        end_processes 10 "$demo_pids/scheduler" || warn 'it did not end within 10 s and was killed'
    fi
    local name
    for name in custodian worker; do
        if living_pid "$demo_pids/$name" >/dev/null; then
            say "    $name"
            end_processes 10 "$demo_pids/$name" || warn 'it did not end within 10 s and was killed'
        fi
    done
    if [[ -d $demo_servers ]]; then
        say '    servers'
        "$root/scripts/servers" stop "$demo_set"
    fi
}
