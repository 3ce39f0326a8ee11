// The servers that were used: which are kept, and what is left out of the list.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';
import { Shelf } from '../shelf.mjs';

const { isOfServers, readServers, removeServer, withServer, writeServer } =
  await labModule('share/kept-servers.ts');
const { identityOf } = await labModule('app/server/address.ts');

const capabilities = {
  distribution: 'top',
  top: 20,
  promptLogprobs: true,
  namedTokens: false,
  tokenize: true,
  states: false,
};
const serverOf = (url, model, used = 1, more = {}) => ({
  id: identityOf(url, model),
  ...{ url, model, used, hasKey: false, vocabularySize: 257, capabilities, ...more },
});
const modelsOf = (shelf) => readServers(shelf).map(({ model }) => model);

test('a server comes back as it was written, once for each address and name', () => {
  const shelf = new Shelf();
  const first = serverOf('https://gpu.example:8000/v1', 'Qwen/Qwen3-8B', 1, { hasKey: true });
  const other = serverOf(first.url, 'other', 2, { vocabularySize: null });
  for (const one of [first, other]) writeServer(shelf, one);
  assert.deepEqual(readServers(shelf), [other, first], 'the last one used is first');
  const again = { ...first, used: 3, capabilities: { ...capabilities, top: 5 } };
  writeServer(shelf, again);
  assert.deepEqual(readServers(shelf), [again, other]);
  assert.deepEqual(withServer([other, first], again), [again, other]);
  removeServer(shelf, first.id);
  assert.deepEqual(readServers(shelf), [other]);
});

test('ten are kept: the one that was not used for longest goes, and nothing else does', () => {
  const shelf = new Shelf();
  shelf.setItem('shotglass.work', '{}');
  const all = Array.from({ length: 12 }, (_, at) => serverOf('http://a/v1', `m${at}`, 12 - at));
  for (const one of all) writeServer(shelf, one);
  const ten = all.slice(0, 10);
  assert.deepEqual(readServers(shelf), ten);
  assert.equal(shelf.length, 11);
  assert.deepEqual(
    all.toReversed().reduce((list, one) => withServer(list, one), []),
    ten,
  );
});

test('what is damaged or hostile is left out, and takes no other along', () => {
  const shelf = new Shelf();
  writeServer(shelf, serverOf('http://[::1]:8000/v1', 'good'));
  const put = (server, id = identityOf(server.url, server.model)) =>
    shelf.setItem(`shotglass.server.${id}`, JSON.stringify(server));
  for (const url of [
    'javascript:alert(1)//v1',
    'file:///etc/passwd',
    'http://me:secret@host/v1',
    'http://host/v1?key=sk-1',
    'http://host/v1#x',
    'host/v1',
    ' http://host/v1',
    `http://host/${'a'.repeat(1000)}`,
    '',
  ])
    put(serverOf(url, 'bad address'));
  const { url } = serverOf('http://host/v1', '');
  const broken = (more) => put({ ...serverOf(url, `bad ${JSON.stringify(more)}`), ...more });
  broken({ used: 8.7e15 });
  broken({ used: -1 });
  broken({ used: '1' });
  broken({ hasKey: 'sk-1' });
  broken({ vocabularySize: 0 });
  broken({ capabilities: null });
  broken({ capabilities: { ...capabilities, distribution: 'none' } });
  broken({ capabilities: { ...capabilities, top: 1e9 } });
  broken({ capabilities: { ...capabilities, tokenize: undefined } });
  put(serverOf(url, ''));
  put(serverOf(url, 'n'.repeat(501)));
  put({ ...serverOf(url, 'long'), more: 'x'.repeat(5000) });
  put(serverOf(url, 'of another place'), 'f'.repeat(64));
  for (const text of ['', '{', 'null', '[]', '7', '{"__proto__":{"url":"http://host/v1"}}'])
    shelf.setItem(`shotglass.server.${text.length}`, text);
  assert.deepEqual(modelsOf(shelf), ['good']);
  writeServer(shelf, serverOf(url, 'new', 2));
  assert.deepEqual(modelsOf(shelf), ['new', 'good']);
});

test('where nothing may be kept, or there is no room, nothing breaks', () => {
  const one = serverOf('http://a/v1', 'm');
  assert.deepEqual(readServers(null), []);
  writeServer(null, one);
  removeServer(null, one.id);
  const shelf = new Shelf();
  shelf.room = 10;
  writeServer(shelf, one);
  assert.deepEqual(readServers(shelf), []);
});

test('a change of the storage is one of the list by its key', () => {
  const keys = [null, `shotglass.server.${'0'.repeat(64)}`, 'shotglass.work', 'shotglass.task.a'];
  assert.deepEqual(keys.map(isOfServers), [true, true, false, false]);
});
