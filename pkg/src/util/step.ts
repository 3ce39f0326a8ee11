/** A result on its way: what is known so far, and how much of the work that was. */
export interface Step<Result> {
  /** Pieces of work that are done. */
  done: number;
  /** All pieces. */
  total: number;
  /** What is known by now. The next step has a new object; this one does not change. */
  result: Result;
}
