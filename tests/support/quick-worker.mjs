// The package's worker with short waits and few retries, so that no test waits long. One thread, in Node.

import { retryPolicy } from '../../pkg/dist/util/retry.js';
import { Host } from '../../pkg/dist/worker/host.js';
import { connect } from '../../pkg/dist/worker/port.js';
import { startEngine } from '../../pkg/dist/worker/start-engine.js';

const quick = { ...retryPolicy, attempts: 3, firstDelayMs: 20, stallMs: 300 };

connect((port) => {
  const host = new Host(port, startEngine, quick);
  return (message) => host.receive(message);
});
