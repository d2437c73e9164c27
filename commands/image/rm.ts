export {default} from '../rmi.ts'
