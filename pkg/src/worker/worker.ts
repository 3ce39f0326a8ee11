/** The worker's entry: an engine with a model, or one of the threads of such an engine. */
import { Host } from './host.js';
import { connect } from './port.js';
import { startEngine } from './start-engine.js';
import { beThread } from './threads.js';

connect((port) => {
  const host = new Host(port, startEngine);
  return (message) => {
    if (message.type === 'thread') void beThread(message, port);
    else host.receive(message);
  };
});
