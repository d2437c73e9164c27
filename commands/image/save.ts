export {default} from '../save.ts'
