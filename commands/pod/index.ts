import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Pod extends GroupCommand {
  static override summary = 'Manage pods'
  static override description =
    'Pods are containers that share namespaces, or one virtual machine: they reach each other by localhost.'
}
