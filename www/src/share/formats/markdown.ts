import { stemOf } from '../../app/own-task.ts';
import { strings } from '../../strings/index.ts';
import {
  formatEntropy,
  formatLogprob,
  formatProbability,
  tableProbability,
} from '../../ui/numbers.ts';
import { nameText, tokenLabel } from '../../ui/visible.ts';
import { formatCount } from '../../util/numerals.ts';
import { type Shown, sixDigits, type TextFile } from '../shown.ts';

/** The prompt in a fence, the numbers as they are shown and as they are, and which model said so. */
export function markdown(shown: Shown): TextFile {
  const { prompt, prediction, model, classification, version } = shown;
  const words = strings.keep.markdown;
  const parts = [fenced(prompt)];
  if (prediction) {
    const { candidates, rest, entropy } = prediction;
    const rows = candidates.map(({ bytes, p, logprob, rank }) => [
      formatCount(rank),
      code(tokenLabel(bytes)),
      tableProbability(p),
      sixDigits(p),
      formatLogprob(logprob),
    ]);
    rows.push(['', strings.rest(rest.count), tableProbability(rest.p), sixDigits(rest.p), '']);
    parts.push(table([words.rank, words.token, words.shown, 'p', words.logprob], rows));
    const known = entropy === null ? '' : `${words.entropy(formatEntropy(entropy))} `;
    parts.push(known + words.softmax);
  }
  if (prediction && classification) {
    const rows = classification.labels.map(({ label, p, logprob }) => [
      code(label),
      tableProbability(p),
      sixDigits(p),
      formatLogprob(logprob),
    ]);
    parts.push(table([words.label, words.posterior, 'p', words.logprob], rows));
    parts.push(words.mass(formatProbability(classification.mass)));
  }
  if (prediction && model) {
    const { name, sha256, activationBits, server } = model;
    parts.push(
      server === undefined
        ? words.model(code(nameText(name)), code(sha256), activationBits, version)
        : words.server(code(nameText(name)), server, version),
    );
  }
  return {
    name: `${stemOf(shown.draft)}.md`,
    type: 'text/markdown',
    text: `${parts.join('\n\n')}\n`,
  };
}

/** A fence is longer than any run of backticks in it. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${text}\n${fence}`;
}

/** A code span for a cell: the bar is the only character that a table takes for its own, even in code. */
function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const pad = /^`|`$/.test(text) || text === '' ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`.replaceAll('|', '\\|').replace(/[\r\n]+/g, ' ');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
