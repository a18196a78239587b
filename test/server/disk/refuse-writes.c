/* Loaded before libc (LD_PRELOAD): while the file $REFUSE_WRITES holds the number of an error, what writes below the folder
   $REFUSE_WRITES_BELOW fails with it. Shared memory of SQLite's is no write to a disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

typedef int (*open_at)(int, const char *, int, ...);

static open_at real_open_at(void) {
  static open_at real;
  if (!real) real = (open_at)dlsym(RTLD_NEXT, "openat");
  return real;
}

static int refusal(void) {
  const char *path = getenv("REFUSE_WRITES");
  int file = path ? real_open_at()(AT_FDCWD, path, O_RDONLY) : -1;
  char digits[8] = {0};
  if (file < 0) return 0;
  if (read(file, digits, sizeof digits - 1) < 0) digits[0] = 0;
  close(file);
  return atoi(digits);
}

static int is_below(const char *path) {
  const char *folder = getenv("REFUSE_WRITES_BELOW");
  return folder && strncmp(path, folder, strlen(folder)) == 0 && !strstr(path, "-shm");
}

static int leads_below(int file) {
  char link[64], path[PATH_MAX] = {0};
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  return readlink(link, path, sizeof path - 1) > 0 && is_below(path);
}

#define WRITES(result, name, parameters, values)                          \
  result name parameters {                                                \
    static result(*real) parameters;                                      \
    int error = refusal();                                                \
    if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name);      \
    if (error && leads_below(file)) return errno = error, -1;             \
    return real values;                                                   \
  }

WRITES(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size))
WRITES(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count))
WRITES(ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at))
WRITES(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off64_t at), (file, bytes, size, at))
WRITES(ssize_t, pwritev, (int file, const struct iovec *parts, int count, off_t at), (file, parts, count, at))
WRITES(ssize_t, pwritev64, (int file, const struct iovec *parts, int count, off64_t at), (file, parts, count, at))
WRITES(int, ftruncate, (int file, off_t size), (file, size))
WRITES(int, ftruncate64, (int file, off64_t size), (file, size))

static int opened(int folder, const char *path, int flags, mode_t mode) {
  int error = flags & (O_WRONLY | O_RDWR | O_CREAT) ? refusal() : 0;
  int below = path[0] == '/' || folder == AT_FDCWD ? is_below(path) : leads_below(folder);
  if (error && below) return errno = error, -1;
  return real_open_at()(folder, path, flags, mode);
}

#define OPENS(name, parameters, folder)            \
  int name parameters {                            \
    va_list more;                                  \
    va_start(more, flags);                         \
    mode_t mode = va_arg(more, mode_t);            \
    va_end(more);                                  \
    return opened(folder, path, flags, mode);      \
  }

OPENS(open, (const char *path, int flags, ...), AT_FDCWD)
OPENS(open64, (const char *path, int flags, ...), AT_FDCWD)
OPENS(openat, (int at, const char *path, int flags, ...), at)
OPENS(openat64, (int at, const char *path, int flags, ...), at)
