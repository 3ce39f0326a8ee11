// What the tests of the packed package share: the folder where it is installed, cases in it, and what Node says there.

import assert from 'node:assert/strict';
import { cp, symlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { modelFile, mustExist } from '../support/files.mjs';
import { packAndInstall } from './installed.mjs';

/** Each folder here is a case, and all are asked the same. */
export const here = fileURLToPath(new URL('.', import.meta.url));

/** On one core there is nothing to share. */
const fastest = availableParallelism() > 1 ? 'threads' : 'relaxed';

/** With one thread, and where the page is isolated with more. */
export const both = [
  { isIsolated: false, build: 'relaxed' },
  { isIsolated: true, build: fastest },
];

export const passed = {
  abort: 'AbortError',
  resumes: true,
  sameFile: true,
  missing: 'download-failed',
};

/** The package as it is installed for the tests of one file, and what it says in Node. */
export function useInstalled() {
  let installed;
  const used = {
    folder: null,
    truth: null,
    /** The same as a prediction. */
    expected: null,
    /** A case in the folder where the package is installed; answers where. */
    async copyCase(name, folderName = name) {
      const folder = join(installed.folder, folderName);
      await cp(join(here, name), folder, { recursive: true });
      for (const shared of ['ask.js', 'checks.js'])
        await cp(join(here, shared), join(folder, shared));
      return folder;
    },
    /** The same with the package beside the page, as anyone would copy it there, and the model. */
    async copySite(name, folderName = name) {
      const folder = await used.copyCase(name, folderName);
      await installed.copy('node_modules/shotglass', `${folderName}/shotglass`);
      await symlink(modelFile, join(folder, 'model.gguf'));
      return folder;
    },
    /** What the page said is what Node said, from the build that it should run, without a complaint. */
    agrees({ answer, complaints }, build) {
      assert.deepEqual(complaints, []);
      assert.equal(answer.build, build);
      assert.deepEqual(answer.candidates, used.truth.candidates);
      assert.equal(answer.rest, used.truth.rest);
    },
  };
  before(async () => {
    mustExist(modelFile, 'cargo xtask model');
    installed = await packAndInstall();
    used.folder = installed.folder;
    await used.copyCase('node');
    await symlink(modelFile, join(installed.folder, 'model.gguf'));
    used.truth = JSON.parse(await installed.run(process.execPath, 'node/main.js'));
    const { candidates, rest } = used.truth;
    used.expected = { candidates: candidates.map(([, p]) => ({ p })), rest: { p: rest } };
  });
  after(() => installed?.remove());
  return used;
}
