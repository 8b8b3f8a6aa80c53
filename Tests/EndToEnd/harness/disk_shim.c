// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

// Preloaded into a program it stands between that program and the files of the folder DISK_SHIM_FOLDER. What it shall do stands
// in the file DISK_SHIM_FILE (struct control), which the test may change at any time. It counts the steps: positioned writes, syncs, truncations
// and renames. Before the step `end_at` it ends the process; with `power` as a power cut would, which leaves of what was not synced
// whatever the dice say, sector by sector. While `failing` is set, writes and syncs fail with that errno.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, FILES = 32 };

struct control {
    volatile int64_t steps, end_at, power, failing, seed, reverted;
};

// What a sector held when its file was last synced.
struct sector {
    struct sector *next;
    int64_t number;
    char content[SECTOR];
};

struct file {
    dev_t device;
    ino_t inode;
    char path[4096];
    int64_t synced_size;
    struct sector *sectors[4096];
};

struct renaming {
    char from[4096], to[4096];
};

static struct control *control;
static char folder[4096];
static struct file files[FILES];
static struct renaming renamings[FILES];
static int file_count, renaming_count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*next_pwrite)(int, const void *, size_t, off_t);
static int (*next_fsync)(int), (*next_fdatasync)(int), (*next_ftruncate)(int, off_t);
static int (*next_rename)(const char *, const char *);
static int (*next_unlink)(const char *);

__attribute__((constructor)) static void begin(void) {
    next_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    next_fsync = dlsym(RTLD_NEXT, "fsync");
    next_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    next_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    next_rename = dlsym(RTLD_NEXT, "rename");
    next_unlink = dlsym(RTLD_NEXT, "unlink");
    const char *path = getenv("DISK_SHIM_FILE"), *place = getenv("DISK_SHIM_FOLDER");
    int fd = path && place ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) abort();
    close(fd);
    snprintf(folder, sizeof folder, "%s/", place);
    control = map;
}

static int is_ours(const char *path) { return strncmp(path, folder, strlen(folder)) == 0; }

