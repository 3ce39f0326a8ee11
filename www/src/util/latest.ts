/**
 * A function that keeps what it made last, and gives it again for the same arguments: what is drawn from it is then not
 * drawn anew.
 */
export function latest<Args extends readonly unknown[], Result>(
  make: (...args: Args) => Result,
): (...args: Args) => Result {
  let last: { args: Args; result: Result } | null = null;
  return (...args) => {
    const known = last;
    if (known && args.every((arg, at) => arg === known.args[at])) return known.result;
    last = { args, result: make(...args) };
    return last.result;
  };
}
