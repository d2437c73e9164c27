/** Something that does not fit together, in one line. `repaired` tells whether it was put right. */
export interface Problem {
  readonly object: string
  readonly problem: string
  readonly repaired: boolean
}
