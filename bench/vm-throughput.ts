import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Spec} from '../src/oci/types/runtime-spec.ts'
import {makeBundle} from '../test/contracts/oci-bundle.ts'
import type {Figure} from './vm-figure.ts'
import type {VmUnderTest} from './vm-under-test.ts'

const BLOCK = 65_536
const STDIO_BYTES = 800 * BLOCK
const FILE_MIB = 128
const SMALL_FILES = 500

/** A container's standard output to us, and ours to its standard input. */
export async function measureStdio(vm: VmUnderTest): Promise<Figure[]> {
  const id = await vm.start(vm.bundle(['sleep', '10000']))
  const out = vm.spawn(
    ['exec', id, 'dd', 'if=/dev/zero', `bs=${BLOCK}`, `count=${STDIO_BYTES / BLOCK}`],
    'ignore',
    'pipe',
  )
  const outRate = await rateOf(out.stdout ?? [])
  const input = vm.spawn(['exec', id, 'dd', 'of=/dev/null', `bs=${BLOCK}`], 'pipe')
  const ended = once(input, 'exit')
  const begin = performance.now()
  const chunk = Buffer.alloc(BLOCK)
  for (let sent = 0; sent < STDIO_BYTES; sent += chunk.length)
    if (!input.stdin?.write(chunk)) await once(input.stdin ?? input, 'drain')
  input.stdin?.end()
  const [code] = await ended
  const seconds = (performance.now() - begin) / 1000
  if (code !== 0) throw new Error(`stdin: exit code ${code}`)
  return [
    {name: 'stdout of a container', unit: 'MB/s', value: outRate},
    {name: 'stdin of a container, with the start of the exec', unit: 'MB/s', value: STDIO_BYTES / 1e6 / seconds},
  ]
}

/** From the first byte to the last. */
async function rateOf(stream: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<number> {
  let [bytes, begin] = [0, 0]
  for await (const chunk of stream) {
    begin ||= performance.now()
    bytes += chunk.length
  }
  if (bytes !== STDIO_BYTES) throw new Error(`stdout: ${bytes} of ${STDIO_BYTES} bytes came`)
  return bytes / 1e6 / ((performance.now() - begin) / 1000)
}

/** A file read and written in a volume, by each way of sharing, and on a disk of the guest. */
export async function measureVolumes(vm: VmUnderTest): Promise<Figure[]> {
  const volume = join(vm.directory, 'volume')
  mkdirSync(join(volume, 'many'), {recursive: true})
  writeFileSync(join(volume, 'file'), Buffer.alloc(FILE_MIB * 2 ** 20, 'volume '))
  for (let file = 0; file < SMALL_FILES; file++) writeFileSync(join(volume, `many/${file}`), 'x'.repeat(3000))
  const mounts = [{source: volume, destination: '/mnt'}]
  const figures: Figure[] = []
  for (const share of ['virtiofs', '9p']) {
    const globals = ['--config', vm.configuration([`share = "${share}"`])]
    const id = await vm.start(vm.bundle(['sleep', '10000'], mounts), globals)
    figures.push(...(await transfers(vm, id, share)))
    await vm.call('delete', '--force', id)
  }
  return [...figures, ...(await transfers(vm, await vm.start(blockBundle(vm, volume)), 'block'))]
}

async function transfers(vm: VmUnderTest, id: string, name: string): Promise<Figure[]> {
  const seconds = async (script: string) => Number((await vm.call('exec', id, 'sh', '-c', script)).stdout)
  const rate = async (script: string) => (FILE_MIB * 2 ** 20) / 1e6 / (await seconds(script))
  const read = timedInGuest('dd if=/mnt/file of=/dev/null bs=1M')
  const write = timedInGuest(`dd if=/dev/zero of=/mnt/new bs=1M count=${FILE_MIB} conv=fsync`)
  const many = timedInGuest('cat /mnt/many/* > /dev/null')
  const label = (what: string) => `${name}: ${what} ${FILE_MIB} MiB`
  return [
    {name: `${name}: ${SMALL_FILES} small files, first`, unit: 'ms', value: 1000 * (await seconds(many))},
    {name: `${name}: ${SMALL_FILES} small files, again`, unit: 'ms', value: 1000 * (await seconds(many))},
    {name: label('read, first'), unit: 'MB/s', value: await rate(read)},
    {name: label('read, again'), unit: 'MB/s', value: await rate(read)},
    {name: label('write and fsync'), unit: 'MB/s', value: await rate(write)},
  ]
}

/** A shell script that prints how many seconds a command took, by the guest's uptime. */
function timedInGuest(command: string): string {
  const now = `read now rest < /proc/uptime`
  return `${now}; begin=$now; ${command} 2>/dev/null || exit 1; ${now}; echo "$begin $now" | busybox awk '{print $2 - $1}'`
}

/** The root file system as an erofs image with the file in it, and a scratch disk for what is written. */
function blockBundle(vm: VmUnderTest, volume: string): string {
  const [image, scratch, seed] = ['image.erofs', 'scratch.ext4', 'seed'].map((name) => join(vm.directory, name)) as [
    string,
    string,
    string,
  ]
  for (const name of ['upper', 'work']) mkdirSync(join(seed, name), {recursive: true})
  execFileSync('cp', ['-r', join(volume, 'file'), join(volume, 'many'), join(vm.directory, 'rootfs/mnt/')])
  execFileSync('mkfs.erofs', ['--quiet', image, join(vm.directory, 'rootfs')], {stdio: 'ignore'})
  writeFileSync(scratch, '')
  truncateSync(scratch, 512 * 2 ** 20)
  execFileSync('mkfs.ext4', ['-q', '-d', seed, scratch], {stdio: 'ignore'})
  const change = (spec: Spec) => {
    spec.annotations = {'io.berth.vm.rootfs.image': image, 'io.berth.vm.rootfs.scratch': scratch}
  }
  return makeBundle(vm.directory, {args: ['sleep', '10000'], change})
}
