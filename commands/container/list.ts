import Ps from '../ps.ts'

export default class ContainerList extends Ps {
  static override aliases = ['ls']
}
