#pragma once
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/* eventfd is not in Swift's Glibc module. */
static inline int simple_scheduler_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

/* prctl is variadic; pthread_setname_np wants _GNU_SOURCE. Cut to 15 bytes by the kernel. */
static inline void simple_scheduler_name_thread(char const *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

/* amqp_login_with_properties is variadic, and Swift imports no variadic functions. */
static inline amqp_rpc_reply_t simple_scheduler_login_plain(
    amqp_connection_state_t state, char const *vhost, int heartbeat_seconds,
    const amqp_table_t *client_properties, char const *user, char const *password) {
    return amqp_login_with_properties(
        state, vhost, 0, AMQP_DEFAULT_FRAME_SIZE, heartbeat_seconds,
        client_properties, AMQP_SASL_METHOD_PLAIN, user, password);
}

/* The members of these unions would be reached in Swift through one more pointer each. */
static inline amqp_table_entry_t simple_scheduler_text_entry(
    char const *key, amqp_bytes_t value) {
    amqp_table_entry_t entry;
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = value;
    return entry;
}

static inline amqp_table_entry_t simple_scheduler_true_entry(char const *key) {
    amqp_table_entry_t entry;
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = 1;
    return entry;
}

static inline amqp_table_entry_t simple_scheduler_table_entry(
    char const *key, amqp_table_t value) {
    amqp_table_entry_t entry;
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_TABLE;
    entry.value.value.table = value;
    return entry;
}
