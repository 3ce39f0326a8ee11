// The package's worker in a browser that denies it something: what is named in the query of its address.

const denied = new Set(location.search.slice(1).split(','));

const refuse = async () => {
  throw new DOMException('Denied by the test.', 'SecurityError');
};

if (denied.has('files')) StorageManager.prototype.getDirectory = refuse;
if (denied.has('handles')) FileSystemFileHandle.prototype.createSyncAccessHandle = refuse;
if (denied.has('first-handle')) {
  // As if the worker before this one, which was ended, still had it.
  const { createSyncAccessHandle } = FileSystemFileHandle.prototype;
  FileSystemFileHandle.prototype.createSyncAccessHandle = async () => {
    Object.assign(FileSystemFileHandle.prototype, { createSyncAccessHandle });
    throw new DOMException('Taken, says the test.', 'NoModificationAllowedError');
  };
}
if (denied.has('caches')) CacheStorage.prototype.open = refuse;
if (denied.has('locks')) LockManager.prototype.request = refuse;

// Messages do not wait for a listener: those that come before the worker's own are kept for it.
const early = [];
const keep = ({ data }) => early.push(data);
addEventListener('message', keep);
await import('/dist/worker/worker.js');
removeEventListener('message', keep);
for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
