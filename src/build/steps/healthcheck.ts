import {EngineError} from '../../errors/index.ts'
import type {ImageRunConfig} from '../../oci/types/image-spec.ts'
import {durationNs} from '../../specgen/parse/numbers.ts'
import type {Instruction} from '../parse/instruction.ts'
import {jsonForm} from '../parse/split-flags.ts'

type Healthcheck = NonNullable<ImageRunConfig['Healthcheck']>

const durations: Readonly<Record<string, keyof Healthcheck>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
}

/** `HEALTHCHECK [--interval= --timeout= --start-period= --retries=] CMD …` or `NONE`. @throws ERR_CONTAINERFILE */
export function parseHealthcheck({text, flags, line}: Instruction, shell: readonly string[]): Healthcheck {
  const [, type = '', command = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? []
  if (type.toUpperCase() === 'NONE') return {Test: ['NONE']}
  if (type.toUpperCase() !== 'CMD')
    throw new EngineError(
      'ERR_CONTAINERFILE',
      `line ${line}: unknown type ${JSON.stringify(type)} in HEALTHCHECK (try CMD)`,
    )
  const exec = jsonForm(command)
  const test = exec ? ['CMD', ...exec] : sameShell(shell) ? ['CMD-SHELL', command] : ['CMD', ...shell, command]
  return Object.assign({Test: test}, ...flags.map(({name, value}) => setting(name, value, line)))
}

function setting(name: string, value: string, line: number): Partial<Healthcheck> {
  const complain = (reason: string): never => {
    throw new EngineError('ERR_CONTAINERFILE', `line ${line}: ${reason}`)
  }
  const field = durations[name]
  if (field) return {[field]: durationNs(value, complain)}
  if (name === 'retries' && /^\d+$/.test(value)) return {Retries: Number(value)}
  return complain(`unknown flag: --${name}=${value}`)
}

function sameShell(shell: readonly string[]): boolean {
  return shell.length === 2 && shell[0] === '/bin/sh' && shell[1] === '-c'
}
