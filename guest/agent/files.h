/* Small files: of /proc, /sys, /sys/fs/cgroup and of the host's requests. */
#ifndef BERTH_FILES_H
#define BERTH_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Reads the beginning of a file as a string; false with errno. */
bool file_read(const char *path, char *buffer, size_t size);

/** One write(2) into an existing file, as kernel interfaces want it; false with errno. */
bool file_put(const char *path, const char *text);

/** Makes a file and its contents at once: written aside, renamed. False with errno. */
bool file_replace(const char *path, const void *data, size_t size, mode_t mode, uid_t uid, gid_t gid);

/** Makes the directory and its parents; what is there already is fine. False with errno. */
bool make_directories(const char *path, mode_t mode);
/** The same for everything before the last slash. */
bool make_parents(const char *path, mode_t mode);

/** Removes a tree without leaving its file system or following links. */
void remove_tree(const char *path);

/** True when the path or one of its parents is a symbolic link. */
bool passes_link(const char *path);

#endif
