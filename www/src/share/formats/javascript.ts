import { defaultModel } from 'shotglass';
import { stemOf } from '../../app/own-task.ts';
import { exactly, type Shown, type TextFile } from '../shown.ts';

const references = {
  nothing: '',
  empty: ", reference: ''",
  answer: ", reference: 'Answer: '",
  contentFree: ', reference: contentFreePrompts(task, { shots })',
} as const;

/** A module that makes the same prompt with the package and asks the same of the same model. */
export function javascript(shown: Shown): TextFile {
  const { model, settings, classification } = shown;
  const { asked, appended } = exactly(shown);
  const { query: _, ...task } = asked.task;
  const { rule, comparison, topK } = settings;
  const labels = classification !== null;
  const names = ['Model', 'renderPrompt'];
  if (labels) names.push('classify', 'taskLabels');
  if (labels && comparison === 'contentFree') names.push('contentFreePrompts');
  const rendered = 'renderPrompt(task, { shots, query }).text';
  const sha256 = model?.sha256 ?? defaultModel.sha256;
  const isDefault = sha256 === defaultModel.sha256;
  const server = model?.server;
  const source = isDefault ? 'undefined' : literal(model?.file ?? 'model.gguf');
  const check = isDefault ? '' : `sha256: ${literal(sha256)}, `;
  const lines = [
    `import { ${names.sort(byName).join(', ')} } from 'shotglass';`,
    '',
    `const task = ${JSON.stringify(task, null, 2)};`,
    `const shots = ${asked.shots};`,
    `const query = ${literal(asked.query)};`,
    `const prompt = ${appended === '' ? rendered : `${rendered} + ${literal(appended)}`};`,
    '',
    ...(isDefault ? ['// Without a source it is the default model, from Hugging Face.'] : []),
    server === undefined
      ? `const model = await Model.load(${source}, { ${check}activationBits: ${model?.activationBits ?? 16} });`
      : `const model = await Model.connect(${literal(server)}, { model: ${literal(model?.name ?? '')} });`,
    `const { candidates, rest, entropy } = await model.predict(prompt, { topK: ${topK} });`,
    'for (const { text, p } of candidates) console.log(JSON.stringify(text), p);',
    "console.log(rest.count, 'other tokens', rest.p, 'entropy', entropy);",
    ...(labels
      ? [
          '',
          `const options = { rule: ${literal(rule)}${references[comparison]} };`,
          'const { labels, mass } = await classify(model, prompt, taskLabels(task), options);',
          'for (const { label, p } of labels) console.log(label, p);',
          "console.log('label-space mass', mass);",
        ]
      : []),
    'model.close();',
    '',
  ];
  return { name: `${stemOf(shown.draft)}.mjs`, type: 'text/javascript', text: lines.join('\n') };
}

function literal(text: string): string {
  return JSON.stringify(text);
}

/** As an import list is sorted: without regard to case. */
function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}
