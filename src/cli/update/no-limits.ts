/** Options of `create` that commands for existing containers do not have, as when not given. */
export const noLimits = {
  'cgroup-conf': [],
  'cgroup-parent': undefined,
  cgroups: undefined,
  'device-read-iops': [],
  'device-write-iops': [],
  'kernel-memory': undefined,
  'oom-kill-disable': false,
  'oom-score-adj': undefined,
  'pids-limit': undefined,
  'rdt-class': undefined,
  ulimit: [],
}
