import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLiveSite } from './example.mjs';

test('Docusaurus: the tag in a page of the docs', () =>
  isLiveSite('docusaurus', 'site', {
    path: 'project/',
    publish: async (folder) => {
      await mkdir(join(folder, 'site'));
      await rename(join(folder, 'build'), join(folder, 'site/project'));
    },
  }));
