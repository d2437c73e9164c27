export {default} from '../commit.ts'
