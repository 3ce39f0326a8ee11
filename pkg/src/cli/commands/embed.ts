/** `shotglass embed`: the files that a static site needs for `<shot-glass>`, and what to write into a page. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ShotglassError } from '../../errors.js';
import { defaultPath, isThere } from '../../files/cache-folder.js';
import { formatBytes } from '../../format/numbers.js';
import { version } from '../../version.js';
import {
  type Command,
  type Invocation,
  isGiven,
  jsonOption,
  textOption,
  UsageError,
} from '../command.js';
import { counted } from '../counted.js';
import { elementFiles, entry } from '../element-files.js';
import { parseJson } from '../input.js';
import { type LocalModel, localModel } from '../named-model.js';

const name = 'embed';
const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** A model file that was copied. */
interface EmbeddedModel {
  /** Relative to the folder. */
  path: string;
  sha256: string;
}

export const embedCommand: Command = {
  name,
  about: 'Copies the files that a static site needs for <shot-glass> into a folder.',
  usage: ['DIR [--model PATH|ID] [--force] [--json]'],
  options: [
    {
      name: 'model',
      value: 'PATH|ID',
      about:
        'A GGUF file, or a cached model, to copy too, so that the site serves the model itself.',
    },
    {
      name: 'force',
      value: null,
      about: 'Write into DIR even if it holds other files.',
    },
    { ...jsonOption, about: 'Print JSON: the files, their size and the HTML.' },
  ],
  notes: [
    'DIR is a folder of its own beside the pages, for example public/shotglass. The command prints the',
    'two lines of HTML for a page beside that folder. A folder that an earlier run has made is updated.',
    "Without --model, a reader's browser downloads the model (98 MB) from Hugging Face when the reader",
    `presses the button. Once the command has downloaded it, it is ${defaultPath()}.`,
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { terminal, positionals } = invocation;
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    throw new UsageError('Give one folder, for example public/shotglass.', name);
  }
  const named = textOption(invocation, 'model');
  const source = named === undefined ? null : await localModel(named, name);
  await mayWrite(folder, isGiven(invocation, 'force'));
  const files = await elementFiles(packageFolder);
  for (const path of files) await copy(join(packageFolder, path), join(folder, path));
  const model = source === null ? null : await copyModel(source, folder);
  const all = model === null ? files : [...files, model.path];
  const bytes = await bytesOf(all.map((path) => join(folder, path)));
  const html = linesFor(basename(resolve(folder)), model);
  if (isGiven(invocation, 'json')) {
    terminal.print(JSON.stringify({ version, folder, files: all, bytes, model, html }, null, 2));
    return 0;
  }
  terminal.say(`Wrote ${counted(all.length, 'file')}, ${formatBytes(bytes)}, to ${folder}.`);
  if (model === null) terminal.say(await modelHint());
  terminal.say('Write this into a page beside that folder:');
  terminal.print(html.join('\n'));
  return 0;
}

/** @throws if the folder is the package itself, or holds what this command has not written. */
async function mayWrite(folder: string, isForced: boolean): Promise<void> {
  if (resolve(folder) === resolve(packageFolder)) {
    throw new UsageError(`${folder} is the package itself. Name a folder of your site.`, name);
  }
  const there = await readdir(folder).catch((error: unknown) => {
    if (Object(error).code === 'ENOENT') return [];
    throw error;
  });
  if (there.length === 0 || isForced || (await isOurs(folder))) return;
  throw new ShotglassError(
    'invalid-option',
    `${folder} holds files that this command has not written. Name a folder of its own, for example ${join(folder, 'shotglass')}, or pass --force to write into this one.`,
  );
}

/** Whether an earlier run has made the folder: the package's own `package.json` lies in it, beside the entry. */
async function isOurs(folder: string): Promise<boolean> {
  const path = join(folder, 'package.json');
  const text = await readFile(path, 'utf8').catch(() => 'null');
  const hasEntry = (await stat(join(folder, entry)).catch(() => null))?.isFile() === true;
  return hasEntry && Object(parseJson(text, path)).name === 'shotglass';
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

async function copyModel(source: LocalModel, folder: string): Promise<EmbeddedModel> {
  const path = `models/${source.file}`;
  await copy(source.path, join(folder, path));
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(join(folder, path))) hash.update(chunk);
  return { path, sha256: hash.digest('hex') };
}

async function bytesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The script, and a tag to begin with; for a page beside the folder. */
function linesFor(folder: string, model: EmbeddedModel | null): string[] {
  const at = (path: string) => [folder, ...path.split('/')].map(encodeURIComponent).join('/');
  const own = model ? ` model="${at(model.path)}" model-sha256="${model.sha256}"` : '';
  return [
    `<script type="module" src="${at(entry)}"></script>`,
    `<shot-glass preset="plural" view="ladder"${own}></shot-glass>`,
  ];
}

async function modelHint(): Promise<string> {
  const path = defaultPath();
  const own = (await isThere(path)) ? path : 'PATH';
  return `Readers download the model from Hugging Face. To serve it from your site, pass --model ${own}.`;
}
