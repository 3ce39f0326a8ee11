// A lesson as a file and as a link: what goes out comes back, and what is wrong in it is named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../support/seeded.mjs';
import { labModule } from '../module.mjs';

const {
  decodeLesson,
  encodeLesson,
  lessonFile,
  longestCaption,
  longestFile,
  longestTitle,
  mostSteps,
  readLessonFile,
} = await labModule('share/lesson.ts');
const { draftOf, emptyDraft } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presetById } = await labModule('presets/index.ts');

const step = (change = {}) => ({
  draft: draftOf(presetById('plural')),
  settings: defaultSettings,
  caption: 'A caption.',
  question: '',
  target: null,
  ...change,
});
const lesson = {
  title: '课 <b>one</b>',
  steps: [
    step(),
    step({ question: 'Will it?', target: 'ladder' }),
    step({ draft: { ...draftOf(presetById('sentiment')), shots: 2, query: '\n"odd" \u2028' } }),
    step({ draft: emptyDraft(), settings: { ...defaultSettings, view: 'tokens' }, caption: '' }),
  ],
};
/** The file as JSON, changed by hand. */
const changed = (change) => {
  const file = JSON.parse(lessonFile(lesson));
  change(file);
  return JSON.stringify(file);
};
const isUnreadable =
  (why, where = '') =>
  (error) => {
    assert.equal(error.name, 'Unreadable');
    assert.deepEqual([error.why, error.where], [why, where]);
    return true;
  };

test('a file and a link give the lesson back', async () => {
  const file = readLessonFile(lessonFile(lesson));
  assert.deepEqual(file, { lesson, drifted: false });
  const link = await encodeLesson(lesson);
  assert.match(link, /^lesson=[\w-]+$/);
  assert.deepEqual(await decodeLesson(`#${link}`), { lesson, drifted: false });
});

test('a preset that has changed since is told', () => {
  const text = changed((file) => {
    file.steps[0].draft.of = '00000000';
  });
  assert.equal(readLessonFile(text).drifted, true);
});

test('what is wrong is named by its place', () => {
  const refused = (why, where, change) =>
    assert.throws(() => readLessonFile(changed(change)), isUnreadable(why, where));
  refused('wrong', 'title', (file) => {
    file.title = 'x'.repeat(longestTitle + 1);
  });
  refused('wrong', 'steps', (file) => {
    file.steps = [];
  });
  refused('wrong', 'steps', (file) => {
    file.steps = Array(mostSteps + 1).fill(file.steps[0]);
  });
  refused('wrong', 'steps[1].caption', (file) => {
    file.steps[1].caption = 'x'.repeat(longestCaption + 1);
  });
  refused('wrong', 'steps[1].question', (file) => {
    file.steps[1].question = 7;
  });
  refused('wrong', 'steps[1].target', (file) => {
    file.steps[1].target = 'body *';
  });
  refused('wrong', 'steps[2].draft.query', (file) => {
    file.steps[2].draft.query = ['a'];
  });
  refused('wrong', 'steps[3].settings.topK', (file) => {
    file.steps[3].settings = { topK: 1e9 };
  });
  refused('newer', '', (file) => {
    file.version = 2;
  });
  refused('other', '', (file) => {
    file.format = 'shotglass-task';
  });
});

test('what is no lesson at all is refused', async () => {
  for (const text of ['', 'null', '[]', '7', '"lesson"', '<!doctype html>', '{"__proto__":{}}']) {
    assert.throws(() => readLessonFile(text), isUnreadable('other'), text);
  }
  assert.throws(() => readLessonFile(' '.repeat(longestFile + 1)), isUnreadable('long'));
  const nested = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
  assert.throws(() => readLessonFile(nested), isUnreadable('other'));
  const link = await encodeLesson(lesson);
  await assert.rejects(decodeLesson(`#${link.slice(0, -20)}`), isUnreadable('damaged'));
  await assert.rejects(decodeLesson('#lesson=<script>'), isUnreadable('damaged'));
});

test('a file with anything in any place is read or refused, and nothing else', () => {
  const random = seeded(11);
  const pick = (from) => from[Math.floor(random() * from.length)];
  const odd = [null, true, -1, 1e99, '', 'x'.repeat(3000), [], {}, ['a', 'b'], { toString: 1 }];
  const places = (value, at = []) =>
    typeof value === 'object' && value !== null
      ? Object.keys(value).flatMap((key) => [[...at, key], ...places(value[key], [...at, key])])
      : [];
  let refused = 0;
  for (let i = 0; i < 2000; i++) {
    const text = changed((file) => {
      const path = pick(places(file));
      const last = path.at(-1);
      const inside = path.slice(0, -1).reduce((value, key) => value[key], file);
      inside[last] = pick(odd);
    });
    try {
      readLessonFile(text);
    } catch (error) {
      assert.equal(error.name, 'Unreadable', `${text}\n${error.stack}`);
      refused += 1;
    }
  }
  assert.ok(refused > 1000, `${refused}`);
});
