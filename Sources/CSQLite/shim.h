#pragma once
#include <sqlite3.h>
#include <sys/file.h>

/* SQLITE_TRANSIENT ("copy it now") is a cast of -1 to a function pointer, which Swift does not import. For a text a null
   pointer, as Swift may have for an empty one, would mean NULL. */
static inline int simple_scheduler_bind_text(sqlite3_stmt *statement, int index, void const *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

static inline int simple_scheduler_bind_blob(sqlite3_stmt *statement, int index, void const *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/* flock is not in Swift's Glibc module, where the name is that of a struct. */
static inline int simple_scheduler_lock(int descriptor) {
    return flock(descriptor, LOCK_EX | LOCK_NB);
}
