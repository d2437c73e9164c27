export {default} from '../wait.ts'
