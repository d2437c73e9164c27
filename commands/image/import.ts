export {default} from '../import.ts'
