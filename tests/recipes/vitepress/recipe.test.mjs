import { test } from 'node:test';
import { isLiveSite } from '../recipe.mjs';

test('VitePress: the tag in Markdown', () => isLiveSite('vitepress', 'docs/.vitepress/dist'));
