import {EngineError} from '../../errors/index.ts'

/** The agent refused a request; `agentCode` is one of docs/agent-protocol.md, section 4, "Errors". */
export class AgentRefusal {
  readonly agentCode: string
  constructor(agentCode: string) {
    this.agentCode = agentCode
  }
}

/** Refusals of the guest's OCI runtime keep its own words: callers of any OCI runtime match them. */
export function agentError(op: string, code: string, message: string): EngineError {
  const cause = new AgentRefusal(code)
  if (code === 'command-not-found' || code === 'command-not-executable' || code === 'runtime')
    return new EngineError('ERR_AGENT', message, {cause})
  if (code === 'no-such-container') return new EngineError('ERR_OCI_CTR_UNKNOWN', `${op}: ${message}`, {cause})
  if (code === 'not-running') return new EngineError('ERR_OCI_CTR_NOT_RUNNING', `${op}: ${message}`, {cause})
  return new EngineError('ERR_AGENT', `agent ${op}: ${message} (${code})`, {cause})
}

/** True when the agent refused with one of these codes. */
export function refusedWith(error: unknown, ...agentCodes: readonly string[]): boolean {
  return (
    error instanceof EngineError && error.cause instanceof AgentRefusal && agentCodes.includes(error.cause.agentCode)
  )
}
