import {openVfs} from '../../../storage/drivers/vfs.ts'
import {describeSnapshotter} from '../../contracts/snapshotter.ts'

describeSnapshotter('vfs', (root) => openVfs(root))
