import {syscall} from '../../src/host/native.ts'

const AT_FDCWD = -100
const RENAME_EXCHANGE = 2

/** Swaps two directories in one step: no moment without either, for those who run from them. @see renameat2(2) */
export function exchangeDirectories(a: string, b: string): void {
  syscall(
    'int renameat2(int olddir, const char *oldpath, int newdir, const char *newpath, unsigned int flags)',
    AT_FDCWD,
    a,
    AT_FDCWD,
    b,
    RENAME_EXCHANGE,
  )
}
