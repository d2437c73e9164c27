import {createServer, type Socket} from 'node:net'
import {join} from 'node:path'

export interface QmpServer extends AsyncDisposable {
  readonly path: string
  /** Commands that came, in order. */
  readonly received: {readonly execute: string; readonly arguments?: Record<string, unknown>}[]
  /** Writes raw text to the client. */
  say(text: string): void
}

/** What a QEMU would answer: a value, an error, or raw text in place of any answer. */
export type Reply =
  | {readonly return: unknown}
  | {readonly error: {class: string; desc: string}}
  | {readonly raw: string}

const GREETING = '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}\r\n'

/** A Unix socket that plays a QMP exchange. */
export async function qmpServer(
  directory: string,
  answer: (command: string, parameters: Record<string, unknown>) => Reply = () => ({return: {}}),
  greeting = GREETING,
): Promise<QmpServer> {
  const path = join(directory, 'qmp.sock')
  const received: QmpServer['received'] = []
  let client: Socket | undefined
  const server = createServer((socket) => {
    client = socket
    socket.on('error', () => {})
    socket.write(greeting)
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        const message = JSON.parse(line)
        received.push(message)
        const reply = message.execute === 'qmp_capabilities' ? {return: {}} : answer(message.execute, message.arguments)
        socket.write('raw' in reply ? reply.raw : `${JSON.stringify({...reply, id: message.id})}\r\n`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    path,
    received,
    say: (text) => void client?.write(text),
    [Symbol.asyncDispose]: async () => {
      client?.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
