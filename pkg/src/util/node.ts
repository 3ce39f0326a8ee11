/**
 * The few modules of Node that are used where pages run too, by hand: with `@types/node` its globals
 * would be in scope in code that runs in browsers.
 */
interface WorkerThreads {
  Worker: new (
    url: URL,
    options: { execArgv?: string[] },
  ) => {
    on(event: 'message', listener: (message: unknown) => void): void;
    on(event: 'error' | 'messageerror', listener: (error: unknown) => void): void;
    on(event: 'exit', listener: (code: number) => void): void;
    readonly threadId: number;
    postMessage(message: unknown, transfer: Transferable[]): void;
    ref(): void;
    unref(): void;
    terminate(): Promise<number>;
  };
  parentPort: {
    on(event: 'message', listener: (message: unknown) => void): void;
    postMessage(message: unknown, transfer: Transferable[]): void;
  } | null;
}

interface FileHandle {
  stat(): Promise<{ size: number }>;
  read(buffer: Uint8Array): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
}

interface NodeModules {
  'node:worker_threads': WorkerThreads;
  'node:fs/promises': {
    open(path: string): Promise<FileHandle>;
    stat(path: string): Promise<{ size: number }>;
    readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
  };
  'node:os': { availableParallelism(): number };
  'node:url': { fileURLToPath(url: URL): string; pathToFileURL(path: string): URL };
}

interface NodeGlobals {
  process?: {
    versions?: { node?: string };
    argv: string[];
    execArgv: string[];
  };
  setImmediate?: (callback: () => void) => void;
}

/** The globals that only Node has. */
export const nodeGlobals = globalThis as NodeGlobals;

/** Whether this is Node: strings are paths, files can be read. */
export const isNode = typeof nodeGlobals.process?.versions?.node === 'string';

/**
 * A module of Node. The name is a variable to the `import`, because a bundler for browsers would
 * try to resolve a literal one, and could not keep a worker in one file.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): Promise<NodeModules[Name]> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<NodeModules[Name]>;
}
