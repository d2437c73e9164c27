import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {failInspection} from '../../src/cli/inspect/fail-inspection.ts'
import {failedOutput} from '../../src/cli/inspect/inspect-all.ts'
import {inspectVolumeType} from '../../src/cli/inspect/volume-type.ts'
import {inspectOutput} from '../../src/cli/inspect-output.ts'
import {EngineError, hasCode} from '../../src/errors/index.ts'
import type {VolumeRecord, VolumeStore} from '../../src/libpod/volume/index.ts'

export default class VolumeInspect extends EngineCommand {
  static override summary = 'Display detailed information on one or more volumes'
  static override description = 'Prints the record of volumes as JSON, or what a template picks from it.'
  static override usage = 'VOLUME [VOLUME...]'
  static override examples = [
    '<%= command.id %> myvol',
    '<%= command.id %> --all',
    '<%= command.id %> --format "{{.Driver}} {{.Scope}}" myvol',
  ]
  static override args = {volume: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Show every volume'}),
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template', default: 'json'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(VolumeInspect)
    const names = argv as string[]
    if (given.all === names.length > 0)
      throw new EngineError('ERR_REFUSED', 'provide one or more volume names or use --all')
    const {volumes} = await this.runtime()
    const failures: Error[] = []
    const found = given.all ? volumes.list() : names.flatMap((name) => lookup(volumes, name, failures))
    const inspected = await Promise.all(found.map(({name}) => volumes.inspectLive(name)))
    try {
      this.write(inspectOutput('inspect', inspected, given.format, {rowType: inspectVolumeType}))
    } catch (cause) {
      throw failedOutput(cause)
    }
    failInspection(failures)
  }
}

function lookup(volumes: VolumeStore, name: string, failures: Error[]): VolumeRecord | [] {
  try {
    return volumes.lookup(name)
  } catch (cause) {
    if (!hasCode(cause, 'ERR_NO_SUCH_VOLUME')) throw failedInspection(name, cause)
    failures.push(new EngineError('ERR_REFUSED', `no such volume ${name}`))
    return []
  }
}

function failedInspection(name: string, cause: unknown): unknown {
  if (!(cause instanceof EngineError)) return cause
  return new EngineError('ERR_REFUSED', `inspecting volume ${name}: ${cause.message}`, {cause})
}
