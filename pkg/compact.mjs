// Takes out of a built package what nobody reads there: node pkg/compact.mjs [--minify] FOLDER
// `cargo xtask build` runs this on pkg/dist, and with --minify on the bindings that wasm-bindgen generates.
//
// - the white space of the records, which is two fifths of them;
// - three of four spaces of each step of indentation, as a tab;
// - the documentation in the modules, which is a sixth of them: editors read it in the declarations beside them;
// - with --minify, all that only readers need, which is three fifths of the bindings.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { minifySync, parseSync } from 'vite';

const { values, positionals } = parseArgs({
  options: { minify: { type: 'boolean' } },
  allowPositionals: true,
});
const [folder] = positionals;
for (const name of readdirSync(folder, { recursive: true })) {
  if (name.endsWith('.js')) edit(name, values.minify ? minified : withTabs(withoutDocumentation));
  if (name.endsWith('.d.ts'))
    edit(
      name,
      withTabs((text) => text),
    );
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

function minified(text, name) {
  const { code, errors } = minifySync(name, text, { module: true });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0].message}`);
  return code;
}

/** What a change makes of a text, with tabs. The text of a template is not touched. */
function withTabs(change) {
  return (text, name) => {
    const changed = change(text, name);
    const templates = [];
    const visit = (node) => {
      if (node?.type === 'TemplateElement') templates.push(node);
      if (typeof node === 'object' && node !== null) Object.values(node).forEach(visit);
    };
    visit(parseSync(name, changed).program);
    const isTemplate = (at) => templates.some(({ start, end }) => start < at && at < end);
    return changed.replace(/^(?: {4})+/gm, (spaces, at) =>
      isTemplate(at) ? spaces : '\t'.repeat(spaces.length / 4),
    );
  };
}
