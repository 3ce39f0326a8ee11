import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextStream } from '../../../pkg/dist/worker/text-stream.js';

/** The deltas for tokens given as strings or bytes. */
function deltas(stops, tokens) {
  const stream = new TextStream(stops);
  const out = [];
  for (const token of tokens) {
    const { delta, stopped } = stream.push(Buffer.from(token));
    out.push(delta);
    if (stopped) return [...out, 'STOP'];
  }
  return [...out, stream.flush()];
}

test('a character in several tokens comes with the last of them', () => {
  assert.deepEqual(deltas([], ['a', [0xf0, 0x9f], [0x98], [0x80, 0x62]]), ['a', '', '', '😀b', '']);
});

test('a character that never ends does not come', () => {
  assert.deepEqual(deltas([], ['a', [0xf0, 0x9f]]), ['a', '', '']);
});

test('bytes that are no character come as U+FFFD, and U+FEFF stays', () => {
  assert.deepEqual(deltas([], ['\ufeffa', [0xff], 'b']), ['\ufeffa', '\ufffd', 'b', '']);
});

test('a stop string ends the text before it, also across tokens', () => {
  assert.deepEqual(deltas(['\n\n'], ['a\n\nb']), ['a', 'STOP']);
  assert.deepEqual(deltas(['\n\n'], ['a\n', '\nb']), ['a', '', 'STOP']);
  assert.deepEqual(deltas(['Q: ', '\n\n'], ['x', 'Q', ':', ' ']), ['x', '', '', '', 'STOP']);
});

test('what only looked like a stop string comes after all', () => {
  assert.deepEqual(deltas(['\n\n'], ['a\n', 'b']), ['a', '\nb', '']);
  assert.deepEqual(deltas(['aab'], ['a', 'a', 'a', 'c']), ['', '', 'a', 'aac', '']);
  assert.deepEqual(deltas(['abc'], ['ab']), ['', 'ab']);
});

test('the stop string that is complete first wins, then the earlier one', () => {
  assert.deepEqual(deltas(['abcd', 'bc'], ['ab', 'cd']), ['', '', 'STOP']);
  assert.deepEqual(deltas(['abcd', 'bc'], ['ab', 'c']), ['', 'a', 'STOP']);
});

test('any way of cutting the tokens gives the same text', () => {
  const bytes = Buffer.from('aab 😀 aaab é ab\n\nrest');
  const expected = 'aab 😀 aaab é ab';
  for (let size = 1; size <= bytes.length; size++) {
    for (let first = 0; first < size; first++) {
      const tokens = [bytes.subarray(0, first)];
      for (let at = first; at < bytes.length; at += size)
        tokens.push(bytes.subarray(at, at + size));
      const out = deltas(['\n\n', 'aaaab'], tokens);
      assert.equal(out.at(-1), 'STOP');
      assert.equal(out.slice(0, -1).join(''), expected);
    }
  }
});
