import {once} from 'node:events'
import {createConnection} from 'node:net'

/** Runs QMP commands one after the other on a fresh connection; returns their answers. */
export async function qmp(path: string, ...commands: readonly Record<string, unknown>[]): Promise<unknown[]> {
  const socket = createConnection(path)
  const results: unknown[] = []
  let text = ''
  socket.on('data', (chunk) => (text += chunk))
  try {
    for (const command of [{execute: 'qmp_capabilities'}, ...commands]) {
      socket.write(`${JSON.stringify(command)}\n`)
      results.push(await nextResult())
    }
  } finally {
    socket.destroy()
  }
  return results.slice(1)

  async function nextResult(): Promise<unknown> {
    for (;;) {
      const newline = text.indexOf('\n')
      if (newline < 0) {
        await once(socket, 'data')
        continue
      }
      const message = JSON.parse(text.slice(0, newline)) as {return?: unknown; error?: {desc: string}}
      text = text.slice(newline + 1)
      if (message.error) throw new Error(message.error.desc)
      if ('return' in message) return message.return
    }
  }
}
