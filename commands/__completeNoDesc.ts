import Complete from './__complete.ts'

/** The same without descriptions. */
export default class CompleteNoDesc extends Complete {
  protected override readonly descriptions: boolean = false
}
