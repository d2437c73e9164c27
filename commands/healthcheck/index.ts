import {GroupCommand} from '../../src/cli/group-command.ts'

export default class HealthcheckGroup extends GroupCommand {
  static override summary = 'Manage health checks on containers'
  static override description = 'Run health checks on containers'
}
