export {default} from '../exec.ts'
