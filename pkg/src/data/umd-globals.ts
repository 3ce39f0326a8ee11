/**
 * What a file for CommonJS finds around it where a page loads it as a module. Neither `module` nor `this` is there, so it
 * would throw. Import this before such a file, and call {@link takeExports} behind it: nothing else runs in between.
 * Node and bundlers give such files a `module` of their own, which goes before the global one.
 */
const names = ['module', 'exports'] as const;
const module: { exports?: unknown } = {};
const isFree = names.every((name) => !Object.hasOwn(globalThis, name));

if (isFree) {
  Object.assign(globalThis, { module, exports: {} });
  // Also where the file was not found, or threw.
  queueMicrotask(takeExports);
}

/** Takes the globals away again, and answers what was exported; undefined where the file had a `module` of its own. */
export function takeExports(): unknown {
  if (isFree) for (const name of names) Reflect.deleteProperty(globalThis, name);
  return module.exports;
}
