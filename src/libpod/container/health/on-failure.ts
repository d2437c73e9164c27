import type {ContainerConfig} from '../../define/container-config.ts'
import type {Engine} from '../../engine.ts'
import {killContainer} from '../kill.ts'
import {restartContainer} from '../restart.ts'
import {stopContainer} from '../stop.ts'

const SIGKILL = 9

const actions: Readonly<Record<ContainerConfig['healthOnFailure'], (engine: Engine, id: string) => Promise<void>>> = {
  none: async () => {},
  kill: (engine, id) => killContainer(engine, id, SIGKILL),
  restart: (engine, id) => restartContainer(engine, id, {}),
  stop: (engine, id) => stopContainer(engine, id, {}),
}

/** What `--health-on-failure` asks for once a container has become unhealthy. */
export function actOnFailure(engine: Engine, id: string, action: ContainerConfig['healthOnFailure']): Promise<void> {
  return actions[action](engine, id)
}
