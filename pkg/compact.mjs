// Takes out of a built package what nobody reads there: node pkg/compact.mjs FOLDER
// `cargo xtask build` runs this on pkg/dist.
//
// - the white space of the records, which is two fifths of them;
// - the documentation in the modules, which is a sixth of them: editors read it in the declarations beside them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';

const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder, { recursive: true })) {
  if (name.endsWith('.js')) edit(name, withoutDocumentation);
  if (name.endsWith('.json')) edit(name, (text) => JSON.stringify(JSON.parse(text)));
}

function edit(name, change) {
  const path = join(folder, name);
  writeFileSync(path, change(readFileSync(path, 'utf8'), name));
}

/** A module without the comments that begin with two stars, and their lines. What bundlers read has one star. */
function withoutDocumentation(text, name) {
  const { comments, errors } = parseSync(name, text);
  if (errors.length > 0) throw new Error(`${name}: ${errors[0].message}`);
  return comments
    .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
    .reduceRight((rest, { start, end }) => {
      const before = rest.slice(0, start).replace(/[ \t]+$/, '');
      return before + rest.slice(end).replace(/^[ \t]*\n/, '');
    }, text);
}
