export {default} from '../export.ts'
