/** The folder in which Node caches models. */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import process from 'node:process';
import { defaultModel } from './default-model.js';

/** The name of the default model's file, which the lab and `cargo xtask model` look for too. */
export const defaultFile = 'SmolLM2-135M-Instruct-Q4_1.gguf';

/** The folder for models: that of the XDG specification, or what the system has in its place. */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const { XDG_CACHE_HOME: asked, LOCALAPPDATA: local } = env;
  // The specification says to ignore a relative path.
  if (asked !== undefined && isAbsolute(asked)) return join(asked, 'shotglass/models');
  if (platform === 'darwin') return join(home, 'Library/Caches/shotglass/models');
  if (platform === 'win32' && local !== undefined) return join(local, 'shotglass/models');
  return join(home, '.cache/shotglass/models');
}

/** The path of the default model, whether it is there or not. */
export function defaultPath(): string {
  return join(cacheFolder(), defaultFile);
}

/** Whether a file of the default model's length lies at a path. */
export async function isThere(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => null);
  return file?.isFile() === true && file.size === defaultModel.bytes;
}
