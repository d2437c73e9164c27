import {durationNs, type HealthRequest, refuse} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'
import {jsonStrings} from './process-options.ts'

/** Health checks. */
export const healthFlags = {
  'health-cmd': flags.string({
    summary: "Command that tells whether the container is healthy (none: no check, not even the image's)",
    aliases: ['healthcheck-command'],
  }),
  'health-interval': flags.string({
    summary: 'Time between two health checks; disable for no checks by timer',
    default: '30s',
    aliases: ['healthcheck-interval'],
  }),
  'health-log-destination': flags.string({
    summary: 'Where results of the checks go: local, events_logger or a directory',
    default: 'local',
  }),
  'health-max-log-count': flags.uint({
    summary: 'How many results of checks to keep',
    default: 5,
  }),
  'health-max-log-size': flags.uint({
    summary: "How many characters to keep of a check's output",
    default: 500,
  }),
  'health-on-failure': flags.string({
    summary: 'What to do with an unhealthy container: none, kill, restart or stop',
    default: 'none',
    suggests: ['none', 'kill', 'restart', 'stop'],
  }),
  'health-retries': flags.uint({
    summary: 'Failed checks in a row that make the container unhealthy',
    default: 3,
    aliases: ['healthcheck-retries'],
  }),
  'health-start-period': flags.string({
    summary: 'Time after the start in which failed checks do not count',
    default: '0s',
    aliases: ['healthcheck-start-period'],
  }),
  'health-startup-cmd': flags.string({summary: 'Health check for the time of starting up (kept for inspect, not run)'}),
  'health-startup-interval': flags.string({
    summary: 'Time between two startup checks (kept for inspect)',
    default: '30s',
  }),
  'health-startup-retries': flags.uint({
    summary: 'Failed startup checks after which to restart the container (kept for inspect)',
    default: 0,
  }),
  'health-startup-success': flags.uint({
    summary: 'Passed startup checks in a row after which it counts as started (kept for inspect)',
    default: 0,
  }),
  'health-startup-timeout': flags.string({
    summary: 'Time after which a startup check counts as failed (kept for inspect)',
    default: '30s',
  }),
  'health-timeout': flags.string({
    summary: 'Time after which a check counts as failed',
    default: '30s',
    aliases: ['healthcheck-timeout'],
  }),
  'no-healthcheck': flags.bool({summary: 'Run no health check, whatever the image says'}),
}

type Given = flags.FlagValues<typeof healthFlags>

const ACTIONS = ['none', 'kill', 'restart', 'stop'] as const
const KINDS = ['CMD', 'CMD-SHELL', 'NONE']

export function healthRequest(given: Given, {changed}: OptionContext): {health: HealthRequest} {
  const command = given['health-cmd']
  if (given['no-healthcheck'] && command !== undefined) refuse('cannot specify both --no-healthcheck and --health-cmd')
  const action = given['health-on-failure']
  const onFailure = ACTIONS.find((known) => known === action)
  if (!onFailure) {
    refuse(
      `invalid on-failure action ${JSON.stringify(action)} for health check: supported actions are ${ACTIONS.join(',')}`,
    )
  }
  const times = command === undefined ? changedTimes(given, changed) : allTimes(given)
  return {
    health: {
      disable: given['no-healthcheck'] || command?.toLowerCase() === 'none',
      check: {...(command !== undefined && {test: testOf(command)}), ...times},
      ...(given['health-startup-cmd'] !== undefined && {startup: startupOf(given, given['health-startup-cmd'])}),
      onFailure,
      logDestination: given['health-log-destination'],
      maxLogCount: given['health-max-log-count'],
      maxLogSize: given['health-max-log-size'],
    },
  }
}

type Times = NonNullable<HealthRequest['check']>

function allTimes(given: Given): Times {
  if (given['health-retries'] < 1) refuse('healthcheck-retries must be greater than 0')
  return {
    intervalNs: interval(given['health-interval'], 'healthcheck-interval'),
    timeoutNs: timeout(given['health-timeout'], 'healthcheck-timeout'),
    startPeriodNs: startPeriod(given['health-start-period']),
    retries: given['health-retries'],
  }
}

/** Without a command of its own a request changes the image's check only in what it names. */
function changedTimes(given: Given, changed: OptionContext['changed']): Times {
  const all = allTimes(given)
  return {
    ...(changed('health-interval') && {intervalNs: all.intervalNs}),
    ...(changed('health-timeout') && {timeoutNs: all.timeoutNs}),
    ...(changed('health-start-period') && {startPeriodNs: all.startPeriodNs}),
    ...(changed('health-retries') && {retries: all.retries}),
  }
}

/** `["CMD", …]` and `CMD …` as they stand, a list of other words as a command, any other text through the shell. */
function testOf(command: string): string[] {
  const list = jsonStrings(command)
  if (list) return KINDS.includes(list[0] ?? '') ? list : ['CMD', ...list]
  const [kind = '', ...words] = command.split(' ')
  if (kind === 'CMD') return [kind, ...words.filter(Boolean)]
  return kind === 'CMD-SHELL' && words.length > 0 ? [kind, words.join(' ')] : ['CMD-SHELL', command]
}

function startupOf(given: Given, command: string): NonNullable<HealthRequest['startup']> {
  return {
    test: testOf(command),
    intervalNs: interval(given['health-startup-interval'], 'healthcheck-interval'),
    timeoutNs: timeout(given['health-startup-timeout'], 'healthcheck-timeout'),
    retries: given['health-startup-retries'],
    successes: given['health-startup-success'],
  }
}

function interval(text: string, option: string): number {
  return text === 'disable' ? 0 : duration(text, option)
}

function timeout(text: string, option: string): number {
  const ns = duration(text, option)
  return ns > 0 ? ns : refuse(`${option} must be at least 1 second`)
}

function startPeriod(text: string): number {
  const ns = duration(text, 'healthcheck-start-period')
  return ns >= 0 ? ns : refuse('healthcheck-start-period must be 0 seconds or greater')
}

function duration(text: string, option: string): number {
  return durationNs(text, (reason) => refuse(`invalid ${option}: ${reason}`))
}
