#include "boot.h"

#include "boot-steps.h"
#include "files.h"
#include "modules.h"
#include "network.h"
#include "trouble.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void mount_at(const char *type, const char *target, unsigned long flags, const char *data) {
    mkdir(target, 0755);
    if (mount(type, target, type, flags, data) < 0 && errno != EBUSY)
        trouble("mount %s on %s: %s", type, target, strerror(errno));
}

/**
 * pivot_root(2) refuses the initial root file system, and OCI runtimes need it. So the root is bound to a directory and
 * that mount moved onto the root. Before anything else is mounted: then nothing has to be taken along.
 */
static void leave_initial_root(void) {
    mkdir("/root", 0755);
    if (mount("/", "/root", NULL, MS_BIND, NULL) < 0 || mount(NULL, "/root", NULL, MS_PRIVATE, NULL) < 0 ||
        chdir("/root") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
        give_up("cannot leave the initial root: %s", strerror(errno));
}

void boot_first(void) {
    leave_initial_root();
    mount_at("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
    mount_at("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    boot_step_done("first mounts");
    modules_need("first");
    boot_step_done("drivers of the channel");
}

/** All that the kernel has in one write: each write stops every process of the guest for a grace period. */
static void delegate_controllers(void) {
    static const char *const wanted[] = {"cpu", "cpuset", "memory", "io", "pids", "hugetlb", "misc", "rdma"};
    char known[256] = " ", change[256] = "";
    if (!file_read("/sys/fs/cgroup/cgroup.controllers", known + 1, sizeof(known) - 1)) return;
    known[strcspn(known, "\n")] = ' ';
    size_t used = 0;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        char word[16];
        snprintf(word, sizeof(word), " %s ", wanted[i]);
        if (strstr(known, word)) used += (size_t)snprintf(change + used, sizeof(change) - used, "+%s ", wanted[i]);
    }
    mkdir("/sys/fs/cgroup/berth", 0755);
    file_put("/sys/fs/cgroup/cgroup.subtree_control", change);
    file_put("/sys/fs/cgroup/berth/cgroup.subtree_control", change);
}

static void raise_limits(void) {
    /* Containers inherit these where their spec sets none; the host's engine states its own. */
    struct rlimit files = {1048576, 1048576};
    setrlimit(RLIMIT_NOFILE, &files);
}

void boot_rest(void) {
    mount_at("cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, "nsdelegate,memory_recursiveprot");
    delegate_controllers();
    mount_at("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "mode=0620,gid=5,ptmxmode=0666");
    mount_at("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
    mount_at("mqueue", "/dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mount_at("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755");
    mount_at("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
    /* Root of a container with a user namespace is nobody here, and comes through to its own root file system. */
    mkdir("/run/berth", 0711);
    mkdir("/run/berth/ctr", 0711);
    mkdir("/run/berth/share", 0755);
    raise_limits();
    network_loopback();
}
