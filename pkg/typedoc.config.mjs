// The reference, made from the types by TypeDoc: an entry for each export of the package that has types.

import { readFileSync } from 'node:fs';

const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const typed = Object.values(exports).flatMap(({ types }) => types ?? []);

/** A name in the comment of one entry may be exported by another; TypeDoc looks no further than the file. */
function linkAcrossEntries(app) {
  app.converter.addUnknownSymbolResolver(({ symbolReference }, { project }) => {
    const path = symbolReference?.path?.map((part) => part.path) ?? [];
    const found = project.children
      ?.map((entry) => entry.getChildByName(path))
      .find((child) => child?.isDeclaration());
    return found && { target: found };
  });
}

export default {
  // Links to sources would need an address of the repository.
  disableSources: true,
  name: 'shotglass',
  entryPoints: typed.map((path) => path.replace('./dist/', './src/').replace('.d.ts', '.ts')),
  tsconfig: './tsconfig.pages.json',
  out: '../target/typedoc',
  favicon: '../www/public/icon.svg',
  plugin: [linkAcrossEntries],
  excludePrivate: true,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: { invalidLink: true, notDocumented: true, notExported: true },
  // The list behind `ErrorCode`, whose comment has them all.
  intentionallyNotExported: ['errorCodes'],
  // Not properties: `id: number` of a token is told by its name. Not what sets: its twin, which gets, has the comment.
  requiredToBeDocumented: [
    'Class',
    'Interface',
    'TypeAlias',
    'Enum',
    'Variable',
    'Function',
    'Method',
    'GetSignature',
  ],
  // What the browser calls, and nobody else.
  intentionallyNotDocumented: ['connected', 'disconnected', 'attributeChanged'].map(
    (name) => `element.ShotGlassElement.${name}Callback`,
  ),
};
