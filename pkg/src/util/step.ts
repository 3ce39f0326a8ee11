/** A partial result, and the progress of the work. */
export interface Step<Result> {
  /** Units of work done so far. */
  done: number;
  /** Units of work in total. */
  total: number;
  /** The result so far. The next step has a new object; this one does not change. */
  result: Result;
}
