import {closeSync, readdirSync, readFileSync, realpathSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {describe, expect, test} from 'vitest'
import {exitOf, pipe, posixSpawn, runQuick} from '../../src/host/index.ts'
import {MemoryFile} from '../../src/host/memory-file.ts'
import {waitUntil} from '../helpers/wait-until.ts'

async function shell(script: string, options: Partial<Parameters<typeof posixSpawn>[2]> = {}) {
  using output = new MemoryFile()
  const pid = posixSpawn('sh', ['-c', script], {descriptors: ['null', output.descriptor, 'null'], ...options})
  return {pid, exitCode: await exitOf(pid), output: output.text()}
}

describe('posixSpawn', () => {
  test('exit codes, and signals as a shell tells them', async () => {
    expect((await shell('exit 7')).exitCode).toBe(7)
    expect((await shell('kill -9 $$')).exitCode).toBe(137)
  })

  test('environment, directory and session', async () => {
    const script = 'echo "$A|$HOME|$(pwd -P)|$(cut -d" " -f6 /proc/self/stat)"'
    const {pid, output} = await shell(script, {
      env: {A: 'b c', PATH: process.env.PATH, HOME: undefined},
      cwd: tmpdir(),
      newSession: true,
    })
    expect(output).toBe(`b c||${realpathSync(tmpdir())}|${pid}\n`)
  })

  test('the child has the given descriptors and no others of ours', async () => {
    using file = new MemoryFile()
    using other = new MemoryFile()
    const pid = posixSpawn('sleep', ['60'], {descriptors: ['null', 'null', 'null', file.descriptor]})
    // The parent goes on a moment before the kernel closes what is not inherited, and then renames the process.
    await waitUntil('it runs', () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n')
    const found = readdirSync(`/proc/${pid}/fd`).map(Number)
    process.kill(pid, 'SIGKILL')
    expect(await exitOf(pid)).toBe(137)
    expect(found).toEqual(expect.arrayContaining([0, 1, 2, 3]))
    expect(found).not.toContain(other.descriptor)
  })

  test('the number of one descriptor may be the place of another', async () => {
    using first = new MemoryFile('first')
    using second = new MemoryFile('second')
    using output = new MemoryFile()
    const descriptors = Array.from({length: first.descriptor + 1}, () => 'null' as number | 'null')
    descriptors[1] = output.descriptor
    descriptors[3] = first.descriptor
    descriptors[first.descriptor] = second.descriptor
    const pid = posixSpawn('bash', ['-c', `cat <&3; cat <&${first.descriptor}`], {descriptors})
    expect(await exitOf(pid)).toBe(0)
    expect(output.text()).toBe('firstsecond')
  })

  test('signals that Node ignores do what they do', async () => {
    const {output} = await shell('grep SigIgn /proc/$$/status')
    // glibc leaves its two internal ones ignored, which nobody sends.
    expect(output).toMatch(/SigIgn:\t0+(180000000)?\n/)
  })

  test('a program that is not there', () => {
    expect(() => posixSpawn('/nonexistent/program', [], {descriptors: []})).toThrow(
      expect.objectContaining({code: 'ERR_PROGRAM_MISSING'}),
    )
  })

  test('a program that may not run', () => {
    expect(() => posixSpawn('/etc/passwd', [], {descriptors: []})).toThrow(expect.objectContaining({code: 'EACCES'}))
  })

  test('a pipe carries what a child writes', async () => {
    const {readEnd, writeEnd} = pipe()
    const pid = posixSpawn('echo', ['through'], {descriptors: ['null', writeEnd, 'null']})
    closeSync(writeEnd)
    expect(await exitOf(pid)).toBe(0)
    expect(readFileSync(readEnd, 'utf8')).toBe('through\n')
    closeSync(readEnd)
  })
})

describe('runQuick', () => {
  test('input, output and messages, however long', async () => {
    const input = 'x'.repeat(300_000)
    const {exitCode, stdout, stderr} = await runQuick('sh', ['-c', 'cat; echo no >&2; exit 3'], {input, stdout: true})
    expect([exitCode, stdout === input, stderr]).toEqual([3, true, 'no\n'])
  })

  test('leaves no descriptor open', async () => {
    const count = () => readdirSync('/proc/self/fd').length
    await runQuick('true', [])
    const before = count()
    for (let round = 0; round < 10; round++) await runQuick('true', [], {input: '', stdout: true})
    await expect(runQuick('/nonexistent', [])).rejects.toMatchObject({code: 'ERR_PROGRAM_MISSING'})
    expect(count()).toBe(before)
  })
})
