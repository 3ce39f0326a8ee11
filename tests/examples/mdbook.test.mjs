import { test } from 'node:test';
import { isLiveSite } from './example.mjs';

test('mdBook: the tag in a chapter of a chapter', () =>
  isLiveSite('mdbook', 'book', { path: 'deep/page.html' }));
