import {through} from '../../storage/index.ts'
import {EngineError} from '../errors/index.ts'
import {mediaTypes} from '../oci/types/image-spec.ts'
import {gzipInParallel} from './parallel-gzip.ts'
import type {LayerBlob} from './saved-manifest.ts'

export interface CompressionWanted {
  readonly format: 'gzip' | 'zstd'
  readonly level?: number
}

/** Half the work of zlib's own level, for one part in eighteen more bytes: pushes wait for the compressor. */
const GZIP_LEVEL = 3

/** @throws ERR_REFUSED, ERR_NOT_SUPPORTED */
export function parseCompression(format: string, level: number | undefined): CompressionWanted {
  if (format === 'zstd:chunked') throw new EngineError('ERR_NOT_SUPPORTED', 'compression format zstd:chunked: use zstd')
  if (format !== 'gzip' && format !== 'zstd')
    throw new EngineError('ERR_REFUSED', `cannot find compressor for "${format}"`)
  const most = format === 'gzip' ? 9 : 20
  if (level !== undefined && (level < 1 || level > most))
    throw new EngineError(
      'ERR_REFUSED',
      `invalid compression level ${level} for ${format}: must be between 1 and ${most}`,
    )
  return {format, ...(level !== undefined && {level})}
}

/** A chunk, of the source as of the result, is its reader's only until it asks for the next. */
export function compress(source: AsyncIterable<Buffer>, {format, level}: CompressionWanted): AsyncIterable<Buffer> {
  if (format === 'gzip') return gzipInParallel(source, level ?? GZIP_LEVEL)
  const {constants, createZstdCompress} = process.getBuiltinModule('node:zlib')
  return through(source, createZstdCompress({params: {[constants.ZSTD_c_compressionLevel]: level ?? 3}}))
}

/** How a layer of this media type is compressed; undefined for a type that does not tell. */
export function compressionOfType(mediaType: string | undefined): LayerBlob['compression'] | undefined {
  if (mediaType === undefined) return undefined
  if (/[+.]gzip$/.test(mediaType)) return 'gzip'
  if (mediaType.endsWith('+zstd')) return 'zstd'
  return mediaType === mediaTypes.ociLayer || mediaType === mediaTypes.dockerLayer ? 'none' : undefined
}
