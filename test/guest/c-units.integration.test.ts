import {execFileSync, spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const sources = join(import.meta.dirname, 'c')
const guest = join(import.meta.dirname, '../../guest')
const relay = ['relay/session.c', 'relay/client.c']
const common = ['common/frame.c', 'common/frame-reader.c', 'common/bytes.c', 'common/loop.c']
const processRelay = ['relay/output.c', 'relay/exit-status.c', 'relay/terminal.c', 'relay/unix-socket.c']
const json = ['agent/json.c', 'agent/exec-spec.c']

/** Each program and what it is linked with, compiled with AddressSanitizer and UndefinedBehaviorSanitizer. */
const programs: Record<string, {readonly own: string[]; readonly guest: string[]; readonly args?: string[]}> = {
  'frame-test': {own: ['frame-test.c'], guest: common},
  'session-test': {own: ['session-test.c'], guest: [...relay, ...common]},
  'fuzz-session': {own: ['fuzz-session.c', 'fuzz-driver.c'], guest: [...relay, ...common], args: ['20000', '7']},
  'fuzz-process': {own: ['fuzz-process.c', 'fuzz-driver.c'], guest: [...processRelay, ...common], args: ['20000', '7']},
  'fuzz-json': {own: ['fuzz-json.c', 'fuzz-driver.c'], guest: json, args: ['100000', '7']},
}

/** More for a longer search. */
const fuzzSeconds = Number(process.env.BERTH_FUZZ_SECONDS ?? 5)
const libFuzzer =
  spawnSync('clang', ['-fsanitize=fuzzer', '-x', 'c', '-o', '/dev/null', '-'], {
    input: 'int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return !data && size; }',
  }).status === 0
const compiler = spawnSync('gcc', ['--version']).status === 0

describe.skipIf(!compiler)(`C parts under sanitizers${compiler ? '' : ' (gcc is not installed)'}`, () => {
  const directory = temporaryDirectory()
  beforeAll(() => async () => directory[Symbol.asyncDispose]())

  function compile(name: string, own: string[], linked: string[]): string {
    const output = join(directory.path, name)
    const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-Wno-format-truncation']
    const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
    const files = [...own.map((file) => join(sources, file)), ...linked.map((file) => join(guest, file))]
    execFileSync('gcc', [...flags, ...sanitizers, '-o', output, ...files], {stdio: 'inherit'})
    return output
  }

  test.each(Object.entries(programs))('%s', (name, program) => {
    const result = spawnSync(compile(name, program.own, program.guest), program.args ?? [], {encoding: 'utf8'})
    expect(result.stderr).toBe('')
    expect(result.status).toBe(0)
  })

  test.skipIf(!libFuzzer).each(Object.entries(programs).filter(([name]) => name.startsWith('fuzz-')))(
    `%s by libFuzzer, which looks for new paths${libFuzzer ? '' : ' (clang or its runtime is not installed)'}`,
    (name, {own, guest: linked}) => {
      const output = join(directory.path, `${name}-libfuzzer`)
      const files = [...own.filter((file) => file !== 'fuzz-driver.c').map((file) => join(sources, file))]
      const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-g', '-O1', '-fsanitize=fuzzer,address,undefined']
      const all = [...files, ...linked.map((file) => join(guest, file))]
      execFileSync('clang', [...flags, '-fno-sanitize-recover=all', '-o', output, ...all], {stdio: 'inherit'})
      const limits = [`-max_total_time=${fuzzSeconds}`, '-max_len=4096', '-rss_limit_mb=1024', '-timeout=10']
      const result = spawnSync(output, limits, {encoding: 'utf8', cwd: directory.path})
      expect([result.status, result.stderr.match(/SUMMARY.*|\S+: \d+: .*/)?.[0]]).toEqual([0, undefined])
      expect(Number(/Done (\d+) runs/.exec(result.stderr)?.[1])).toBeGreaterThan(100)
    },
  )

  test('the JSON reader accepts and refuses what JSON.parse does', () => {
    const documents = [...seeds, ...mutate(seeds, 4000)]
    const input = documents.map((text) => `${Buffer.byteLength(text)}\n${text}`).join('')
    const program = compile('json-check', ['json-check.c'], [...json.slice(0, 1), 'common/bytes.c'])
    const answers = execFileSync(program, {input}).toString().trim().split('\n')
    expect(answers.length).toBe(documents.length)
    const wrong = documents.filter((text, index) => answers[index] !== (parses(text) ? 'ok' : 'fault'))
    expect(wrong).toEqual([])
  })
})

const seeds = [
  '{}',
  '[]',
  ' [1, 2.5e-3, -0, "x"] ',
  '{"a":{"b":[true,false,null]}}',
  '"\\u00e9\\n\\"/"',
  '01',
  '-',
  '1.',
  '.5',
  '[1,]',
  '{"a":1,}',
  '{"a" 1}',
  '"\t"',
  'nul',
  'truex',
  '{"a":1}}',
  '"\\x"',
  '"\\u12"',
  '',
  '  ',
  '1e5',
  '1e',
  '+1',
  "{'a':1}",
]

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Repeatable: a linear congruential generator, the same documents in every run. */
function mutate(from: readonly string[], count: number): string[] {
  let state = 1
  const below = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * limit)
  }
  const alphabet = '{}[]",:\\ \n0123456789-+.eEtrufalsn\u00e9'
  return Array.from({length: count}, () => {
    let text = (from[below(from.length)] ?? '') + (below(3) === 0 ? (from[below(from.length)] ?? '') : '')
    for (let i = below(3); i > 0; i--) {
      const at = below(text.length + 1)
      text = text.slice(0, at) + alphabet[below(alphabet.length)] + text.slice(at + below(2))
    }
    return text
  })
}
