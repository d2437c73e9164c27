import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Buildx extends GroupCommand {
  static override summary = 'Build images'
  static override description = "Docker's name for build: scripts that call `docker buildx build` find it here."
}
