import { test } from 'node:test';
import { isLiveSite } from './example.mjs';

test('VitePress: the tag in Markdown', () => isLiveSite('vitepress', 'docs/.vitepress/dist'));
