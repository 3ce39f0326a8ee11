import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;

/** Packs the package into a folder, which is made; answers where the file is. */
export async function pack(folder) {
  await mkdir(folder, { recursive: true });
  const { filename } = await packInto(folder);
  return join(folder, filename);
}

async function packInto(folder) {
  const pack = ['pack', '--json', '--workspace', 'pkg', '--pack-destination', folder];
  const { stdout } = await execute('npm', pack, { cwd: root });
  const [packed] = JSON.parse(stdout);
  return packed;
}

/** Packs the package and installs it in a new folder, as anyone else would have it. */
export async function packAndInstall() {
  const folder = await mkdtemp(join(tmpdir(), 'shotglass-tarball-'));
  const packed = await packInto(folder);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'someone-else', private: true, type: 'module' }),
  );
  const install = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await execute('npm', [...install, `./${packed.filename}`], { cwd: folder });
  return {
    folder,
    packed,
    /** Copies within the folder. */
    copy: (from, to) => cp(join(folder, from), join(folder, to), { recursive: true }),
    /** Runs a program in the folder; answers what it prints. */
    run: async (program, ...args) => {
      const { stdout } = await execute(program, args, { cwd: folder, timeout: 120_000 });
      return stdout;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
