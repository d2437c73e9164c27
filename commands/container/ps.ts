export {default} from '../ps.ts'
