/** Lets the browser save a file, as if a link had been followed. */
export function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has been handed over by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href));
}
