import {Readable} from 'node:stream'

/** A stream that can also be read without one, and then through few buffers. */
export abstract class DirectReadable extends Readable {
  /** All its bytes; a chunk is the reader's only until it asks for the next. Not together with other reading. */
  abstract direct(): AsyncGenerator<Buffer>
}
