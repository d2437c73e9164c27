import {constants} from 'node:os'

const PROXIED: readonly NodeJS.Signals[] = [
  ...(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGCONT'] as const),
  ...(['SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGIO', 'SIGPWR', 'SIGXCPU', 'SIGXFSZ'] as const),
]

/** Passes signals that this process gets on to a container, until disposed. One that cannot be delivered is dropped. */
export class SignalProxy implements Disposable {
  readonly #listeners: readonly (readonly [NodeJS.Signals, () => void])[]

  constructor(deliver: (signal: number) => Promise<void>) {
    this.#listeners = PROXIED.map((name) => [name, () => void deliver(constants.signals[name]).catch(() => undefined)])
    for (const [name, listener] of this.#listeners) process.on(name, listener)
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener)
  }
}
