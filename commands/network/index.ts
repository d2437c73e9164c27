import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Network extends GroupCommand {
  static override summary = 'Manage networks'
  static override description = 'Works on the networks that containers and pods are connected to.'
}