// The file of a descriptor, if it is one of the folder. Shared memory is no matter of the disk's.
static struct file *file_of(int fd) {
    struct stat status;
    char link[64], path[4096];
    if (!control || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return NULL;
    for (int i = 0; i < file_count; i++) {
        if (files[i].device == status.st_dev && files[i].inode == status.st_ino) return &files[i];
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    if (!is_ours(path) || strstr(path, "-shm")) return NULL;
    if (file_count == FILES) abort();
    struct file *file = &files[file_count++];
    *file = (struct file){.device = status.st_dev, .inode = status.st_ino, .synced_size = status.st_size};
    snprintf(file->path, sizeof file->path, "%s", path);
    return file;
}

// Keeps what stands in a range, unless it was kept since the last sync or was not there then.
static void keep(struct file *file, int fd, int64_t begin, int64_t end) {
    if (end > file->synced_size) end = file->synced_size;
    for (int64_t number = begin / SECTOR; number * SECTOR < end; number++) {
        struct sector **slot = &file->sectors[number % 4096];
        struct sector *known = *slot;
        while (known && known->number != number) known = known->next;
        if (known) continue;
        struct sector *sector = calloc(1, sizeof *sector);
        sector->number = number;
        sector->next = *slot;
        if (pread(fd, sector->content, SECTOR, number * SECTOR) < 0) abort();
        *slot = sector;
    }
}

static void forget(struct file *file) {
    for (int i = 0; i < 4096; i++) {
        while (file->sectors[i]) {
            struct sector *sector = file->sectors[i];
            file->sectors[i] = sector->next;
            free(sector);
        }
    }
}

static int is_lost(void) {
    control->seed = (int64_t)((uint64_t)control->seed * 6364136223846793005u + 1442695040888963407u);
    int lost = (uint64_t)control->seed >> 63;
    control->reverted += lost;
    return lost;
}

static void cut_power_of(struct file *file) {
    static const char nothing[SECTOR];
    struct stat status;
    int fd = open(file->path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0 || status.st_ino != file->inode) return;
    for (int slot = 0; slot < 4096; slot++) {
        for (struct sector *sector = file->sectors[slot]; sector; sector = sector->next) {
            int64_t left = file->synced_size - sector->number * SECTOR;
            if (is_lost())
                next_pwrite(fd, sector->content, left < SECTOR ? (size_t)left : SECTOR, sector->number * SECTOR);
        }
    }
    if (status.st_size == file->synced_size) return;
    if (is_lost()) {
        next_ftruncate(fd, file->synced_size);
        return;
    }
    int64_t added = (file->synced_size + SECTOR - 1) / SECTOR * SECTOR;
    for (; added + SECTOR <= status.st_size; added += SECTOR)
        if (is_lost()) next_pwrite(fd, nothing, SECTOR, added);
}

static void cut_power(void) {
    for (int i = 0; i < file_count; i++) cut_power_of(&files[i]);
    for (int i = renaming_count - 1; i >= 0; i--)
        if (is_lost()) next_rename(renamings[i].to, renamings[i].from);
}

static void step(void) {
    control->steps++;
    // The test can name a step that is over by the time it is read.
    if (!control->end_at || control->steps < control->end_at) return;
    control->end_at = 0;
    if (control->power) cut_power();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int fails(void) {
    if (!control->failing) return 0;
    errno = (int)control->failing;
    return 1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
    pthread_mutex_lock(&mutex);
    struct file *file = file_of(fd);
    ssize_t result = -1;
    if (file) step();
    if (!file || !fails()) {
        if (file) keep(file, fd, at, at + (int64_t)count);
        result = next_pwrite(fd, bytes, count, at);
    }
    int code = errno;
    pthread_mutex_unlock(&mutex);
    errno = code;
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }

static int synced(int fd, int (*next)(int)) {
    struct stat status;
    pthread_mutex_lock(&mutex);
    struct file *file = file_of(fd);
    int is_folder = control && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
    if (file || is_folder) step();
    int result = (file && fails()) ? -1 : 0;
    if (result == 0) {
        result = next(fd);
        if (result == 0 && file) {
            forget(file);
            file->synced_size = fstat(fd, &status) == 0 ? status.st_size : 0;
        }
        if (result == 0 && is_folder) renaming_count = 0;
    }
    int code = errno;
    pthread_mutex_unlock(&mutex);
    errno = code;
    return result;
}

int fsync(int fd) { return synced(fd, next_fsync); }
int fdatasync(int fd) { return synced(fd, next_fdatasync); }

int ftruncate64(int fd, off_t size) {
    pthread_mutex_lock(&mutex);
    struct file *file = file_of(fd);
    if (file) {
        step();
        keep(file, fd, size, file->synced_size);
    }
    int result = next_ftruncate(fd, size);
    int code = errno;
    pthread_mutex_unlock(&mutex);
    errno = code;
    return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

// A file that is gone has nothing to lose, and its number may be given to the next one.
int unlink(const char *path) {
    struct stat status;
    if (!control || !is_ours(path) || lstat(path, &status) != 0) return next_unlink(path);
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < file_count; i++) {
        if (files[i].device != status.st_dev || files[i].inode != status.st_ino) continue;
        forget(&files[i]);
        files[i] = files[--file_count];
        break;
    }
    int result = next_unlink(path);
    int code = errno;
    pthread_mutex_unlock(&mutex);
    errno = code;
    return result;
}

int rename(const char *from, const char *to) {
    if (!control || !is_ours(to)) return next_rename(from, to);
    pthread_mutex_lock(&mutex);
    step();
    int result = next_rename(from, to);
    int code = errno;
    if (result == 0) {
        if (renaming_count == FILES) abort();
        snprintf(renamings[renaming_count].from, sizeof renamings->from, "%s", from);
        snprintf(renamings[renaming_count++].to, sizeof renamings->to, "%s", to);
        for (int i = 0; i < file_count; i++)
            if (strcmp(files[i].path, from) == 0) snprintf(files[i].path, sizeof files->path, "%s", to);
    }
    pthread_mutex_unlock(&mutex);
    errno = code;
    return result;
}
