export {default} from './container/diff.ts'
