import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {goJson} from '../../src/cli/go-json.ts'
import {failInspection} from '../../src/cli/inspect/fail-inspection.ts'
import {inspectSecretType} from '../../src/cli/inspect/secret-type.ts'
import {renderReport, renderValue} from '../../src/cli/template/index.ts'
import {EngineError} from '../../src/errors/index.ts'
import {type InspectSecret, inspectSecret} from '../../src/libpod/secret/index.ts'

export default class SecretInspect extends EngineCommand {
  static override summary = 'Inspect a secret'
  static override description = 'Prints what is known of secrets, but never the secret itself.'
  static override usage = 'SECRET [SECRET...]'
  static override examples = ['<%= command.id %> MYSECRET', '<%= command.id %> --format "{{.Spec.Name}}" MYSECRET']
  static override args = {secret: flags.arg({required: true, multiple: true})}
  static override flags = {
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template'}),
    pretty: flags.bool({summary: 'Print as indented text'}),
    showsecret: flags.bool({summary: "Print the secret's data as well"}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(SecretInspect)
    if (given.format && given.pretty)
      throw new EngineError('ERR_REFUSED', '--format and --pretty cannot be used together')
    const found: InspectSecret[] = []
    const failures: unknown[] = []
    for (const name of argv as string[])
      try {
        found.push(await this.#inspect(name, given.showsecret))
      } catch (cause) {
        failures.push(cause)
      }
    if (given.pretty) for (const secret of found) this.write(renderValue('inspect', PRETTY, secret, inspectSecretType))
    else if (given.format === undefined || given.format === 'json') this.print(goJson(found, 4))
    else this.write(renderReport({command: 'inspect', format: given.format, rows: found, rowType: inspectSecretType}))
    failInspection(failures, 'secret')
  }

  async #inspect(name: string, withData: boolean): Promise<InspectSecret> {
    const {secrets} = await this.runtime()
    const record = secrets.lookup(name)
    const secret = inspectSecret(record)
    return withData ? {...secret, SecretData: Buffer.from(await secrets.data(record)).toString()} : secret
  }
}

const PRETTY = `ID:              {{.ID}}
Name:              {{.Spec.Name}}
{{- if .Spec.Labels}}
Labels:
{{- range $key, $value := .Spec.Labels}}
 - {{$key}}{{if $value}}={{$value}}{{end}}
{{- end}}{{end}}
Driver:            {{.Spec.Driver.Name}}
Created at:        {{.CreatedAt}}
Updated at:        {{.UpdatedAt}}
{{- if .SecretData}}
Secret:            {{.SecretData}}{{end}}
`
