import {inNetworkNamespace} from '../../host/index.ts'
import {Links} from './links.ts'

/** The interfaces of a namespace. */
export function linksInside(netns: string): Links {
  return inNetworkNamespace(netns, () => new Links())
}

/** The same where the namespace may be gone. */
export function findLinksInside(netns: string): Links | undefined {
  try {
    return linksInside(netns)
  } catch {
    return undefined
  }
}
