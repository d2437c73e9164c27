export {default} from '../untag.ts'
