export {default} from '../attach.ts'
