/* Fails what a program does to files, beneath it: loaded with LD_PRELOAD, so that calls of every library are seen (I6).
 *
 * Counted are calls that change files or bring them to disk, on regular files and folders only; pipes, sockets and the
 * standard streams pass. Steered by the environment:
 *
 *   TONGGUAN_FAULT_TRACE  a file to which every counted call is appended: number, name, path
 *   TONGGUAN_FAULT_ON     count only calls whose `name path` fits this pattern, in which `*` stands for anything but `/`
 *   TONGGUAN_FAULT_AT     the call to fail, from 1
 *   TONGGUAN_FAULT_HOW    eio     this call fails
 *                         full    this call is cut short or fails, and from then on the disk is full
 *                         before  the process is killed before the call
 *                         after   the process is killed after the call
 *                         torn    half of what the call would write is written, and the process is killed
 *                         hold    the process waits for ever before the call
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum how { NOTHING, EIO_ONCE, FULL, BEFORE, AFTER, TORN, HOLD };

static enum how how = NOTHING;
static long at = 0;
static long counted = 0;
static long matched = 0;
static int is_full = 0;
static int trace = -1;
static const char *on = NULL;

__attribute__((constructor)) static void begin(void) {
    static const char *names[] = {"", "eio", "full", "before", "after", "torn", "hold"};
    const char *text = getenv("TONGGUAN_FAULT_HOW");
    for (int i = 1; text && i <= HOLD; i++)
        if (!strcmp(text, names[i])) how = (enum how)i;
    if ((text = getenv("TONGGUAN_FAULT_AT"))) at = atol(text);
    on = getenv("TONGGUAN_FAULT_ON");
    if ((text = getenv("TONGGUAN_FAULT_TRACE")))
        trace = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/* Notes the call. Gives 1 where it is the one to fail, 2 where the disk is full already, else 0. */
static int meet(const char *name, const char *path) {
    char line[4200];
    long number = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, name, path);
    if (length > (int)sizeof line - 1) length = sizeof line - 1;
    if (trace >= 0 && syscall(SYS_write, trace, line, (size_t)length) < 0) abort();
    const char *call = strchr(line, ' ') + 1;
    line[length - 1] = 0;
    if (at == 0 || how == NOTHING) return 0;
    if (__atomic_load_n(&is_full, __ATOMIC_SEQ_CST)) return 2;
    if (on && fnmatch(on, call, FNM_PATHNAME)) return 0;
    if (__atomic_add_fetch(&matched, 1, __ATOMIC_SEQ_CST) != at) return 0;
    if (how == FULL) __atomic_store_n(&is_full, 1, __ATOMIC_SEQ_CST);
    if (how == BEFORE) die();
    if (how == HOLD) for (;;) pause();
    return 1;
}

static int meet_file(const char *name, int file) {
    struct stat found;
    char link[64], path[4096];
    int saved = errno;
    int counts = file > 2 && file != trace && !fstat(file, &found) && (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode));
    errno = saved;
    if (!counts) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    errno = saved;
    return meet(name, path);
}

static long ends(int met, long result) {
    if (met == 1 && how == AFTER) die();
    return result;
}

/* For a call that writes no bytes of its own: whether it fails now. `grows`: it needs room on the disk. */
static int fails(int met, int grows) {
    if (met == 1 && how == TORN) die();
    if (met == 1 && how == EIO_ONCE) errno = EIO;
    else if ((met == 1 && how == FULL) || (met == 2 && grows)) errno = ENOSPC;
    else return 0;
    return 1;
}

/* For a call that writes bytes: how many of them it may write; -1 where it fails. */
static ssize_t room(int met, size_t bytes) {
    if (met == 0 || how == AFTER) return (ssize_t)bytes;
    if (met == 1 && (how == TORN || how == FULL) && bytes > 1) return (ssize_t)(bytes / 2);
    return fails(met, 1) ? -1 : (ssize_t)bytes;
}

