/**
 * Why a call of Node's file system failed, in the system's own words: "permission denied" of `EACCES: permission
 * denied, open '/a/b'`. The sentence around it names the path, once.
 */
export function whyOf(error: unknown): string {
  const { message = error } = Object(error) as { message?: unknown };
  return String(message).replace(/^[A-Z]+: (.+?), \w+( '.*)?$/s, '$1');
}
