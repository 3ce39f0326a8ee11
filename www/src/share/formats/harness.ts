import { identifierOf } from '../../app/own-task.ts';
import { asOneText, type Shown, type TextFile, wholly } from '../shown.ts';

/**
 * A task for lm-evaluation-harness (docs/task_guide.md there) and its two data files. The harness joins, without
 * anything between them,
 *
 * ```text
 * description, for each demonstration: doc_to_text target_delimiter target fewshot_delimiter, then doc_to_text
 * ```
 *
 * which is what `renderPrompt` does when the output's separator is the target delimiter. `first_n` keeps the
 * demonstrations in their order; the data files are two, because the harness leaves out of a prompt what it tests on.
 */
export function harness(shown: Shown): TextFile[] {
  const { task, query, shots } = harnessable(shown);
  const { template, instruction } = task;
  const name = identifierOf(shown.draft);
  const labels = task.labels ?? [];
  // The harness looks at the first character of each choice.
  const chosen = labels.length > 1 && !labels.includes('');
  const files = { rows: `${name}.jsonl`, demonstrations: `${name}_demonstrations.jsonl` };
  const dataFiles = { test: files.rows, ...(shots > 0 && { train: files.demonstrations }) };
  const { inputPrefix, inputSuffix, outputPrefix } = template;
  const docToText = `${jinja(inputPrefix)}{{ input }}${jinja(inputSuffix + outputPrefix)}`;
  const description = instruction === '' ? '' : jinja(instruction + template.instructionSeparator);
  const yaml = [
    `# lm_eval --model hf --model_args pretrained=… --tasks ${name} --include_path .`,
    '# The row to test on has no output yet: write the right one into it, and add rows as you like.',
    `task: ${quoted(name)}`,
    'dataset_path: json',
    'dataset_kwargs:',
    '  data_files:',
    ...Object.entries(dataFiles).map(([split, file]) => `    ${split}: ${quoted(file)}`),
    'test_split: test',
    ...(shots > 0 ? ['fewshot_split: train', 'fewshot_config:', '  sampler: first_n'] : []),
    `num_fewshot: ${shots}`,
    ...(description === '' ? [] : [`description: ${quoted(description)}`]),
    `doc_to_text: ${quoted(docToText)}`,
    // The name of a column: its text is taken as it is.
    'doc_to_target: output',
    ...(chosen ? ['doc_to_choice:', ...labels.map((label) => `  - ${quoted(label)}`)] : []),
    `target_delimiter: ${quoted(template.outputSeparator)}`,
    `fewshot_delimiter: ${quoted(template.demonstrationSeparator)}`,
    ...(chosen
      ? [
          'output_type: multiple_choice',
          'metric_list:',
          '  - metric: acc',
          '    aggregation: mean',
          '    higher_is_better: true',
        ]
      : [
          'output_type: generate_until',
          'generation_kwargs:',
          `  until: [${quoted(template.demonstrationSeparator || '\n\n')}]`,
          '  do_sample: false',
          `  max_gen_toks: ${shown.settings.sampling.maxTokens}`,
          'filter_list:',
          '  - name: trimmed',
          '    filter:',
          '      - function: remove_whitespace',
          '      - function: take_first',
          'metric_list:',
          '  - metric: exact_match',
          '    aggregation: mean',
          '    higher_is_better: true',
        ]),
    'metadata:',
    '  version: 1',
  ];
  const rows = task.demonstrations.slice(0, shots);
  const jsonl = (pairs: readonly { input: string; output: string }[]) =>
    pairs.map(({ input, output }) => `${JSON.stringify({ input, output })}\n`).join('');
  return [
    { name: `${name}.yaml`, type: 'application/yaml', text: `${yaml.join('\n')}\n` },
    { name: files.rows, type: 'application/jsonl', text: jsonl([{ input: query, output: '' }]) },
    ...(shots > 0
      ? [{ name: files.demonstrations, type: 'application/jsonl', text: jsonl(rows) }]
      : []),
  ];
}

/** The harness leaves both delimiters out after an empty target: such a prompt is one text there. */
function harnessable(shown: Shown) {
  const asked = wholly(shown);
  const empty = asked.task.demonstrations.slice(0, asked.shots).some(({ output }) => output === '');
  return empty ? asOneText(shown.draft, shown.prompt) : asked;
}

/**
 * Text as a Jinja template that gives exactly this text. A brace could begin an expression, a carriage return would
 * become a line feed.
 */
function jinja(text: string): string {
  return text.replace(/[{\r]/g, (character) => (character === '{' ? "{{ '{' }}" : "{{ '\\r' }}"));
}

/** A YAML double-quoted scalar: as JSON has strings, but for the characters that YAML does not print. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
