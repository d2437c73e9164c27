import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {runCommand} from '../helpers/command.ts'

const berth = join(import.meta.dirname, '../../bin/berth')
const run = (...args: string[]) => runCommand(berth, args)

describe('the command line', () => {
  it.each([
    [['--foo'], "Error: unknown flag: --foo\nSee 'berth --help'\n"],
    [['--foo', 'ps'], "Error: unknown flag: --foo\nSee 'berth --help'\n"],
    [['ps', '--foo'], "Error: unknown flag: --foo\nSee 'berth ps --help'\n"],
    [['container', 'ls', '--nope'], "Error: unknown flag: --nope\nSee 'berth container list --help'\n"],
    [['ps', 'x'], 'Error: `berth ps` takes no arguments\n'],
    [['rename', 'a'], 'Error: accepts 2 arg(s), received 1\n'],
    [['run'], 'Error: requires at least 1 arg(s), only received 0\n'],
    [['commit'], 'Error: accepts between 1 and 2 arg(s), received 0\n'],
    [
      ['container', 'foo'],
      "Error: unrecognized command `berth container foo`\nTry 'berth container --help' for more information\n",
    ],
    [['stop', '--all', '--latest'], 'Error: --all and --latest cannot be used together\n'],
    [['stop', '--all', 'x'], 'Error: no arguments are needed with --all\n'],
    [['kill', '-s', 'FOO', 'x'], 'Error: invalid signal: FOO\n'],
    [['ps', '--sort', 'x'], /is not a valid value. {2}Choose from: "command, created, id, image/],
    [['--remote', 'ps'], /Error: --remote: berth has no remote client: not supported/],
  ])('refuses %j as podman does', async (args, stderr) => {
    const {exitCode, stderr: printed} = await run(...args)
    if (typeof stderr === 'string') expect(printed).toBe(stderr)
    else expect(printed).toMatch(stderr)
    expect(exitCode).toBe(125)
  })

  it('suggests commands that are close', async () => {
    const {stderr} = await run('pss')
    expect(stderr).toContain('unrecognized command `berth pss`\n\nDid you mean this?\n')
    expect(stderr).toContain('\tps\n')
  })

  it('prints its help for a group without a command, and fails', async () => {
    const {exitCode, stdout, stderr} = await run('container')
    expect(stdout).toMatch(
      /^Manage containers\n[\s\S]*\nAvailable Commands:\n {2}attach {6}Attach to a running container\n/,
    )
    expect(stderr).toBe("Error: missing command 'berth container COMMAND'\n")
    expect(exitCode).toBe(125)
  })

  it('has a help page for a command, by option and by command', async () => {
    const page = await run('container', 'ls', '--help')
    expect(page.exitCode).toBe(0)
    expect(page.stdout).toContain(
      'Usage:\n  berth container list [options]\n\nAliases:\n  list, ls\n\nExamples:\n  berth container list -a\n',
    )
    expect(page.stdout).toContain(
      '  -n, --last int             Show only this many of the newest containers, running or not (default -1)\n',
    )
    expect((await run('help', 'container', 'ls')).stdout).toBe(page.stdout)
    expect((await run('ps', '-h')).stdout).toContain('berth ps [options]')
  })

  it('prints its version', async () => {
    expect((await run('--version')).stdout).toMatch(/^berth version \d+\.\d+\.\d+\n$/)
    expect((await run('-v')).stdout).toMatch(/^berth version/)
  })

  it('shows where an error comes from only when asked', async () => {
    expect((await run('kill', '-s', 'FOO', 'x')).stderr).not.toContain('    at ')
    expect((await run('--log-level', 'debug', 'kill', '-s', 'FOO', 'x')).stderr).toContain('    at ')
  })
})
