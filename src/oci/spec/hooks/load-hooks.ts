import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../../errors/index.ts'
import type {Hook, Hooks} from '../../types/runtime-spec.ts'
import type {SpecTemplate} from '../spec-template.ts'

/** @see oci-hooks(5), version 1.0.0 */
interface HookFile {
  readonly version: '1.0.0'
  readonly hook: Hook
  readonly when: {
    readonly always?: boolean
    readonly annotations?: Readonly<Record<string, string>>
    readonly commands?: readonly string[]
    readonly hasBindMounts?: boolean
  }
  readonly stages: readonly (keyof Hooks)[]
}

const STAGES = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'] as const

/**
 * The hooks of the hook directories whose conditions this container meets, by file name; a file of a later directory
 * replaces one of the same name.
 *
 * @throws ERR_CONFIG_INVALID naming the file
 */
export function loadHooks(directories: readonly string[], template: SpecTemplate): Hooks {
  const files = new Map(directories.flatMap((directory) => hookFiles(directory)))
  const hooks: Hooks = {}
  for (const name of [...files.keys()].sort()) {
    const file = parseHookFile(files.get(name) ?? '')
    if (!matches(file, template)) continue
    for (const stage of file.stages) hooks[stage] = [...(hooks[stage] ?? []), file.hook]
  }
  return hooks
}

function hookFiles(directory: string): [string, string][] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
    return names.map((name) => [name, join(directory, name)])
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

function parseHookFile(path: string): HookFile {
  const fail = (reason: string, cause?: unknown): never => {
    throw new EngineError('ERR_CONFIG_INVALID', `parsing hook ${JSON.stringify(path)}: ${reason}`, {cause})
  }
  let file: Partial<HookFile>
  try {
    file = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    return fail((cause as Error).message, cause)
  }
  if (file.version !== '1.0.0') fail(`unrecognized hook version: ${JSON.stringify(file.version ?? '')}`)
  if (typeof file.hook?.path !== 'string') fail('missing required property: hook.path')
  else if (!file.hook.path.startsWith('/') || !existsSync(file.hook.path)) fail(`stat ${file.hook.path}: no such file`)
  if (!Array.isArray(file.stages) || file.stages.length === 0) fail('missing required property: stages')
  for (const stage of file.stages ?? []) if (!STAGES.includes(stage)) fail(`unknown stage ${JSON.stringify(stage)}`)
  return {...file, when: file.when ?? {}} as HookFile
}

/** All conditions that are there must hold, at least one of each list; a hook without any runs for nobody. */
function matches({when}: HookFile, template: SpecTemplate): boolean {
  const results: boolean[] = []
  if (when.always !== undefined) results.push(when.always)
  if (when.hasBindMounts !== undefined) {
    results.push(when.hasBindMounts === template.mounts.some((mount) => mount.type === 'bind'))
  }
  if (when.commands && when.commands.length > 0) {
    results.push(when.commands.some((pattern) => new RegExp(pattern).test(template.process.args[0] ?? '')))
  }
  for (const [key, value] of Object.entries(when.annotations ?? {})) {
    const entries = Object.entries(template.annotations)
    results.push(entries.some(([name, text]) => new RegExp(key).test(name) && new RegExp(value).test(text)))
  }
  return results.length > 0 && results.every(Boolean)
}
