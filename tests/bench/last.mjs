/** The last result of an experiment, which is the whole. */
export async function lastOf(steps) {
  let last;
  for await (const { result } of steps) last = result;
  return last;
}
