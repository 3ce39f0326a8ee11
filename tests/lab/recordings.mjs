import { fileURLToPath } from 'node:url';
import { presets } from 'shotglass/presets';
import { createServer } from 'vite';

// `labModule` cannot fetch later what a module asks for when it is called, and all records but one are fetched so.
const server = await createServer({
  configFile: false,
  root: fileURLToPath(new URL('../../www/', import.meta.url)),
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  appType: 'custom',
  logLevel: 'error',
});
const recorded = await server.ssrLoadModule('/src/recorded/index.ts');

/** What is recorded of each preset, by its id, as the page gets it. */
export const recordings = new Map();
for (const { id } of presets) recordings.set(id, await recorded.recordedOf(id));
await server.close();

export const { at, leadRecorded, measuredOf, predictionOf } = recorded;
