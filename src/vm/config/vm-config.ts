/** How berth-vm makes virtual machines: built-in values, the configuration file, then a container's annotations. */
export interface VmConfig {
  /** QEMU's program: a name in $PATH or a path. */
  readonly qemu: string
  /** `auto` uses KVM when a probe guest ran on it, emulation otherwise. */
  readonly accelerator: 'auto' | 'kvm' | 'tcg'
  readonly kernel: string
  readonly initramfs: string
  /** Defaults of the guest image, then `kernel_params`: the later word wins. */
  readonly kernelParameters: string
  readonly relay: string
  /** Memory of a sandbox without a limit of its own. */
  readonly memoryMiB: number
  /** What kernel, agent and page cache take besides a container's limit. */
  readonly memoryOverheadMiB: number
  /** What QEMU itself takes besides the guest's memory: added to the limit of its cgroup. */
  readonly hypervisorOverheadMiB: number
  /** How far a sandbox may grow by hot-add. 0: what the host has. */
  readonly maximumMemoryMiB: number
  readonly vcpus: number
  /** 0: as many as the host has. */
  readonly maximumVcpus: number
  /**
   * How the guest sees files of the host. `auto` is virtiofs where its daemon is installed. QEMU's 9p cannot make sockets,
   * pipes or devices, and is several times slower at small files, but needs no second process.
   */
  readonly share: 'auto' | '9p' | 'virtiofs'
  /**
   * How long the guest trusts what it knows of a name in a volume. 0: never, and what anybody wrote is seen at once. Programs that
   * walk many names of a volume that only they write to are several times faster with some.
   */
  readonly volumeTrustMs: number
  readonly virtiofsd: string
  /** Ports for disks and interfaces that join later. */
  readonly hotplugPorts: number
  /** How many machines boot at once where they are emulated. 0: as many as the host has CPUs. */
  readonly emulatedBoots: number
  /** From the hypervisor's start to the agent's first word. */
  readonly startTimeoutMs: number
  /** How long a request to the agent may take. */
  readonly agentTimeoutMs: number
  /** cgroupsPath is systemd's `SLICE:PREFIX:NAME`. */
  readonly systemdCgroup: boolean
  readonly debug: boolean
}
