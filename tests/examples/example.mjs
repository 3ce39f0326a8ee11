// What all tests of examples share: a copy of the folder, the commands of its README, and the page in Chromium.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultModel, Model, renderPrompt } from 'shotglass';
import { presets } from 'shotglass/presets';
import { launch } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { serve } from '../support/serve.mjs';
import { isSame, runsLive } from '../support/tag.mjs';
import { pack } from '../tarball/installed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the examples are built. What their tools installed stays there for the next time. */
const workplace = join(root, 'target/examples');

/** A copy of an example's folder, and how to run commands in it. */
export async function example(name) {
  const folder = join(workplace, name);
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder)) {
    if (!['node_modules', 'venv'].includes(entry))
      await rm(join(folder, entry), { recursive: true });
  }
  await cp(join(root, 'examples', name), folder, { recursive: true });
  // npm would install into the nearest folder above that has one, which here is the checkout.
  if (!existsSync(join(folder, 'package.json'))) {
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  }
  const tarball = await pack(join(workplace, 'packed'));
  const run = (command) => shell(folder, command);
  return {
    folder,
    run,
    /** Runs what the README says, line by line, with the packed file in place of the published package. */
    async follow() {
      const readme = await readFile(join(folder, 'README.md'), 'utf8');
      const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) =>
        block.trim().split('\n'),
      );
      assert.ok(
        commands.some((command) => command.startsWith('npm install shotglass')),
        'the README does not install the package',
      );
      for (const command of commands) {
        await run(command.replace('npm install shotglass', `npm install --no-save ${tarball}`));
      }
    },
  };
}

/** Tools are told to keep to themselves; those that are no npm packages are found in `target/tools`. */
const environment = {
  ...process.env,
  PATH: `${join(root, 'target/tools/bin')}:${process.env.PATH}`,
  npm_config_ignore_scripts: 'true',
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  NEXT_TELEMETRY_DISABLED: '1',
  DOCUSAURUS_NO_UPDATE_NOTIFIER: '1',
};

/** Runs a command; what it printed is told when it fails. */
async function shell(folder, command) {
  const child = start(folder, command);
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, `\`${command}\` failed:\n${child.printed().slice(-4000)}`);
  return child.printed();
}

/** Starts a command in a group of its own. */
function start(folder, command) {
  const child = spawn('bash', ['-euc', command], { cwd: folder, env: environment, detached: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  return Object.assign(child, { printed: () => printed });
}

/** Starts a server of an example's own, and waits until it prints what says that it listens. */
export async function startServer(folder, command, ready) {
  const child = start(folder, command);
  const close = () => {
    try {
      process.kill(-child.pid);
    } catch {
      // It has ended by itself.
    }
  };
  for (let waited = 0; waited < 120_000; waited += 100) {
    const found = child.printed().match(ready);
    if (found) return { found, close };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  close();
  assert.fail(`\`${command}\` did not start:\n${child.printed().slice(-4000)}`);
}

/** What Node says to the prompt that all examples show: the preset `plural` after two shots. */
export async function truth() {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile, { activationBits: 16 });
  try {
    const { task } = presets.find(({ id }) => id === 'plural');
    return await model.predict(renderPrompt(task, { shots: 2 }), { topK: 10 });
  } finally {
    model.close();
  }
}

/**
 * Opens a page in which the default model comes from this machine, whatever asks for it; `complaints`
 * are what it writes of errors, and an exception that nobody caught fails the test.
 */
export async function withPage(url, use) {
  const model = await serve('', {
    files: { '/model.gguf': modelFile },
    headers: { 'access-control-allow-origin': '*' },
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => {
      const isIcon = /\/favicon\.ico$/.test(message.location().url);
      if (message.type() === 'error' && !isIcon) complaints.push(message.text());
    });
    const failure = new Promise((_, reject) => {
      page.on('pageerror', (error) => reject(new Error(`the page failed: ${error.stack}`)));
    });
    // Heard below, if it comes to that.
    failure.catch(() => {});
    await page.route(defaultModel.url, (route) =>
      route.fulfill({
        status: 302,
        headers: { location: `${model.url}model.gguf`, 'access-control-allow-origin': '*' },
      }),
    );
    await page.goto(url);
    return await Promise.race([use(page, complaints), failure]);
  } finally {
    await browser.close();
    model.close();
  }
}

/**
 * Follows an example whose result is a folder of plain files, and looks at the tag in its page. `publish`
 * is what the place does with the files that the author gives it.
 */
export async function isLiveSite(name, site, { path = '', publish = async () => {} } = {}) {
  const expected = await truth();
  const { folder, follow } = await example(name);
  await follow();
  await publish(folder);
  const server = await serve(join(folder, site));
  try {
    await withPage(server.url + path, async (page, complaints) => {
      await isLive(page, expected);
      assert.deepEqual(complaints, []);
    });
  } finally {
    server.close();
  }
}

/** The tag in the page: what is recorded in it, and what it says once it runs live, are what Node says. */
export async function isLive(page, expected) {
  const element = page.locator('shot-glass');
  await element.waitFor({ state: 'attached', timeout: 60_000 });
  const recorded = await element.evaluate((tag) =>
    [...tag.querySelectorAll(':scope > table data')].map((data) => Number(data.value)),
  );
  isSame(recorded, expected, 'recorded');
  await runsLive(page, expected);
}
