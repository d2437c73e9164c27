import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, it} from 'vitest'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'
import {openTerminal, type Terminal} from '../../helpers/terminal.ts'
import {waitUntil} from '../../helpers/wait-until.ts'

/** How each shell starts without its user's files, and takes up the completion that Berth prints for it. */
const shells = {
  bash: {args: ['--norc', '--noprofile'], load: 'PS1="READY> "; source <(berth completion bash)'},
  zsh: {
    args: ['-f', '-i'],
    load: 'autoload -Uz compinit; compinit -u -D; PROMPT="READY> "; source <(berth completion zsh)',
  },
  fish: {
    args: ['--no-config', '--private'],
    load: 'function fish_prompt; echo -n "READY> "; end; berth completion fish | source',
  },
} as const

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:python3')

/** Tab pressed in real shells at a real terminal. */
describe.skipIf(missing)('completion', () => {
  let berth: TestEngine
  let id: string
  beforeAll(async () => {
    berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    id = await berth.output('create', '--network', 'none', '--name', 'website', 'busybox', 'true')
    const command = [berth.setup.program, ...berth.setup.globalArgs].join(' ')
    writeFileSync(join(berth.directory, 'berth'), `#!/bin/sh\nexec ${command} "$@"\n`)
    chmodSync(join(berth.directory, 'berth'), 0o755)
  })
  afterAll(() => berth[Symbol.asyncDispose]())

  describe.each(['bash', 'zsh', 'fish'] as const)('in %s', (name) => {
    const {args, load} = shells[name]

    async function open(): Promise<Terminal> {
      const env = {PATH: `${berth.directory}:${process.env.PATH}`, HOME: berth.directory}
      const terminal = openTerminal(name, args, {columns: 200, env})
      // A shell that is not ready yet loses what is typed ahead.
      await terminal.waitFor(/[#>%$] /)
      terminal.type(`${load}; echo LOADED\r`)
      await terminal.waitFor(/LOADED[\s\S]*READY> /, {timeoutMs: 30_000})
      return terminal
    }

    it.skipIf(missingPrerequisite(`program:${name}`)).each([
      ['a command', 'berth cont', 'ainer'],
      ['a command of a group', 'berth container pru', 'ne'],
      ['an option', 'berth ps --no-tr', 'unc'],
      ["an option's value", 'berth ps --sort runn', 'ingfor'],
      ['the name of a container', 'berth start web', 'site'],
      ['the name of an image', 'berth rmi localhost/bus', 'ybox:latest'],
      ['an id', () => `berth start ${id.slice(0, 4)}`, () => id.slice(4, 12)],
    ])('%s', {timeout: 60_000}, async (_, begun, rest) => {
      const [typed, completed] = [begun, rest].map((each) => (typeof each === 'string' ? each : each()))
      await using terminal = await open()
      const from = terminal.screen.length
      terminal.type(`${typed}\t`)
      const line = `${typed}${completed}`
      const shown = () => withoutControls(terminal.screen.slice(from))
      await waitUntil(`the line ${line}`, () => shown().includes(line), {timeoutMs: 20_000, describe: shown})
    })
  })
})

/** What is left of a line editor's output when the cursor stays out of it; bash escapes the colon of an image's tag. */
function withoutControls(text: string): string {
  const sequences = new RegExp(`${ESCAPE}(\\[[0-9;?>=]*[ -/]*[@-~]|[()].|[=>])`, 'g')
  return text
    .replace(sequences, '')
    .replace(/[^ -~]/g, '')
    .replaceAll('\\:', ':')
}

const ESCAPE = String.fromCharCode(27)
