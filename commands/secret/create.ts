import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {parseLabels} from '../../src/cli/labels.ts'
import {readSecretData} from '../../src/cli/secret-data.ts'
import {hasCode} from '../../src/errors/index.ts'

export default class SecretCreate extends EngineCommand {
  static override summary = 'Create a new secret'
  static override description =
    'Keeps a secret, read from a file, from stdin with "-", or from a variable with --env. The driver "file" keeps it in a directory of its own, "pass" in a password store, "shell" by commands of yours.'
  static override usage = 'NAME FILE|-'
  static override examples = [
    '<%= command.id %> mysecret /path/to/secret',
    'printf "secretdata" | <%= command.id %> mysecret -',
    '<%= command.id %> --env mysecret MYVARIABLE',
  ]
  static override args = {name: flags.arg({required: true}), file: flags.arg({required: true})}
  static override flags = {
    driver: flags.string({
      char: 'd',
      summary: 'Where the secret is kept: file, pass or shell',
      suggests: ['file', 'pass', 'shell'],
    }),
    'driver-opts': flags.map({summary: 'Settings for the driver, as KEY=VALUE'}),
    env: flags.bool({summary: 'Take the argument for an environment variable that holds the data'}),
    ignore: flags.bool({summary: 'Keep a secret that already has this name, without an error'}),
    label: flags.array({char: 'l', summary: 'Label for the secret, as KEY=VALUE (repeatable)'}),
    replace: flags.bool({summary: 'Take the place of a secret that already has this name'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(SecretCreate)
    const {name = '', file = ''} = args
    const {secrets, events, config} = await this.runtime()
    const data = await readSecretData(file, given.env)
    try {
      const record = await secrets.create({
        ...{name, data, replace: given.replace, labels: parseLabels(given.label, 'unable to process labels')},
        driver: given.driver ?? config.secrets.driver,
        driverOptions: {...config.secrets.options, ...given['driver-opts']},
      })
      events.write({Type: 'secret', Status: 'create', Name: record.name, ID: record.id})
      this.print(record.id)
    } catch (error) {
      if (!given.ignore || !hasCode(error, 'ERR_SECRET_EXISTS')) throw error
      this.print(secrets.lookup(name).id)
    }
  }
}
