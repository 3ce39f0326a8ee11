// The package's worker in a browser, which ends without a word when the channel 'end' tells it to.

new BroadcastChannel('end').onmessage = () => close();

// Messages do not wait for a listener: those that come before the worker's own are kept for it.
const early = [];
const keep = ({ data }) => early.push(data);
addEventListener('message', keep);
await import('/dist/worker.js');
removeEventListener('message', keep);
for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
