/**
 * How long a browser may take to read what it saves, as FileSaver.js has it. Safari and Firefox begin to read a while
 * after the click, after asking where to, and a file whose address has been given back by then is empty or fails.
 */
const readMs = 40_000;

/** Lets the browser save a file, as if a link had been followed. */
export function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), readMs);
}
