export {isSlirpNetwork, type SlirpOptions} from '../../network/slirp-options.ts'
