export {default} from '../tag.ts'
