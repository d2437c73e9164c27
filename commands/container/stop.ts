export {default} from '../stop.ts'
