// Takes out of a built package what nobody reads there: node pkg/compact.mjs [--minify] FOLDER
// `cargo xtask build` runs this on pkg/dist, and with --minify on the bindings that wasm-bindgen generates.
//
// - the white space of the records, which is two fifths of them;
// - three of four spaces of each step of indentation, as a tab;
// - the documentation in the modules, which is a sixth of them: editors read it in the declarations beside them;
// - declarations that nobody can import: those that no entry of the package leads to, a third of them;
// - with --minify, all that only readers need, which is three fifths of the bindings.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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

if (!values.minify) removeUnreached();

/** Deletes the declarations that those of the package's entries do not import, directly or through others. */
function removeUnreached() {
  const { exports } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'));
  const declarationOf = (path) => path.replace(/\.js$/, '.d.ts');
  const pathsIn = (entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(pathsIn);
  const reached = new Set();
  const next = pathsIn(exports).map((path) => resolve(folder, '..', declarationOf(path)));
  for (let path = next.pop(); path !== undefined; path = next.pop()) {
    if (!path.endsWith('.d.ts') || reached.has(path) || !existsSync(path)) continue;
    reached.add(path);
    const imports = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)['"]/g);
    for (const [, name] of imports) next.push(resolve(dirname(path), declarationOf(name)));
  }
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = resolve(folder, name);
    if (path.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
  }
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
