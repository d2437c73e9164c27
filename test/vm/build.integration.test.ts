import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {openBerth} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {skipReason} from './vm-harness.ts'

const skip = skipReason ?? missingPrerequisite('program:conmon')

const CONTAINERFILE = `FROM busybox AS first
ARG WHO=nobody
RUN cat /proc/sys/kernel/random/boot_id > /boot-of-first; echo "$WHO" > /who; mkdir /out && echo made > /out/file
FROM busybox
COPY --from=first /boot-of-first /who /out/ /
RUN --mount=type=cache,target=/cache echo cached > /cache/x; cat /proc/sys/kernel/random/boot_id > /boot
RUN --network=none ls /sys/class/net > /links; cat /proc/sys/kernel/random/boot_id > /boot-alone
`

describe.skipIf(skip !== undefined)(`a build over berth-vm${skip ? ` (${skip})` : ''}`, () => {
  it('runs the steps of all stages in one machine, and those with a network of their own in another', {
    timeout: 600_000,
  }, async () => {
    await using berth = openBerth({runtime: 'berth-vm'})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const context = join(berth.directory, 'context')
    mkdirSync(context)
    writeFileSync(join(context, 'Containerfile'), CONTAINERFILE)
    await berth.output('build', '-t', 'made', '--build-arg', 'WHO=me', context)
    expect(await berth.output('ps', '-aq')).toBe('')
    const script = 'cd /; cat who file links boot-of-first boot boot-alone; ls /cache 2>&1 || true'
    const printed = await berth.output(
      '--runtime',
      'runc',
      'run',
      '--rm',
      '--network',
      'none',
      'made',
      'sh',
      '-c',
      script,
    )
    const [who, file, links, first, second, alone, cache] = printed.split('\n')
    expect([who, file, links]).toEqual(['me', 'made', 'lo'])
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect(second).toBe(first)
    expect(alone).not.toBe(first)
    expect(cache).toMatch(/No such file/)
    const failed = await berth.run(['build', '--build-arg', 'WHO=you', '-f', '-', context], {
      input: 'FROM busybox\nRUN echo so far; exit 3\n',
    })
    expect(failed).toMatchObject({exitCode: 3, stdout: expect.stringContaining('so far')})
    expect(await berth.output('ps', '-aq')).toBe('')
    // Its container stays, and needs no machine that others made.
    const kept = await berth.run(['build', '--rm=false', '--network', 'none', '-f', '-', context], {
      input: 'FROM busybox\nRUN exit 4\n',
    })
    expect([kept.exitCode, (await berth.output('ps', '-aq')).split('\n')]).toEqual([
      4,
      [expect.stringMatching(/^\w+$/)],
    ])
  })
})
