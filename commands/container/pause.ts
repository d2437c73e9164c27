export {default} from '../pause.ts'
