/**
 * What the command uses of Node, by hand: with `@types/node` its globals would be in scope in code that runs in
 * browsers.
 */
declare module 'node:process' {
  interface Output {
    isTTY?: boolean;
    write(text: string): boolean;
    on(event: 'error', listener: (error: Error & { code?: string }) => void): void;
  }
  /** The variables that the command looks at. */
  export interface Environment {
    LOCALAPPDATA?: string | undefined;
    NO_COLOR?: string | undefined;
    SHOTGLASS_MODEL?: string | undefined;
    SHOTGLASS_MODEL_URL?: string | undefined;
    TERM?: string | undefined;
    XDG_CACHE_HOME?: string | undefined;
  }
  const process: {
    argv: string[];
    env: Environment;
    exitCode: number | undefined;
    pid: number;
    platform: string;
    stdin: AsyncIterable<Uint8Array> & { destroy(): void };
    stdout: Output;
    stderr: Output;
    exit(code: number): never;
    kill(pid: number, signal: 0): void;
    on(event: 'SIGINT', listener: () => void): void;
  };
  export default process;
}

declare module 'node:util' {
  /** @throws an error whose `code` begins with `ERR_PARSE_ARGS`. */
  export function parseArgs(config: {
    args: string[];
    options: Record<string, { type: 'string' | 'boolean'; short?: string }>;
    allowPositionals: boolean;
  }): { values: Record<string, string | boolean | undefined>; positionals: string[] };
}

declare module 'node:path' {
  export function basename(path: string): string;
  export function dirname(path: string): string;
  export function extname(path: string): string;
  export function isAbsolute(path: string): boolean;
  export function join(...parts: string[]): string;
  export const sep: string;
}

declare module 'node:os' {
  export function homedir(): string;
  export function hostname(): string;
  export function networkInterfaces(): Record<
    string,
    { address: string; family: string; internal: boolean }[] | undefined
  >;
}

declare module 'node:worker_threads' {
  /** 0 is the main thread. */
  export const threadId: number;
}

declare module 'node:url' {
  export function fileURLToPath(url: URL): string;
}

declare module 'node:crypto' {
  interface Hash {
    update(bytes: Uint8Array): Hash;
    digest(encoding: 'hex'): string;
  }
  export function createHash(algorithm: 'sha256'): Hash;
  export function randomUUID(): string;
}

declare module 'node:child_process' {
  export function spawn(
    program: string,
    args: string[],
    options: { stdio: 'ignore'; detached: boolean },
  ): { on(event: 'error', listener: () => void): void; unref(): void };
}

declare module 'node:fs/promises' {
  export interface FileHandle {
    write(
      bytes: Uint8Array,
      offset: number,
      length: number,
      position: number,
    ): Promise<{ bytesWritten: number }>;
    read(
      into: Uint8Array,
      offset: number,
      length: number,
      position: number | null,
    ): Promise<{ bytesRead: number }>;
    stat(): Promise<Stats>;
    truncate(length: number): Promise<void>;
    sync(): Promise<void>;
    close(): Promise<void>;
  }
  interface Stats {
    size: number;
    mtime: Date;
    mtimeMs: number;
    isFile(): boolean;
  }
  export function mkdir(path: string, options: { recursive: boolean }): Promise<unknown>;
  export function open(path: string, flags: 'r' | 'r+' | 'w+'): Promise<FileHandle>;
  export function readdir(path: string): Promise<string[]>;
  export function readFile(path: string, encoding: 'utf8'): Promise<string>;
  export function rename(from: string, to: string): Promise<void>;
  export function rm(path: string, options: { force: boolean }): Promise<void>;
  export function stat(path: string): Promise<Stats>;
  export function statfs(path: string): Promise<{ bavail: number; bsize: number }>;
  export function utimes(path: string, accessed: Date, changed: Date): Promise<void>;
  export function writeFile(path: string, text: string, options?: { flag: 'wx' }): Promise<void>;
}

declare module 'node:fs' {
  interface Stats {
    size: number;
    mtime: Date;
    mtimeMs: number;
    isFile(): boolean;
  }
  interface ReadStream extends AsyncIterable<Uint8Array> {
    on(event: 'error', listener: () => void): void;
    pipe<Target>(target: Target): Target;
    destroy(): void;
  }
  export function createReadStream(
    path: string,
    options: { start?: number; end?: number; signal?: AbortSignal },
  ): ReadStream;
  export function rmSync(path: string, options: { force: boolean }): void;
  export function readdirSync(path: string, options: { recursive: true }): string[];
  export function readFileSync(path: string): Uint8Array;
  export function readFileSync(path: string, encoding: 'utf8'): string;
  export function statSync(path: string): Stats;
  export function statSync(path: string, options: { throwIfNoEntry: false }): Stats | undefined;
}

declare module 'node:zlib' {
  interface Gunzip {
    on(event: 'error', listener: () => void): void;
    pipe<Target>(target: Target): Target;
  }
  export function createGunzip(): Gunzip;
}

declare module 'node:http' {
  export interface IncomingMessage {
    method?: string;
    url?: string;
    headers: {
      host?: string;
      'accept-encoding'?: string;
      'if-none-match'?: string;
      'if-range'?: string;
      range?: string;
    };
  }
  export interface ServerResponse {
    readonly headersSent: boolean;
    setHeader(name: string, value: string | number): void;
    writeHead(status: number, headers?: Record<string, string | number>): ServerResponse;
    end(text?: string): void;
    destroy(): void;
    on(event: 'close', listener: () => void): void;
  }
  export interface Server {
    listen(port: number, host: string, listening: () => void): void;
    address(): { port: number } | string | null;
    once(event: 'error', listener: (error: Error) => void): void;
    removeListener(event: 'error', listener: (error: Error) => void): void;
    close(): void;
    closeAllConnections(): void;
  }
  export function createServer(
    listener: (request: IncomingMessage, response: ServerResponse) => void,
  ): Server;
}
