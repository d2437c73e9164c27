import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Pod extends GroupCommand {
  static override summary = 'Manage pods'
  static override description =
    'Pods are a group of one or more containers sharing the same network, pid and ipc namespaces.'
}
