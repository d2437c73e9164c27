export {default} from '../top.ts'