static ssize_t torn(int met, ssize_t result) {
    if (met == 1 && how == TORN) die();
    return ends(met, result);
}

ssize_t write(int file, const void *bytes, size_t count) {
    int met = meet_file("write", file);
    ssize_t allowed = room(met, count);
    return allowed < 0 ? -1 : torn(met, syscall(SYS_write, file, bytes, (size_t)allowed));
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
    int met = meet_file("pwrite", file);
    ssize_t allowed = room(met, count);
    return allowed < 0 ? -1 : torn(met, syscall(SYS_pwrite64, file, bytes, (size_t)allowed, place));
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) { return pwrite64(file, bytes, count, place); }

ssize_t writev(int file, const struct iovec *parts, int count) {
    int met = meet_file("writev", file);
    return fails(met, 1) ? -1 : ends(met, syscall(SYS_writev, file, parts, count));
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t place) {
    int met = meet_file("pwritev", file);
    return fails(met, 1) ? -1 : ends(met, syscall(SYS_pwritev, file, parts, count, place, 0L));
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t place) {
    return pwritev64(file, parts, count, place);
}

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *place, size_t count, unsigned flags) {
    int met = meet_file("copy_file_range", to);
    return fails(met, 1) ? -1 : ends(met, syscall(SYS_copy_file_range, from, start, to, place, count, flags));
}

ssize_t sendfile64(int to, int from, off64_t *start, size_t count) {
    int met = meet_file("sendfile", to);
    return fails(met, 1) ? -1 : ends(met, syscall(SYS_sendfile, to, from, start, count));
}

ssize_t sendfile(int to, int from, off_t *start, size_t count) { return sendfile64(to, from, start, count); }

int fsync(int file) {
    int met = meet_file("fsync", file);
    return fails(met, 0) ? -1 : (int)ends(met, syscall(SYS_fsync, file));
}

int fdatasync(int file) {
    int met = meet_file("fdatasync", file);
    return fails(met, 0) ? -1 : (int)ends(met, syscall(SYS_fdatasync, file));
}

int ftruncate64(int file, off64_t length) {
    int met = meet_file("ftruncate", file);
    return fails(met, 1) ? -1 : (int)ends(met, syscall(SYS_ftruncate, file, length));
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

static int opened(int folder, const char *path, int flags, mode_t mode) {
    int counts = (flags & (O_CREAT | O_TRUNC)) && strncmp(path, "/dev/", 5) && strncmp(path, "/proc/", 6);
    int met = counts ? meet("open", path) : 0;
    return fails(met, 1) ? -1 : (int)ends(met, syscall(SYS_openat, folder, path, flags, mode));
}

#define MODE(mode, flags, last)                                                                                        \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, last);                                                                                          \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }

int open(const char *path, int flags, ...) {
    MODE(mode, flags, flags)
    return opened(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(mode, flags, flags)
    return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE(mode, flags, flags)
    return opened(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    MODE(mode, flags, flags)
    return opened(folder, path, flags | O_LARGEFILE, mode);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    int met = meet("rename", new);
    return fails(met, 0) ? -1 : (int)ends(met, syscall(SYS_renameat2, from, old, to, new, flags));
}

int renameat(int from, const char *old, int to, const char *new) { return renameat2(from, old, to, new, 0); }
int rename(const char *old, const char *new) { return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0); }

int linkat(int from, const char *old, int to, const char *new, int flags) {
    int met = meet("link", new);
    return fails(met, 1) ? -1 : (int)ends(met, syscall(SYS_linkat, from, old, to, new, flags));
}

int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlinkat(int folder, const char *path, int flags) {
    int met = meet("unlink", path);
    return fails(met, 0) ? -1 : (int)ends(met, syscall(SYS_unlinkat, folder, path, flags));
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int folder, const char *path, mode_t mode) {
    int met = meet("mkdir", path);
    return fails(met, 1) ? -1 : (int)ends(met, syscall(SYS_mkdirat, folder, path, mode));
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
