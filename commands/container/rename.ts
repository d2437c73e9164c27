export {default} from '../rename.ts'
