// WebKit for tests: WebKitGTK's MiniBrowser on a virtual screen, driven through the WebDriver protocol.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

/** Where the protocol puts the id of an element in what it answers. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** As long as a test may wait for the model to be loaded and run. */
const SCRIPT_LIMIT_MS = 600_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The keys that tests press, as the protocol spells them. */
const keys = { Home: '\uE011', ArrowRight: '\uE014' };

const browserFile = process.env.WEBKIT ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

/** Why there is nothing to test here, or false. What was named must be there. */
export const webkitIsMissing =
  process.env.WEBKIT === undefined && !existsSync(browserFile) && 'this system has no WebKitGTK';

/** A browser with a profile of its own that is gone when it closes. */
export async function launchWebKit() {
  const processes = [];
  const end = () => {
    for (const child of processes.splice(0).reverse()) endGroup(child);
    process.off('exit', end);
    for (const signal of signals) process.off(signal, endAndLeave);
  };
  const endAndLeave = () => {
    end();
    process.exit(1);
  };
  // Whatever ends the tests: nobody else would end these.
  process.once('exit', end);
  for (const signal of signals) process.once(signal, endAndLeave);
  try {
    const screen = start(process.env.XVFB ?? 'Xvfb', [
      '-displayfd',
      '3',
      '-screen',
      '0',
      '1280x1000x24',
    ]);
    processes.push(screen);
    const display = await firstLine(screen.stdio[3], screen);
    const port = await freePort();
    const driver = start(process.env.WEBKIT_DRIVER ?? 'WebKitWebDriver', [`--port=${port}`], {
      // Safari gives shared memory to a page that is isolated; WebKitGTK has it behind this option.
      JSC_useSharedArrayBuffer: '1',
      DISPLAY: `:${display}`,
      // A Wayland session of the person who runs the tests would show the window there.
      GDK_BACKEND: 'x11',
      // The sandbox cannot be made by root, as whom a container runs.
      ...(process.getuid() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }),
    });
    processes.push(driver);
    const send = (method, path, body) => request(`http://127.0.0.1:${port}${path}`, method, body);
    await ready(send, driver);
    const session = await send('POST', '/session', {
      capabilities: {
        alwaysMatch: {
          'webkitgtk:browserOptions': { binary: browserFile, args: ['--automation'] },
        },
      },
    });
    const inSession = (method, path, body) =>
      send(method, `/session/${session.sessionId}${path}`, body);
    await inSession('POST', '/timeouts', { script: SCRIPT_LIMIT_MS, pageLoad: 60_000 });
    const first = await inSession('GET', '/window');
    return {
      version: session.capabilities.browserVersion,
      newPage: () => newPage(inSession, first),
      async close() {
        // The browser is the driver's child: it ends with the session, or at the latest with its screen.
        await inSession('DELETE', '').catch(() => {});
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** A new window, with the few methods of Puppeteer's pages that the tests use. */
async function newPage(send, first) {
  // A session whose window was closed does nothing before it is given another one.
  await send('POST', '/window', { handle: first });
  const { handle } = await send('POST', '/window/new', { type: 'window' });
  // All that is asked of a session is asked of the window that it was switched to last.
  const inWindow = async (method, path, body) => {
    await send('POST', '/window', { handle });
    return send(method, path, body);
  };
  const evaluate = async (work, argument) => {
    const { value, error } = await inWindow('POST', '/execute/async', {
      script: `const [argument, done] = arguments;
        Promise.resolve(argument).then(${work}).then(
          (value) => done({ value }),
          (error) => done({ error: String(error) + '\\n' + (error?.stack ?? '') }),
        );`,
      args: [argument ?? null],
    });
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  };
  const find = async (selector) => {
    const found = await inWindow('POST', '/element', { using: 'css selector', value: selector });
    return found[ELEMENT];
  };
  return {
    evaluate,
    goto: (url) => inWindow('POST', '/url', { url }),
    reload: () => inWindow('POST', '/refresh', {}),
    /** Waits until `work` answers something true. */
    async waitForFunction(work, argument, { timeout = 30_000 } = {}) {
      const until = performance.now() + timeout;
      while (!(await evaluate(work, argument))) {
        if (performance.now() > until) throw new Error(`not within ${timeout} ms: ${work}`);
        await sleep(50);
      }
    },
    waitForSelector(selector, options) {
      const isThere = (selector) => document.querySelector(selector) !== null;
      return this.waitForFunction(isThere, selector, options);
    },
    click: async (selector) => inWindow('POST', `/element/${await find(selector)}/click`, {}),
    /** Presses a key where the focus is. */
    async press(key) {
      const actions = ['keyDown', 'keyUp'].map((type) => ({ type, value: keys[key] }));
      await inWindow('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    close: () => inWindow('DELETE', '/window'),
  };
}

/** Starts a program in a process group of its own, so that it can be ended with all that it starts. */
function start(program, args, env = {}) {
  const child = spawn(program, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  child.words = '';
  child.stderr.setEncoding('utf8').on('data', (words) => {
    child.words = (child.words + words).slice(-2000);
  });
  child.ended = new Promise((_, reject) => {
    child.on('error', (error) =>
      reject(new Error(`${program} could not be started: ${error.message}`)),
    );
    child.on('exit', (code) => reject(new Error(`${program} ended (${code}): ${child.words}`)));
  });
  child.ended.catch(() => {});
  return child;
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended, or was never started.
  }
}

/** The first line that a program writes there. */
function firstLine(stream, child) {
  const line = new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (text.includes('\n')) resolve(text.split('\n')[0]);
    });
  });
  return Promise.race([line, child.ended]);
}

async function ready(send, driver) {
  const isReady = async () => {
    for (let i = 0; i < 200; i++) {
      if (await send('GET', '/status').catch(() => null)) return;
      await sleep(50);
    }
    throw new Error(`WebKitWebDriver does not answer: ${driver.words}`);
  };
  await Promise.race([isReady(), driver.ended]);
}

/** Not by `fetch`, which gives an answer up that takes minutes. */
async function request(url, method, body) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const outgoing = http.request(url, {
    method,
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
  });
  outgoing.end(text);
  const [response] = await once(outgoing, 'response');
  const { value } = JSON.parse(Buffer.concat(await response.toArray()));
  if (response.statusCode !== 200) throw new Error(`WebDriver: ${value.error}: ${value.message}`);
  return value;
}
