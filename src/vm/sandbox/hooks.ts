import {EngineError, hasCode} from '../../errors/index.ts'
import {runProgram} from '../../host/index.ts'
import type {Hook, State} from '../../oci/types/runtime-spec.ts'

/**
 * Runs hooks in order, each with the container's state on its stdin.
 * @throws ERR_HOOK_FAILED at the first that fails, is not there or runs over its timeout
 * @see runtime-spec config.md, POSIX-platform Hooks
 */
export async function runHooks(kind: string, hooks: readonly Hook[] | undefined, state: State): Promise<void> {
  for (const [index, hook] of (hooks ?? []).entries()) await runHook(`${kind} hook #${index}`, hook, state)
}

async function runHook(name: string, hook: Hook, state: State): Promise<void> {
  try {
    await runProgram(hook.path, {
      argv: hook.args ?? [hook.path],
      env: Object.fromEntries((hook.env ?? []).map(splitVariable)),
      input: JSON.stringify(state),
      timeoutMs: hook.timeout === undefined ? undefined : hook.timeout * 1000,
      cwd: state.bundle,
    })
  } catch (cause) {
    const reason = hasCode(cause, 'ERR_PROGRAM_MISSING') ? 'no such file' : (cause as Error).message
    throw new EngineError('ERR_HOOK_FAILED', `${name}: ${hook.path}: ${reason}`, {cause})
  }
}

function splitVariable(variable: string): [string, string] {
  const equals = variable.indexOf('=')
  return equals < 0 ? [variable, ''] : [variable.slice(0, equals), variable.slice(equals + 1)]
}
