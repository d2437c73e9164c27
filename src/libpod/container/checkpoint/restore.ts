import {existsSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {CheckpointReport, RestoreOptions} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {type HeldContainer, isOneOf} from '../held-container.ts'
import {initHeld} from '../init-held.ts'
import {changeContainer} from '../with-container.ts'
import {CheckpointFiles} from './checkpoint-files.ts'
import {readCriuStatistics} from './criu-statistics.ts'
import {withAddressesOf} from './network-status.ts'
import {requireCriu} from './require-criu.ts'

/** Brings the processes back that `checkpoint` saved. */
export function restoreContainer(engine: Engine, id: string, options: RestoreOptions = {}): Promise<CheckpointReport> {
  return changeContainer(engine, id, async (held) => {
    held.require(['configured', 'exited', 'stopped'], `container ${id} is running or paused, cannot restore`)
    await requireCriu(held)
    const files = new CheckpointFiles(engine, id)
    if (!existsSync(join(files.path('images'), 'inventory.img')))
      throw new EngineError(
        'ERR_REFUSED',
        `a complete checkpoint for this container cannot be found, cannot restore: ${id}`,
      )
    forgetAddresses(held, options)
    const begun = performance.now()
    await initHeld(held, {
      restore: {imagePath: files.path('images'), options: flagsOf(options)},
      attachments: withAddressesOf(files, held.config.network.attachments, options),
    })
    const runtimeMicroseconds = Math.round((performance.now() - begun) * 1000)
    const {state} = held
    if (!isOneOf(state, ['created'])) throw new EngineError('ERR_INTERNAL', `container ${id} was not restored`)
    held.save({
      state: {...state, status: 'running', startedAt: rfc3339Now()},
      checkpointed: false,
      restored: true,
      restoredAt: rfc3339Now(),
    })
    const statistics = join(held.bundle, 'stats-restore')
    const report = {
      runtimeMicroseconds,
      ...(options.printStats && {criu: readCriuStatistics(statistics, 'restore')}),
    }
    if (!options.keep) for (const path of [files.directory, statistics]) rmSync(path, {recursive: true, force: true})
    engine.events.container('restore', held.config)
    return report
  })
}

function flagsOf(options: RestoreOptions): string[] {
  return [
    ...(options.tcpEstablished ? ['--tcp-established'] : []),
    ...(options.tcpClose ? ['--tcp-close'] : []),
    ...(options.fileLocks ? ['--file-locks'] : []),
  ]
}

/** Addresses that `create` was given are forgotten for good when they are not wanted. */
function forgetAddresses({engine, config}: HeldContainer, {ignoreStaticIP, ignoreStaticMAC}: RestoreOptions): void {
  if (!ignoreStaticIP && !ignoreStaticMAC) return
  const attachments = config.network.attachments.map(({staticMAC, ...attachment}) => ({
    ...attachment,
    ...(ignoreStaticIP && {staticIPs: []}),
    ...(!ignoreStaticMAC && staticMAC && {staticMAC}),
  }))
  engine.state.replace({...config, network: {...config.network, attachments}})
}
