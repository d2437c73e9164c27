import {describeAsPodmanDoes} from './as-podman-does.ts'

describeAsPodmanDoes('networks')
