import type {OptionContext} from '../create-options/option-context.ts'

export const USUALLY_SHARED = 'ipc,net,uts'

interface Sharing {
  readonly share: string
  readonly infra: boolean
}

/** `--share` in full: after a `+` come additions to what is usual. Who shares nothing needs no infra container, unless it was asked for. */
export function withShared<T extends Sharing>(given: T, {changed}: OptionContext): T {
  const share = given.share.startsWith('+') ? `${USUALLY_SHARED},${given.share.slice(1)}` : given.share
  const sharesNothing = share === '' || share === 'none'
  return {...given, share, infra: sharesNothing && !changed('infra') ? false : given.infra}
}
