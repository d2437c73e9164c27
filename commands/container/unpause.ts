export {default} from '../unpause.ts'
