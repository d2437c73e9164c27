import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {inspectImageType} from '../../src/cli/image/inspect-type.ts'
import {failInspection} from '../../src/cli/inspect/fail-inspection.ts'
import {inspectOutput} from '../../src/cli/inspect-output.ts'
import {EngineError} from '../../src/errors/index.ts'
import {type InspectImage, inspectImage} from '../../src/image/index.ts'

export default class ImageInspect extends ImageCommand {
  static override summary = 'Display the configuration of an image'
  static override description = 'Prints the configuration of images as JSON, or what a template picks from it.'
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> alpine',
    '<%= command.id %> --format "imageId: {{.Id}} size: {{.Size}}" alpine',
  ]
  static override args = {image: flags.arg({multiple: true})}
  static override flags = {
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template', default: 'json'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ImageInspect)
    if (argv.length === 0) throw new EngineError('ERR_REFUSED', 'no names or ids specified')
    const images = await this.images()
    const failures: unknown[] = []
    const found = (argv as string[]).flatMap((name) => {
      try {
        return [inspectImage(images, images.lookup(name))]
      } catch (error) {
        failures.push(error)
        return []
      }
    })
    this.write(this.#output(found, given.format))
    failInspection(failures)
  }

  #output(found: readonly InspectImage[], format: string): string {
    try {
      return inspectOutput('inspect', found, format, {rowType: inspectImageType})
    } catch (error) {
      throw withContext('inspecting object: printing inspect output', error)
    }
  }
}

function withContext(context: string, error: unknown): unknown {
  if (error instanceof Error) error.message = `${context}: ${error.message}`
  return error
}
