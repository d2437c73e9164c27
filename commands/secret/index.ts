import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Secret extends GroupCommand {
  static override summary = 'Manage secrets'
  static override description =
    'Works on secrets: what containers are given as files or variables and no image, log or inspect shows.'
}
