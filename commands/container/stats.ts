export {default} from '../stats.ts'
