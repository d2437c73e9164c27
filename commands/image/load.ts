export {default} from '../load.ts'
