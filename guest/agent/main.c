/* berth-agent: PID 1 of a Berth guest. docs/agent-protocol.md says what it does for the host. */
#include "../common/loop.h"
#include "boot.h"
#include "boot-steps.h"
#include "channel.h"
#include "reaper.h"
#include "trouble.h"

#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    if (getpid() != 1) return 1;
    umask(022);
    boot_step_done("kernel");
    boot_first();
    loop_open();
    reaper_open();
    boot_rest();
    boot_step_done("mounts, cgroups, loopback");
    channel_open();
    boot_step_done("port of the agent");
    static const bool never = false;
    loop_run(&never);
}
