/** One piece of output as the log holds it: a line without its end, or, when `partial`, a part of one. */
export interface LogPiece {
  readonly stream: 'stdout' | 'stderr'
  /** RFC 3339 with nanoseconds, in the host's zone. */
  readonly time: string
  readonly text: Buffer
  readonly partial: boolean
}

const SPACE = 0x20
const PARTIAL = 0x50

/**
 * Reads a line of a k8s-file log: `TIME STREAM P|F TEXT`. Undefined for what is none: the rest of a line that a full disk
 * or a rotation cut. @see Kubernetes CRI log format
 */
export function parseLogLine(line: Buffer): LogPiece | undefined {
  const afterTime = line.indexOf(SPACE)
  const afterStream = line.indexOf(SPACE, afterTime + 1)
  if (afterTime < 20 || afterStream < 0 || line[afterStream + 2] !== SPACE) return undefined
  const stream = line.toString('latin1', afterTime + 1, afterStream)
  if (stream !== 'stdout' && stream !== 'stderr') return undefined
  return {
    stream,
    time: line.toString('latin1', 0, afterTime),
    text: line.subarray(afterStream + 3),
    partial: line[afterStream + 1] === PARTIAL,
  }
}
