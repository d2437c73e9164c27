import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {EngineError, isErrno} from '../errors/index.ts'

/**
 * Runs a small program to its end and returns its output. It is spawned before the first await, so it inherits what the
 * calling thread is in (a network namespace); `run` is for everything else.
 * @throws as `run`
 */
export async function runInherited(program: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'pipe']})
  const closed = once(child, 'close')
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [output, messages, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    closed,
  ]).catch((cause: unknown) => {
    throw isErrno(cause, 'ENOENT') ? new EngineError('ERR_PROGRAM_MISSING', program, {cause}) : cause
  })
  if (exitCode === 0) return output
  const reason = messages.trimEnd().split('\n')[0] || signal || `exit code ${exitCode}`
  throw new EngineError('ERR_PROGRAM_FAILED', `${program} ${args.join(' ')}: ${reason}`)
}
