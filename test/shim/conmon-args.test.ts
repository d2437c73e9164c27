import {describe, expect, it} from 'vitest'
import {containerArgs, execArgs} from '../../src/shim/conmon-args.ts'
import type {ShimContainer} from '../../src/shim/shim.ts'

const container: ShimContainer = {
  containerID: 'c1',
  name: 'web',
  runtime: {name: 'runc', path: '/usr/bin/runc', globalArgs: ['--debug']},
  bundle: '/run/b',
  pidFile: '/run/b/pidfile',
  exitDirectory: '/run/exits',
  persistDirectory: '/run/persist/c1',
  log: {driver: 'k8s-file', path: '/var/ctr.log', maxSize: 1000},
  terminal: false,
  stdin: true,
  systemdCgroup: false,
  exitCommand: ['/bin/cleanup', '--rm', 'c1'],
  shimPidFile: '/run/b/conmon.pid',
  timeoutSeconds: 5,
  syncLog: false,
  keyring: false,
  noPivotRoot: true,
  withoutCgroups: false,
  preserveFDs: [3, 4],
}

const follows = (args: readonly string[], flag: string): string | undefined => args[args.indexOf(flag) + 1]

describe('conmon is told', () => {
  it('all of a container', () => {
    const args = containerArgs(container)
    expect(follows(args, '-l')).toBe('k8s-file:/var/ctr.log')
    expect(follows(args, '--log-size-max')).toBe('1000')
    expect(follows(args, '--exit-command')).toBe('/bin/cleanup')
    expect(args.filter((arg) => arg.startsWith('--exit-command-arg'))).toEqual([
      '--exit-command-arg=--rm',
      '--exit-command-arg=c1',
    ])
    expect(args).toEqual(
      expect.arrayContaining(['-i', '--timeout=5', '--no-sync-log', '--no-new-keyring', '--no-pivot']),
    )
    expect(args.slice(-6).join(' ')).not.toContain('--restore')
    expect(args).toEqual(expect.arrayContaining(['--runtime-opt=--preserve-fds', '--runtime-opt=2']))
    expect(args.filter((arg) => arg.startsWith('--runtime-arg'))).toEqual([
      '--runtime-arg=--debug',
      '--runtime-arg=--log-format=json',
      '--runtime-arg=--log',
      '--runtime-arg=/run/b/oci-log',
    ])
  })

  it('no `-i` with a terminal, which would close with its first client', () => {
    const args = containerArgs({...container, terminal: true})
    expect(args).toContain('-t')
    expect(args).not.toContain('-i')
  })

  it('the process document of an exec session, and to wait for who attaches', () => {
    const args = execArgs({...container, sessionID: 's1', processFile: '/p.json', exitDelaySeconds: 3, attach: true})
    expect(follows(args, '-u')).toBe('s1')
    expect(follows(args, '-c')).toBe('c1')
    expect(follows(args, '--exec-process-spec')).toBe('/p.json')
    expect(follows(args, '--exit-delay')).toBe('3')
    expect(args).toContain('--exec-attach')
  })
})
