export {default} from '../mount.ts'
