// The package's worker in a browser, which ends without a word to the package when the channel 'end' tells it to. The test
// hears on the channel 'ended' when it does.

new BroadcastChannel('end').onmessage = () => {
  new BroadcastChannel('ended').postMessage(null);
  close();
};

// Messages do not wait for a listener: those that come before the worker's own are kept for it.
const early = [];
const keep = ({ data }) => early.push(data);
addEventListener('message', keep);
await import('/dist/worker/worker.js');
removeEventListener('message', keep);
for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
