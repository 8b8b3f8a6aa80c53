// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The tables, as the steps that lead to them.
///
/// A released step is never changed; a change is a step of its own at the end. Ids are 12 bytes, times and spans milliseconds, `definition`, `payload`, `result`, `attempts` and `notes` JSON.
enum Schema {
    /// The steps from version 0 on; after the first n of them a file has version n.
    static let migrations = [first, second, third]

    private static let first = """
        CREATE TABLE jobs (
            name TEXT NOT NULL PRIMARY KEY,
            enabled INTEGER NOT NULL,
            next_run_at INTEGER,
            retention INTEGER NOT NULL,
            definition TEXT NOT NULL,
            manager_id BLOB CHECK (length(manager_id) = 12),
            lock_epoch INTEGER NOT NULL DEFAULT 0,
            owner_lost_at INTEGER,
            was_lost INTEGER NOT NULL DEFAULT 0,
            is_new INTEGER NOT NULL DEFAULT 0,
            edition INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX jobs_unlocked ON jobs (name) WHERE manager_id IS NULL;
        CREATE INDEX jobs_held ON jobs (manager_id) WHERE manager_id IS NOT NULL;
        CREATE INDEX jobs_pruned ON jobs (name) WHERE retention > 0;

        CREATE TABLE labels (
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            job TEXT NOT NULL REFERENCES jobs (name) ON DELETE CASCADE,
            PRIMARY KEY (key, value, job)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX labels_job ON labels (job);

        CREATE TABLE skip_counts (
            job TEXT NOT NULL REFERENCES jobs (name) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (job, reason)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE skips (
            number INTEGER PRIMARY KEY,
            job TEXT NOT NULL REFERENCES jobs (name) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            first_slot INTEGER NOT NULL,
            last_slot INTEGER NOT NULL,
            count INTEGER NOT NULL,
            decided_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX skips_job ON skips (job, number);

        CREATE TABLE runs (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),
            job TEXT NOT NULL,
            status TEXT NOT NULL
                CHECK (status IN ('pending', 'running', 'cancelling', 'cancelled', 'failed', 'completed')),
            created_time INTEGER NOT NULL,
            start_time INTEGER,
            end_time INTEGER,
            heartbeat INTEGER,
            scheduled_time INTEGER,
            attempt INTEGER NOT NULL,
            trigger TEXT NOT NULL CHECK (trigger IN ('schedule', 'manual')),
            payload TEXT,
            progress REAL,
            error TEXT,
            result TEXT,
            notes TEXT,
            attempts TEXT,
            is_waiting INTEGER NOT NULL,
            retry_at INTEGER,
            is_retired INTEGER NOT NULL,
            published_at INTEGER,
            cancelled_at INTEGER,
            deadline INTEGER,
            lock_epoch INTEGER NOT NULL,
            is_by_http INTEGER NOT NULL DEFAULT 0,
            revision INTEGER NOT NULL
        ) STRICT;
        -- What keeps a slot from having two runs.
        CREATE UNIQUE INDEX runs_slot ON runs (job, scheduled_time)
            WHERE trigger = 'schedule' AND is_retired = 0 AND scheduled_time IS NOT NULL;
        CREATE INDEX runs_job ON runs (job, status, id);
        CREATE INDEX runs_status ON runs (status, id);
        CREATE INDEX runs_deadline ON runs (deadline, id) WHERE deadline IS NOT NULL;
        CREATE INDEX runs_ended ON runs (job, end_time) WHERE end_time IS NOT NULL;

        CREATE TABLE managers (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 12),
            hostname TEXT NOT NULL,
            heartbeat INTEGER NOT NULL,
            is_expired INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE deletions (
            job TEXT NOT NULL PRIMARY KEY,
            deleted_at INTEGER NOT NULL,
            heartbeat_timeout INTEGER NOT NULL,
            lock_epoch INTEGER NOT NULL,
            remover BLOB CHECK (length(remover) = 12),
            remover_at INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE claims (
            key TEXT NOT NULL PRIMARY KEY,
            job TEXT NOT NULL,
            body TEXT NOT NULL,
            run_id BLOB NOT NULL CHECK (length(run_id) = 12),
            is_done INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX claims_job ON claims (job);
        CREATE INDEX claims_age ON claims (created_at);
        """

    /// One row: who this file is, and where its data were moved, or are being moved.
    ///
    /// `copy` names a copy as long as nothing has changed since it was begun.
    private static let second = """
        CREATE TABLE promotion (
            source BLOB NOT NULL CHECK (length(source) = 12),
            copy BLOB CHECK (length(copy) = 12),
            target TEXT,
            promoted_at INTEGER,
            is_done INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        INSERT INTO promotion (source) VALUES (randomblob(12));
        """

    /// What was seen of a request that was answered 202, and the key of the addresses at which its receiver reports; whose workers a
    /// run is with: the name of a pool, or empty for the job's own.
    private static let third = """
        ALTER TABLE runs ADD COLUMN accepted TEXT;
        CREATE TABLE callback_key (key TEXT NOT NULL) STRICT;
        ALTER TABLE runs ADD COLUMN workers TEXT;
        CREATE INDEX runs_pool ON runs (workers)
            WHERE workers > '' AND status IN ('pending', 'running', 'cancelling');
        """
}
