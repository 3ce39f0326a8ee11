// A picture of what the real model says, and a link to the lab with that very state, for pages that strip scripts.
// `cargo xtask image` runs this.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultModel, Model, renderPrompt } from 'shotglass';
import { formatProbability } from 'shotglass/format';
import packageJson from 'shotglass/package.json' with { type: 'json' };
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../../tests/support/files.mjs';
import {
  askedOf,
  defaultSettings,
  draftOf,
  encodeLink,
  labelsOf,
  picture,
  receiptOf,
  recordedTokens,
} from './lab.mjs';

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string' },
    shots: { type: 'string' },
    query: { type: 'string' },
    lab: { type: 'string' },
    out: { type: 'string' },
  },
});

const preset = presets.find(({ id }) => id === options.preset);
if (!preset) stop(`--preset must be one of ${presets.map(({ id }) => id).join(', ')}`);
const shots = options.shots === undefined ? preset.shots : Number(options.shots);
const most = preset.task.demonstrations.length;
if (!Number.isInteger(shots) || shots < 0 || shots > most) stop(`--shots must be 0 to ${most}`);
if (!URL.canParse(options.lab ?? '')) stop('--lab must be the address where the lab is served');
if (!options.out) stop('--out must be the folder to write to');
mustExist(modelFile, 'cargo xtask model');

const draft = { ...draftOf(preset), shots, ...(options.query && { query: options.query }) };
const files = await record(draft);
mkdirSync(options.out, { recursive: true });
for (const { name, text } of files) writeFileSync(join(options.out, name), text);
console.log(files.at(-1).text.trim());
console.error(`${files.map(({ name }) => name).join(', ')} in ${options.out}`);

/** Both pictures, and the Markdown that shows the one for the reader's theme and links to the lab. */
async function record(draft) {
  const model = await Model.load(modelFile, { sha256: defaultModel.sha256, activationBits: 16 });
  try {
    const asked = askedOf(draft);
    const prompt = renderPrompt(asked.task, { shots: asked.shots, query: asked.query }).text;
    const about = {
      name: defaultModel.name,
      file: null,
      sha256: model.info.sha256,
      activationBits: 16,
    };
    const { version } = packageJson;
    const prediction = await model.predict(prompt, { topK: recordedTokens });
    const { rule, comparison, sampling } = defaultSettings;
    const of = await labelsOf(model, prompt, asked, { rule, comparison });
    const promptSha256 = createHash('sha256').update(prompt).digest('hex');
    const facts = { shotglass: version, model: about, promptSha256, sampling };
    const receipt = receiptOf(facts, prediction, of && { of, rule, comparison });
    const link = await encodeLink({ draft, settings: defaultSettings, receipt });

    const shown = { draft, settings: defaultSettings, prompt, model: about, version };
    const top = await model.predict(prompt, { topK: defaultSettings.topK });
    const pictures = ['light', 'dark'].map((theme) =>
      picture({ ...shown, prediction: top, classification: null }, theme),
    );
    const text = markdown(top.candidates[0], new URL(`#${link}`, options.lab).href);
    return [...pictures, { name: 'shotglass.md', text }];
  } finally {
    model.close();
  }
}

/** HTML in Markdown, because only that knows of themes. */
function markdown({ text, p }, link) {
  const alt = `After ${shots} ${shots === 1 ? 'shot' : 'shots'}, ${text.trim()} comes next with p = ${formatProbability(p)}`;
  return `${[
    `<a href="${link}">`,
    '  <picture>',
    '    <source media="(prefers-color-scheme: dark)" srcset="shotglass-dark.svg">',
    `    <img src="shotglass-light.svg" alt="${escaped(alt)}">`,
    '  </picture>',
    '</a>',
  ].join('\n')}\n`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function stop(sentence) {
  console.error(`${sentence}.`);
  process.exit(2);
}
