import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {installRoot} from '../../src/host/index.ts'
import {requireSuccess} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {skipReason} from './vm-harness.ts'

/** Each command there starts Node on an emulated processor. */
const timeout = 600_000

const asked = process.env.BERTH_TEST_UNIFIED_HOST ? undefined : 'takes minutes: BERTH_TEST_UNIFIED_HOST=1'
const skip = asked ?? skipReason ?? missingPrerequisite('program:conmon', 'program:crun')

/** Programs and libraries are the host's, cgroups the guest's; its PATH has busybox last. */
const environment = `export PATH=/berth/node_modules/node/bin:/usr/sbin:/usr/bin:/sbin:/bin
berth() { /berth/bin/berth --root /w/root --runroot /w/run --storage-driver vfs --runtime crun --cgroup-manager cgroupfs "$@"; }
show() { directory=$1; shift; for file; do echo "$file $(cat $directory/$file)"; done; }
`

/**
 * A guest of Berth is a host whose cgroups are version 2 throughout, and on which crun works. So Berth runs in one here, with the host's
 * programs: what the machine under the tests has need not be so.
 */
describe.skipIf(skip !== undefined)(`a host with cgroup v2${skip ? ` (${skip})` : ''}`, () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth({runtime: 'berth-vm'})
    const archive = await busyboxArchive()
    await berth.output('load', '-q', '-i', archive)
    const binds = [
      '/usr:/usr:ro',
      `${installRoot()}:/berth:ro`,
      `${archive}:/busybox.tar:ro`,
      `${berth.directory}:/test`,
    ]
    await berth.output(
      ...['run', '-d', '--name', 'host', '--init', '--privileged', '--cgroupns', 'host', '--network', 'none'],
      ...['--ulimit', 'memlock=-1:-1', '--annotation', 'io.berth.vm.memory_mib=768'],
      ...['--annotation', 'io.berth.vm.volume_trust_ms=60000', '--tmpfs', '/w', '--tmpfs', '/run', '--tmpfs', '/tmp'],
      ...binds.flatMap((bind) => ['-v', bind]),
      ...['localhost/busybox', '/bin/busybox', 'sleep', '3600'],
    )
    // Nothing of the C library's is in the image; it would be found before busybox's own names otherwise.
    await berth.output('exec', 'host', '/bin/busybox', 'ln', '-s', 'usr/lib', 'usr/lib64', '/')
    await inGuest('berth load -q -i /busybox.tar')
  })
  afterAll(() => berth?.[Symbol.asyncDispose]())

  async function inGuest(script: string): Promise<string> {
    const words = ['exec', 'host', '/bin/busybox', 'sh', '-ec', `${environment}${script}`]
    return requireSuccess(await berth.run(words, {timeoutMs: timeout}))
  }

  it("a machine's processes and limits are in the cgroup that its spec names", {timeout}, async () => {
    expect(JSON.parse(await inGuest('node /berth/test/vm/machine-cgroup-probe.ts'))).toEqual({
      directories: ['/sys/fs/cgroup/berth-probe/machine'],
      place: '0::/berth-probe/machine',
      limits: {
        ...{'memory.max': String(256 * 1024 * 1024), 'cpu.max': '50000 100000', 'cpu.weight': '39'},
        ...{'cpuset.cpus': '0', 'cpuset.mems': '0'},
      },
      updated: [String(512 * 1024 * 1024), 'max 100000'],
    })
    expect(await inGuest('ls -d /sys/fs/cgroup/berth-probe 2>&1 || true')).toMatch(/No such file/)
  })

  it('a container under crun has its limits, stands still, changes them and leaves nothing', {timeout}, async () => {
    const output = await inGuest(`
berth run -d --name c --network none --memory 64m --cpus 0.5 --cpuset-cpus 0 --pids-limit 77 --cgroup-conf memory.high=50331648 busybox sleep 1000 >/dev/null
c=$(echo /sys/fs/cgroup/libpod_parent/libpod-*)
show $c memory.max memory.swap.max cpu.max cpuset.cpus pids.max memory.high
berth exec c cat /proc/self/cgroup
berth stats --no-stream --format '{{.Name}} {{.MemLimit}} {{.PIDS}}' c
berth pause c >/dev/null
grep frozen $c/cgroup.events
berth unpause c >/dev/null
grep frozen $c/cgroup.events
berth update --memory 80m --cpus 0.3 --pids-limit 55 c >/dev/null
show $c memory.max cpu.max pids.max
berth rm -f -t 0 c >/dev/null
ls -d $c 2>&1 || true`)
    expect(output.split('\n')).toEqual([
      ...['memory.max 67108864', 'memory.swap.max 67108864', 'cpu.max 50000 100000', 'cpuset.cpus 0', 'pids.max 77'],
      ...['memory.high 50331648', '0::/', 'c 67108864 1', 'frozen 1', 'frozen 0'],
      ...['memory.max 83886080', 'cpu.max 30000 100000', 'pids.max 55'],
      expect.stringMatching(/libpod-\w+: No such file/),
    ])
  })

  it("a pod's limits are in the cgroup above its containers", {timeout}, async () => {
    const output = await inGuest(`
berth pod create --name p --network none --infra-image busybox --infra-command 'sleep 1000' --cgroup-parent /fresh --memory 100m --cpus 0.4 --cpu-shares 512 --cpuset-cpus 0 >/dev/null
berth pod start p >/dev/null
show $(echo /sys/fs/cgroup/fresh/*/) memory.max cpu.max cpu.weight cpuset.cpus
find /sys/fs/cgroup/fresh -name 'libpod-*' | wc -l
berth pod rm -f -t 0 p >/dev/null
find /sys/fs/cgroup/fresh -name 'libpod-*' | wc -l`)
    expect(output.split('\n')).toEqual([
      ...['memory.max 104857600', 'cpu.max 40000 100000', 'cpu.weight 20', 'cpuset.cpus 0', '1', '0'],
    ])
  })
})
