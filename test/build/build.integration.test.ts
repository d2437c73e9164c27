import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'

let berth: TestEngine
let contexts: string
beforeAll(async () => {
  berth = openBerth()
  contexts = join(berth.directory, 'contexts')
  await berth.output('load', '-q', '-i', await busyboxArchive())
})
afterAll(() => berth[Symbol.asyncDispose]())

let counter = 0
/** A context with these files and this Containerfile. */
function context(lines: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const directory = join(contexts, String(counter++))
  for (const [path, content] of Object.entries({...files, Containerfile: `${lines.join('\n')}\n`})) {
    mkdirSync(dirname(join(directory, path)), {recursive: true})
    writeFileSync(join(directory, path), content)
  }
  return directory
}
const build = (directory: string, ...options: readonly string[]) =>
  berth.run(['build', '--network', 'none', ...options, directory])
const inImage = (image: string, ...command: readonly string[]) =>
  berth.output('run', '--rm', '--network', 'none', image, ...command)
const inspected = async (image: string, format: string) => berth.output('image', 'inspect', '--format', format, image)

describe('build', () => {
  it('runs, copies and configures, and prints as podman does', async () => {
    const directory = context(
      [
        'FROM busybox',
        'ENV WHO="a b" DIR=/work',
        'WORKDIR $DIR',
        'RUN echo "for $WHO" > out',
        'COPY --chown=7:8 --chmod=640 one.txt sub /dst/',
        'CMD ["cat", "out"]',
      ],
      {'one.txt': '1', 'sub/two.txt': '2'},
    )
    const {stdout, exitCode} = await build(directory, '-t', 'plain')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/STEP 1\/6: FROM busybox\n[\s\S]*STEP 4\/6: RUN echo "for \$WHO" > out\n--> [0-9a-f]{11}\n/)
    expect(stdout).toMatch(
      /COMMIT plain\n--> [0-9a-f]{11}\nSuccessfully tagged localhost\/plain:latest\n[0-9a-f]{64}\n$/,
    )
    expect(await inImage('plain')).toBe('for a b')
    expect(await inImage('plain', 'stat', '-c', '%n %u:%g %a', '/dst/one.txt', '/dst/two.txt')).toBe(
      '/dst/one.txt 7:8 640\n/dst/two.txt 7:8 640',
    )
  })

  it('leaves nothing of its own in the layers', async () => {
    await build(context(['FROM busybox', 'RUN true']), '-t', 'bare')
    const {stdout} = await berth.run(['run', '--rm', '--network', 'none', 'bare', 'sh', '-c', 'ls -A /run; ls -A /'])
    expect(stdout.split('\n')).not.toContain('.containerenv.tmp')
    const changes = await berth.output('diff', 'bare')
    expect(changes.split('\n').filter((line) => /\/(dev|proc|sys|etc\/(hosts|resolv.conf))$/.test(line))).toEqual([])
  })

  it('takes steps from the cache until their inputs change', async () => {
    const directory = context(['FROM busybox', 'COPY a /a', 'RUN cat /a > /b', 'LABEL x=y'], {a: 'first'})
    const first = await build(directory, '-q')
    const again = await build(directory)
    expect(again.stdout.match(/Using cache/g)).toHaveLength(3)
    expect(again.stdout.trimEnd().split('\n').at(-1)).toBe(first.stdout.trim())
    writeFileSync(join(directory, 'a'), 'second')
    const changed = await build(directory)
    expect(changed.stdout).not.toContain('Using cache')
    expect(await inImage(changed.stdout.trimEnd().split('\n').at(-1) ?? '', 'cat', '/b')).toBe('second')
    expect((await build(directory, '--no-cache')).stdout).not.toContain('Using cache')
  })

  it('builds the stages that the target needs', async () => {
    const directory = context([
      'ARG BASE=busybox',
      'FROM $BASE AS first',
      'RUN echo made > /made',
      'FROM busybox AS never',
      'RUN false',
      'FROM scratch AS files',
      'COPY --from=first /made /',
      'FROM busybox',
      'COPY --from=files /made /copied',
    ])
    const {stdout, exitCode} = await build(directory, '-t', 'staged')
    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('RUN false')
    expect(stdout).toContain('[3/3] STEP 2/2: COPY --from=files /made /copied')
    expect(await inImage('staged', 'cat', '/copied')).toBe('made')
    expect((await build(directory, '--target', 'never')).exitCode).toBe(1)
  })

  it('takes arguments, here-documents and ignore files', async () => {
    const directory = context(
      [
        'FROM busybox',
        'ARG V=default',
        'RUN <<EOF',
        'set -e',
        'echo "$V" > /v',
        'EOF',
        'COPY <<conf <<"raw" /etc/made/',
        'v=$V',
        'conf',
        'v=$V',
        'raw',
        'COPY . /all/',
      ],
      {'.dockerignore': 'secret*\n!secret.pub\n', 'secret.key': 's', 'secret.pub': 'p'},
    )
    await build(directory, '-t', 'args', '--build-arg', 'V=given')
    expect(await inImage('args', 'cat', '/v', '/etc/made/conf', '/etc/made/raw')).toBe('given\nv=given\nv=$V')
    expect(await inImage('args', 'ls', '/all')).toBe('Containerfile\nsecret.pub')
  })

  it('mounts caches, secrets and other stages while a command runs, and keeps nothing of them', async () => {
    const secret = join(berth.directory, 'token')
    writeFileSync(secret, 'swordfish')
    const directory = context([
      'FROM busybox AS other',
      'RUN echo from-other > /file',
      'FROM busybox',
      'RUN --mount=type=cache,target=/cache echo x >> /cache/count && wc -l < /cache/count > /runs',
      'RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = swordfish',
      'RUN --mount=type=bind,from=other,source=/file,target=/mnt/file cat /mnt/file > /seen',
      'RUN --mount=type=tmpfs,target=/t echo x > /t/x',
    ])
    const options = ['-t', 'mounts', '--secret', `id=token,src=${secret}`, '--no-cache']
    expect((await build(directory, ...options)).exitCode).toBe(0)
    await build(directory, ...options)
    expect(await inImage('mounts', 'cat', '/runs', '/seen')).toBe('2\nfrom-other')
    expect(await inImage('mounts', 'sh', '-c', 'ls /cache /mnt /run/secrets /t 2>&1 | grep -c "No such"')).toBe('4')
  })

  it('squashes', async () => {
    const directory = context(['FROM busybox', 'RUN echo 1 > /one', 'RUN rm /one; echo 2 > /two'])
    const layers = async (image: string) => (await inspected(image, '{{len .RootFS.Layers}}')).trim()
    await build(directory, '-t', 'many')
    await build(directory, '-t', 'few', '--squash')
    await build(directory, '-t', 'single', '--squash-all')
    expect([await layers('many'), await layers('few'), await layers('single')]).toEqual(['3', '2', '1'])
    for (const image of ['many', 'few', 'single'])
      expect(await inImage(image, 'sh', '-c', 'ls /one 2>/dev/null; cat /two')).toBe('2')
    // The trees that were looked at for it are no damage
    expect(await berth.run(['system', 'check'])).toMatchObject({exitCode: 0, stdout: ''})
  })

  it('gives one digest for one timestamp', async () => {
    const lines = ['FROM busybox', 'ENV a=b', 'CMD ["x"]']
    const first = await build(context(lines), '-q', '--timestamp', '0', '--no-cache')
    const second = await build(context(lines), '-q', '--timestamp', '0', '--no-cache')
    expect(second.stdout).toBe(first.stdout)
    expect((await inspected(first.stdout.trim(), '{{.Created}}')).startsWith('1970-01-01')).toBe(true)
  })

  it('runs the triggers of its base, and hands none on', async () => {
    await build(
      context(['FROM busybox', 'ONBUILD RUN echo triggered > /t', 'ONBUILD ENV FROM_TRIGGER=1']),
      '-t',
      'base',
    )
    await build(context(['FROM base', 'RUN cat /t']), '-t', 'child')
    expect(await inImage('child', 'sh', '-c', 'cat /t; echo $FROM_TRIGGER')).toBe('triggered\n1')
    expect(await inspected('child', '{{json .Config}}')).not.toMatch(/ONBUILD|OnBuild/)
  })

  it.each([
    [
      ['FROM busybox', 'RUN exit 7'],
      7,
      'Error: building at STEP "RUN exit 7": line 2: while running runtime: exit status 7',
    ],
    [['FROM busybox', 'COPY nothing /'], 125, '"/nothing": no such file or directory'],
    [['FROM busybox', 'FRM x'], 125, 'Error: line 2: unknown instruction: "FRM"'],
    [['FROM busybox', 'COPY --from=nosuchstage / /'], 125, 'Error: '],
    [['RUN x'], 125, 'no FROM statement found'],
  ])('says why %j fails', async (lines, code, message) => {
    const {exitCode, stderr} = await build(context(lines))
    expect(stderr).toContain(message)
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .filter((line) => line.startsWith('Error:')),
    ).toHaveLength(1)
    expect(exitCode).toBe(code)
    expect(await berth.output('ps', '-aq')).toBe('')
  })
})
