import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {openBerth} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')
const WORD = 'xyzzy-swordfish-4711'

describe.skipIf(missing)('a secret', () => {
  it('is in the container, and in nothing that Berth tells or keeps of it', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const file = join(berth.directory, 'word')
    writeFileSync(file, WORD)
    await berth.output('secret', 'create', 'word', file)
    const use = ['--network', 'none', '--secret', 'word', '--secret', 'word,type=env,target=WORD']
    const sleeping = await berth.output('run', '-d', '--name', 'user', ...use, 'busybox', 'sleep', '100')
    expect(await berth.output('exec', 'user', 'sh', '-c', 'echo $WORD; cat /run/secrets/word')).toBe(`${WORD}\n${WORD}`)
    const said = [
      await berth.run(['inspect', 'user']),
      await berth.run(['secret', 'inspect', 'word']),
      await berth.run(['ps', '-a', '--format', 'json']),
      await berth.run(['events', '--stream=false', '--format', 'json']),
      await berth.run(['logs', 'user']),
      await berth.run(['--log-level', 'debug', 'run', '--rm', ...use, 'busybox', '/nonexistent']),
      await berth.run(['exec', 'user', '/nonexistent']),
    ]
    expect(said.map(({stdout, stderr}) => stdout + stderr).join('\n')).not.toContain(WORD)
    await berth.output('commit', '-q', 'user', 'localhost/made')
    const archive = join(berth.directory, 'made.tar')
    await berth.output('save', '-q', '-o', archive, 'localhost/made')
    const held = (...paths: readonly string[]) => filesWith(WORD, paths)
    expect(held(archive)).toEqual([])
    const kept = held(berth.root).filter((path) => !path.startsWith(join(berth.root, 'secrets/filedriver/')))
    expect(kept).toEqual([])
    await berth.output('rm', '-f', '-t', '0', sleeping)
    expect(held(berth.runRoot)).toEqual([])
    await berth.output('rmi', '-f', 'localhost/made')
  })
})

function filesWith(text: string, paths: readonly string[]): string[] {
  try {
    return execFileSync('grep', ['-rlaF', text, ...paths], {encoding: 'utf8'})
      .split('\n')
      .filter(Boolean)
  } catch (error) {
    if ((error as {status?: number}).status === 1) return []
    throw error
  }
}
