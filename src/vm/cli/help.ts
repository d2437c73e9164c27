import {globalOptions} from './globals.ts'
import type {OptionInfo, OptionTable} from './options.ts'
import type {Verb} from './verb.ts'
import {verbs} from './verbs.ts'

export async function helpOf(): Promise<string> {
  const entries = await Promise.all(
    Object.entries(verbs).map(async ([name, load]) => `  ${name.padEnd(10)} ${(await load()).verb.summary}`),
  )
  return [
    'berth-vm: an OCI runtime that gives each container or pod a virtual machine',
    'Usage:\n  berth-vm [GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]',
    ['Commands:', ...entries].join('\n'),
    `Global options:\n${optionLines(globalOptions)}`,
  ].join('\n\n')
}

export function helpOfVerb(name: string, verb: Verb): string {
  const usage = ['berth-vm', name, Object.keys(verb.options).length > 0 ? '[OPTIONS]' : '', verb.usage]
  const options = optionLines(verb.options)
  return [
    `${name}: ${verb.summary}`,
    `Usage:\n  ${usage.filter(Boolean).join(' ')}`,
    ...(options === '' ? [] : [`Options:\n${options}`]),
  ].join('\n\n')
}

function optionLines(table: OptionTable): string {
  return Object.entries(table)
    .map(([name, info]) => `  ${spelling(name, info).padEnd(28)} ${info.summary}`)
    .join('\n')
}

function spelling(name: string, {short, kind, valueName}: OptionInfo): string {
  return `${short ? `-${short}, ` : ''}--${name}${kind === 'flag' ? '' : ` ${valueName ?? 'VALUE'}`}`
}
