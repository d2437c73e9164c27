import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {goJson} from '../../src/cli/go-json.ts'
import {failInspection} from '../../src/cli/inspect/fail-inspection.ts'
import {failedOutput} from '../../src/cli/inspect/inspect-all.ts'
import {inspectPodType} from '../../src/cli/inspect/pod-type.ts'
import {podSelectionFlags, selectPods} from '../../src/cli/pod/selection.ts'
import {isJsonFormat, renderReport} from '../../src/cli/template/index.ts'

import {EngineError, hasCode} from '../../src/errors/index.ts'

export default class PodInspect extends EngineCommand {
  static override summary = 'Display a pod configuration'
  static override description =
    'Prints the configuration of pods and who is in them as JSON, or what a template picks from it.'
  static override usage = 'POD [POD...]'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> --format "{{.State}}" mypod']
  static override strict = false
  static override flags = {
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template', default: 'json'}),
    latest: podSelectionFlags.latest,
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodInspect)
    const runtime = await this.runtime()
    if (argv.length === 0 && !given.latest) throw new EngineError('ERR_REFUSED', 'no names or ids specified')
    const found: Record<string, unknown>[] = []
    const failures: unknown[] = []
    if (argv.length > 0 && given.latest)
      throw new EngineError('ERR_REFUSED', '--latest and arguments cannot be used together')
    for (const {word, pod} of selectPods(runtime, {names: argv as string[], latest: given.latest}))
      try {
        found.push(await runtime.inspectPod(pod()))
      } catch (cause) {
        if (hasCode(cause, 'ERR_NAME_EMPTY')) throw cause
        failures.push(
          hasCode(cause, 'ERR_NO_SUCH_POD') ? new EngineError('ERR_REFUSED', `no such pod ${word}`, {cause}) : cause,
        )
      }
    if (!isJsonFormat(given.format)) this.write(rendered(found, given.format))
    else this.print(goJson(found.length === 1 ? found[0] : found, 5))
    failInspection(failures)
  }
}

function rendered(rows: readonly object[], format: string): string {
  try {
    return renderReport({command: 'inspect', format, rows, rowType: inspectPodType})
  } catch (cause) {
    throw failedOutput(cause)
  }
}
