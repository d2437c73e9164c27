import {readFileSync} from 'node:fs'
import * as flags from '../../../src/cli/flags.ts'
import {ImageCommand} from '../../../src/cli/image/image-command.ts'
import {renderReport} from '../../../src/cli/template/index.ts'
import {resolveEnvironment} from '../../../src/config/environment.ts'
import {EngineError} from '../../../src/errors/index.ts'
import {loadPolicy, type TrustRow, trustRows} from '../../../src/image/index.ts'

export default class ImageTrustShow extends ImageCommand {
  static override summary = 'Display trust policy for the system'
  static override description = 'Shows what the policy says of each registry.'
  static override usage = '[REGISTRY]'
  static override examples = ['<%= command.id %>', '<%= command.id %> --json']
  static override args = {registry: flags.arg()}
  static override flags = {
    json: flags.bool({char: 'j', summary: 'Print as json'}),
    noheading: flags.bool({char: 'n', summary: 'Leave out the headings'}),
    policypath: flags.string({summary: 'Policy file to read, instead of the configured one', hidden: true}),
    raw: flags.bool({summary: 'Print the policy file as it is'}),
    registrypath: flags.string({summary: 'Directory with the files that say where signatures are kept', hidden: true}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(ImageTrustShow)
    if (given.raw) return this.print(this.#rawPolicy(given.policypath))
    const rows = await trustRows(resolveEnvironment(), {
      policyPath: given.policypath,
      registriesPath: given.registrypath,
    })
    if (given.json) this.print(JSON.stringify(rows.map(jsonOf), null, 2))
    else
      this.write(
        renderReport({
          command: 'image trust show',
          rows: rows.map(tableRow),
          noHeading: given.noheading,
          format: 'table {{.Transport}}\t{{.Name}}\t{{.Type}}\t{{.ID}}\t{{.Store}}',
          origin: 'command',
        }),
      )
  }

  #rawPolicy(named: string | undefined): string {
    const path = named ?? loadPolicy(resolveEnvironment())?.path
    if (path === undefined) throw new EngineError('ERR_REFUSED', 'no policy.json')
    return readFileSync(path, 'utf8')
  }
}

function tableRow({transport, repository = '', type, keyID = '', store = ''}: TrustRow): object {
  return {Transport: transport, Name: repository, Type: type, ID: keyID, Store: store}
}

function jsonOf({transport, name, repository, store, type, keyID}: TrustRow): object {
  return {
    transport,
    ...(name !== undefined && {name}),
    ...(repository !== undefined && {repo_name: repository}),
    ...(store !== undefined && {sigstore: store}),
    type,
    ...(keyID && {gpg_id: keyID}),
  }
}
