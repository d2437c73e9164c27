import {EngineError} from '../../errors/index.ts'
import type {ImageRow} from './image-row.ts'

type Order = (a: ImageRow, b: ImageRow) => number

/** `images --sort`. @throws ERR_REFUSED */
export function imageOrder(field: string | undefined): Order {
  const order = orders[field ?? 'created']
  if (!order)
    throw new EngineError(
      'ERR_REFUSED',
      `"${field}" is not a valid field for sorting. Choose from: ${Object.keys(orders).join(', ')}`,
    )
  return order
}

const orders: Readonly<Record<string, Order>> = {
  created: (a, b) => b.createdMs - a.createdMs,
  id: (a, b) => compare(a.imageID, b.imageID),
  repository: (a, b) => compare(a.Repository, b.Repository),
  size: (a, b) => a.bytes - b.bytes,
  tag: (a, b) => compare(a.Tag, b.Tag),
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
