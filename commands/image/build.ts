export {default} from '../build.ts'
