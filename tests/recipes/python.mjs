// The Python that recipes run: an environment of their own, installed once, in some minutes.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the recipes work. What is installed stays there for the next time. */
export const workplace = fileURLToPath(new URL('../../target/recipes/', import.meta.url));

const requirements = new URL('requirements.txt', import.meta.url);

/** The interpreter, with the packages of requirements.txt. */
export async function python() {
  const folder = join(workplace, 'venv');
  const program = join(folder, 'bin/python');
  const installed = join(folder, 'installed.txt');
  const wanted = await readFile(requirements, 'utf8');
  const isThere = existsSync(installed) && (await readFile(installed, 'utf8')) === wanted;
  if (isThere) return program;
  await mkdir(workplace, { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(program, ['-m', 'pip', 'install', '--quiet', '-r', fileURLToPath(requirements)]);
  await writeFile(installed, wanted);
  return program;
}

/** Runs it to its end; answers what it printed. */
export async function runPython(args, env = {}) {
  const options = { cwd: workplace, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
  const { stdout } = await run(await python(), args, options);
  return stdout;
}

/** Starts a program that says where it listens. */
export async function startPython(args, ready) {
  const child = spawn(await python(), args, { cwd: workplace });
  let printed = '';
  const over = new Promise((resolve) => child.on('close', resolve));
  const stop = () => {
    child.kill();
    return over;
  };
  const found = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text;
        const match = ready.exec(printed);
        if (match) resolve(match);
      });
    }
    child.on('error', reject);
    over.then((code) => reject(new Error(`ended with ${code}:\n${printed.slice(-4000)}`)));
  });
  return { found, stop };
}
