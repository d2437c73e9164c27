import {EngineError} from '../../errors/index.ts'
import {inNetworkNamespace, runQuick} from '../../host/index.ts'

/** iproute2 in one network namespace. */
export class IpCommand {
  readonly #namespace: string

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  /** What `ip -json` or `tc -json` prints. @throws ERR_PROGRAM_FAILED, ERR_PROGRAM_MISSING, ERR_SYSCALL when the namespace is gone */
  async json(args: readonly string[], program: 'ip' | 'tc' = 'ip'): Promise<unknown> {
    const output = await this.#run(program, ['-json', ...args], '')
    try {
      return JSON.parse(output.trim() || '[]')
    } catch (cause) {
      throw new EngineError('ERR_PROGRAM_FAILED', `${program} ${args.join(' ')}: output is not JSON`, {cause})
    }
  }

  /** Runs lines of `ip -batch` or `tc -batch`; stops at the first that fails. */
  async batch(program: 'ip' | 'tc', lines: readonly string[]): Promise<void> {
    await this.#run(program, ['-batch', '-'], `${lines.join('\n')}\n`)
  }

  async #run(program: string, args: readonly string[], input: string): Promise<string> {
    // Starts before the first await, so it inherits the namespace that this thread is in.
    const running = inNetworkNamespace(this.#namespace, () => runQuick(program, args, {input, stdout: true}))
    const {exitCode, stdout, stderr} = await running
    if (exitCode === 0) return stdout
    const reason = stderr.trimEnd().split('\n')[0] || `exit code ${exitCode}`
    throw new EngineError('ERR_PROGRAM_FAILED', `${program} ${args.join(' ')}: ${reason}`)
  }
}
