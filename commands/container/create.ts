export {default} from '../create.ts'
