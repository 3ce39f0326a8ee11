// The command `shotglass`, run as a user runs it.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { modelFile } from './files.mjs';

export const bin = fileURLToPath(new URL('../../pkg/dist/cli/index.js', import.meta.url));

/**
 * Starts it with the real model. `done` comes with the exit code and all that it wrote; `env` is added to the
 * environment, `input` is its standard input, which
 * stays open where it is null.
 */
export function start(args, { env = {}, input = '', cwd } = {}) {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, SHOTGLASS_MODEL: modelFile, ...env },
  });
  const written = { stdout: '', stderr: '' };
  const waits = [];
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      written[stream] += text;
      for (const check of waits) check();
    });
  }
  child.stdin.on('error', () => {});
  if (input !== null) child.stdin.end(input);
  const done = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...written }));
  });
  return {
    child,
    done,
    /** Waits for a text on one of the streams, and answers what matched. */
    says(pattern, stream = 'stdout') {
      return new Promise((resolve, reject) => {
        const check = () => {
          const match = pattern.exec(written[stream]);
          if (match) resolve(match);
        };
        waits.push(check);
        check();
        done.then(({ code }) => reject(new Error(`ended with ${code}: ${written.stderr}`)), reject);
      });
    },
  };
}

/** Runs it to its end. */
export function shotglass(args, options) {
  return start(args, options).done;
}
