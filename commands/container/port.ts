export {default} from '../port.ts'
