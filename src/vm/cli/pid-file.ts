import {writeFileAtomic} from '../../host/index.ts'

export function writePidFile(path: string | undefined, pid: number): void {
  if (path !== undefined) writeFileAtomic(path, String(pid), {mode: 0o644, durable: false})
}
