export {default} from '../search.ts'
