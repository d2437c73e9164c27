export {default} from '../unmount.ts'
