# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
#
# Shared by all scripts: sourced, never run. Sets `root` (the clone) and `run_dir` (everything a script makes).
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
run_dir=$root/.run
log_dir=$run_dir/log
venv_python=$run_dir/venv/bin/python

if [[ -t 1 && ${TERM:-dumb} != dumb && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' dim=$'\e[2m' plain=$'\e[0m' terminal=1
else
    bold='' green='' red='' dim='' plain='' terminal=''
fi

say() { printf '%s\n' "$*"; }
headline() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
warn() { printf '%swarning:%s %s\n' "$red" "$plain" "$*" >&2; }

# fail TEXT...: one line per argument, then the end.
fail() {
    printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2
    shift
    local line
    for line in "$@"; do printf '       %s\n' "$line" >&2; done
    exit 1
}

# The last lines of a log, indented, for whoever has to find out what went wrong.
show_tail() {
    [[ -s $1 ]] || return 0
    printf '       last lines of %s:\n' "$(shown "$1")" >&2
    tail -n "${2:-15}" "$1" | sed 's/^/       | /' >&2
}

# A path as it is shown: relative to the clone where it lies in it.
shown() { printf '%s' "${1#"$root"/}"; }

# step WHAT LOG COMMAND...: runs the command with its output in LOG and shows how long it takes and where it is.
# Returns what the command returns; after a failure the log's end has been shown.
step() {
    local what=$1 log=$2 started=$SECONDS ticker code=0
    shift 2
    mkdir -p "$(dirname "$log")"
    : >"$log"
    headline "$what"
    show_progress "$log" $$ 8>&- 9>&- &
    ticker=$!
    "$@" >>"$log" 2>&1 || code=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    [[ -n $terminal ]] && printf '\r\e[K'
    if ((code == 0)); then
        printf '    %sdone%s in %d s\n' "$green" "$plain" $((SECONDS - started))
    else
        printf '    %sfailed%s after %d s (exit code %d)\n' "$red" "$plain" $((SECONDS - started)) "$code"
        show_tail "$log" 25
    fi
    return "$code"
}

# heedful PROGRAM...: runs it so that a signal to this script takes effect at once, and not only when the program has ended;
# whoever handles the signal calls end_heeded.
heeded=''
heedful() {
    local code=0
    "$@" <&0 &
    heeded=$!
    wait "$heeded" || code=$?
    heeded=''
    return "$code"
}

# end_heeded SIGNAL: ends what runs, if anything does, and waits for it at most half a minute.
end_heeded() {
    if [[ -z $heeded ]] || ! kill "-$1" "$heeded" 2>/dev/null; then return 0; fi
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        kill -0 "$heeded" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$heeded" 2>/dev/null || true
}

# The last line of LOG, again and again, until it is killed or the shell PARENT is gone.
show_progress() {
    local log=$1 parent=$2 started=$SECONDS pause=20 line width never
    # A pipe that never says anything: waiting on it needs no child process that could outlive us.
    exec {never}<> <(:)
    [[ -n $terminal ]] && pause=1
    width=$(($(tput cols 2>/dev/null || echo 80) - 12))
    while ! read -r -t "$pause" -u "$never" && kill -0 "$parent" 2>/dev/null; do
        line=$(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | tr -cd '[:print:]\n' | grep -v '^ *$' | tail -n 1 || true)
        if [[ -n $terminal ]]; then
            printf '\r\e[K    %s%4d s  %s%s' "$dim" $((SECONDS - started)) "${line:0:width}" "$plain"
        else
            printf '    %4d s  %s\n' $((SECONDS - started)) "${line:0:110}"
        fi
    done
}

# Runs a command as root, through sudo when need be.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        if [[ -t 0 ]]; then sudo "$@"; else sudo -n "$@"; fi
    else
        echo "this needs root, and there is no sudo" >&2
        return 1
    fi
}

# The packages among the arguments that are not installed.
missing_packages() {
    local known
    known=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    local package
    for package in "$@"; do
        grep -qx "$package installed" <<<"$known" || printf '%s\n' "$package"
    done
}

# Unsets every SIMPLE_SCHEDULER_ variable that is not meant for these scripts: the programs prefer the environment to their
# env files, so somebody's own settings would end up in the demo and in the tests.
forget_settings() {
    local variable
    for variable in $(compgen -e SIMPLE_SCHEDULER_ || true); do
        case $variable in
        *_MONGOD | *_RABBITMQ_BIN | *_BIN | *_START_LIMIT | *_SWIFT_FLAGS) ;;
        *) unset "$variable" ;;
        esac
    done
}

# --- Processes -------------------------------------------------------------------------------------------------------
# A pid file holds "PID START", START being the kernel's start time of the process (proc(5), field 22): a pid that was
# given to another process since is never taken for ours.

process_start() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    stat=${stat##*) }
    local fields
    read -ra fields <<<"$stat"
    [[ ${fields[0]} != Z ]] || return 1
    printf '%s' "${fields[19]}"
}

write_pid_file() {
    local start
    mkdir -p "$(dirname "$1")"
    start=$(process_start "$2") || return 1
    printf '%s %s\n' "$2" "$start" >"$1"
}

# Prints the pid when the process of this pid file is alive.
living_pid() {
    local pid start
    [[ -f $1 ]] && read -r pid start <"$1" || return 1
    [[ -n $pid && $(process_start "$pid") == "$start" ]] || return 1
    printf '%s' "$pid"
}

# launch PIDFILE LOG COMMAND...: starts it in a session of its own, cut off from this terminal and its locks.
launch() {
    local pid_file=$1 log=$2
    shift 2
    mkdir -p "$(dirname "$log")"
    setsid "$@" >>"$log" 2>&1 </dev/null 8>&- 9>&- &
    local pid=$!
    disown "$pid"
    write_pid_file "$pid_file" "$pid"
}

# end_processes SECONDS PIDFILE...: TERM to all, KILL to those that are still there after so many seconds.
# Says nothing about what was not running; removes the pid files. Returns 1 when something had to be killed.
end_processes() {
    local limit=$1 code=0 file pid deadline
    shift
    for file in "$@"; do
        if pid=$(living_pid "$file"); then kill -TERM "$pid" 2>/dev/null || true; fi
    done
    deadline=$((SECONDS + limit))
    for file in "$@"; do
        while pid=$(living_pid "$file"); do
            if ((SECONDS >= deadline)); then
                code=1
                kill -KILL "$pid" 2>/dev/null || true
            fi
            sleep 0.05
        done
        rm -f "$file"
    done
    return "$code"
}

# wait_until SECONDS COMMAND...: tries the command every tenth of a second; 1 when the time is over.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# What the tests are built with: optimised, because the simulation plays hundreds of histories and the end-to-end suite
# measures the programs that it starts.
# shellcheck disable=SC2034
test_build_flags=(-Xswiftc -O)

# What is run: with Swift linked in, so that a file runs where no Swift is, and optimised across modules, which with it
# takes a tenth to a quarter off the API's processor time (docs/performance.md).
release_build_flags=(-c release --static-swift-stdlib -Xswiftc -cross-module-optimization)

# What scripts/run builds for a first look: without optimising, and without what only debuggers and editors need, because
# that is there sooner (docs/adr/0022-first-look.md). In a folder of its own, since the tests are built otherwise.
first_look=$root/.build/first-look
first_look_flags=(--scratch-path "$first_look" --disable-index-store -debug-info-format none)

# build_first_look: the standalone program and the command line.
build_first_look() {
    local flags
    read -ra flags <<<"${SIMPLE_SCHEDULER_SWIFT_FLAGS:-}"
    step 'Building the standalone program and the command line' "$log_dir/build-first-look.log" \
        env SIMPLE_SCHEDULER_ONLY=standalone \
        swift build --package-path "$root" "${first_look_flags[@]}" ${flags[@]+"${flags[@]}"} ||
        fail 'they could not be built' "The whole output is in $(shown "$log_dir/build-first-look.log")." \
            'Without a network the Swift packages cannot be fetched; otherwise please report it.'
}

# build_release [programs | benchmarks]: builds the programs, or the benchmarks with them, in one go.
# SIMPLE_SCHEDULER_SWIFT_FLAGS is passed on to swift.
build_release() {
    local flags
    read -ra flags <<<"${SIMPLE_SCHEDULER_SWIFT_FLAGS:-}"
    step 'Building the programs (release)' "$log_dir/build-release.log" \
        env SIMPLE_SCHEDULER_ONLY="${1:-programs}" \
        swift build --package-path "$root" "${release_build_flags[@]}" ${flags[@]+"${flags[@]}"} ||
        fail 'the programs could not be built' "The whole output is in $(shown "$log_dir/build-release.log")." \
            'Without a network the Swift packages cannot be fetched; otherwise please report it.'
}
