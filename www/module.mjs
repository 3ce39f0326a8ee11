import { fileURLToPath } from 'node:url';
import { createRunnableDevEnvironment, resolveConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
let environment = null;

/** Compiles modules as the build does. It stays open, because modules import others later. */
async function open() {
  const config = await resolveConfig(
    {
      ...{ root, configFile: false, envDir: false, logLevel: 'error' },
      environments: {
        tool: {
          consumer: 'server',
          dev: { moduleRunnerTransform: true },
          // Node loads packages itself, so that theirs are the classes that tests know.
          resolve: { external: true, mainFields: [], conditions: ['node'] },
        },
      },
    },
    'serve',
  );
  const made = createRunnableDevEnvironment('tool', config, {
    runnerOptions: { hmr: false },
    hot: false,
  });
  await made.init();
  return made;
}

/** A module of this folder, for tools and tests that run in Node. A module that several of them import is one. */
export async function moduleOf(path) {
  environment ??= open();
  const { runner } = await environment;
  return runner.import(fileURLToPath(new URL(path, import.meta.url)));
}
