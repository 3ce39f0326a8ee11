// The Python that recipes run: environments of their own, each installed once, in some minutes.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const run = promisify(execFile);

/** Where the recipes work. What is installed stays there for the next time. */
export const workplace = fileURLToPath(new URL('../../target/recipes/', import.meta.url));

const requirements = new URL('requirements.txt', import.meta.url);

/**
 * The interpreter of an environment. It is installed again if `wanted`, which says what is in it, is not what it was made of;
 * `install` gets pip, called with arguments, the interpreter and the folder.
 */
export async function environment(name, wanted, install) {
  const folder = join(workplace, name);
  const program = join(folder, 'bin/python');
  const installed = join(folder, 'installed.txt');
  const isThere = existsSync(installed) && (await readFile(installed, 'utf8')) === wanted;
  if (isThere) return program;
  await mkdir(workplace, { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  // What is imported is compiled then; all of torch would take minutes.
  const options = ['-m', 'pip', 'install', '--quiet', '--no-compile'];
  const pip = (...args) => run(program, [...options, ...args]);
  await install(pip, program, folder);
  await writeFile(installed, wanted);
  return program;
}

/** The interpreter with the packages of requirements.txt. */
export async function python() {
  const wanted = await readFile(requirements, 'utf8');
  return environment('venv', wanted, (pip) => pip('-r', fileURLToPath(requirements)));
}

/** Runs it to its end; answers what it printed. */
export async function runPython(args, env = {}) {
  const options = { cwd: workplace, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
  const { stdout } = await run(await python(), args, options);
  return stdout;
}

/** Starts a program that says when it listens, in a text that `ready` matches. */
export async function start(program, args, ready, env = {}) {
  const child = spawn(program, args, { cwd: workplace, env: { ...process.env, ...env } });
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

/** Starts a Python program that says where it listens. */
export async function startPython(args, ready) {
  return start(await python(), args, ready);
}
