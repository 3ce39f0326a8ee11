import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLiveSite } from './example.mjs';

test('GitHub Pages: plain files under a sub-path', () =>
  isLiveSite('github-pages', 'site', {
    path: 'project/',
    publish: async (folder) => {
      await mkdir(join(folder, 'site'));
      await rename(join(folder, 'docs'), join(folder, 'site/project'));
    },
  }));
