import type {Verb} from './verb.ts'

/** Loaded when used: a verb costs only its own code at start. */
export const verbs: Readonly<Record<string, () => Promise<{readonly verb: Verb}>>> = {
  create: () => import('./create.ts'),
  start: () => import('./start.ts'),
  state: () => import('./state.ts'),
  kill: () => import('./kill.ts'),
  delete: () => import('./delete.ts'),
  exec: () => import('./exec.ts'),
  run: () => import('./run.ts'),
  ps: () => import('./ps.ts'),
  list: () => import('./list.ts'),
  pause: () => import('./pause.ts'),
  resume: () => import('./resume.ts'),
  update: () => import('./update.ts'),
  events: () => import('./events.ts'),
  network: () => import('./network.ts'),
  freeze: () => import('./freeze.ts'),
  thaw: () => import('./thaw.ts'),
  spec: () => import('./spec.ts'),
  features: () => import('./features.ts'),
  check: () => import('./check.ts'),
  kernel: () => import('./kernel.ts'),
  timings: () => import('./timings.ts'),
}
