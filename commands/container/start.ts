export {default} from '../start.ts'
