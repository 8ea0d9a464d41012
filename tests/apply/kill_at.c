// Preloaded into godwit: kills the process right before or right after its journal's n-th commit.
//
// The journal is SQLite in WAL mode with synchronous=FULL: a commit is one or more writes to "state.db-wal" and then
// one sync of it. "before N" dies at the first write that follows commit N-1, so that nothing of commit N was written;
// "after N" dies when the sync of commit N has returned. GODWIT_KILL_AT="before 17"; with "count", the number of
// commits is written to the file GODWIT_KILL_COUNT at the end.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long commits = 0;      // syncs of the journal so far; the journal has one writer at a time
static int written = 0;       // something was written since the last one
static long kill_number = -1;
static int kill_before = 0;

__attribute__((constructor)) static void begin(void) {
  const char* at = getenv("GODWIT_KILL_AT");
  char when[16] = "";
  if (at != NULL && sscanf(at, "%15s %ld", when, &kill_number) == 2) kill_before = strcmp(when, "before") == 0;
}

__attribute__((destructor)) static void end(void) {
  const char* path = getenv("GODWIT_KILL_COUNT");
  FILE* file = path != NULL && commits > 0 ? fopen(path, "w") : NULL;
  if (file == NULL) return;
  fprintf(file, "%ld\n", commits);
  fclose(file);
}

static int is_journal(int fd) {
  char link[64], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  const char* end = "/state.db-wal";
  const size_t size = strlen(end);
  return (size_t)length >= size && strcmp(path + length - size, end) == 0;
}

static void die(void) { kill(getpid(), SIGKILL); }

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "pwrite64");
  if (is_journal(fd)) {
    if (kill_before && !written && commits + 1 == kill_number) die();
    written = 1;
  }
  return real(fd, bytes, count, at);
}

static int synced(int fd, int result) {
  if (!written || !is_journal(fd)) return result;
  written = 0;
  ++commits;
  if (!kill_before && commits == kill_number) die();
  return result;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fdatasync");
  return synced(fd, real(fd));
}

int fsync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fsync");
  return synced(fd, real(fd));
}
