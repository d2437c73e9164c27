export {default} from '../history.ts'
