/** From the arguments to an exit code: 0 done, 1 a problem, 2 wrong usage, 3 a check failed, 130 interrupted. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ShotglassError } from '../errors.js';
import { whyOf } from '../files/problem.js';
import { version } from '../version.js';
import { type Command, helpOf, isGiven, parserOptions, UsageError } from './command.js';
import { adaptCommand } from './commands/adapt.js';
import { compareCommand } from './commands/compare.js';
import { distilCommand } from './commands/distil.js';
import { embedCommand } from './commands/embed.js';
import { evaluateCommand } from './commands/evaluate.js';
import { finetuneCommand } from './commands/finetune.js';
import { modelsCommand } from './commands/models.js';
import { predictCommand } from './commands/predict.js';
import { scoreCommand } from './commands/score.js';
import { serveCommand } from './commands/serve.js';
import { snapshotCommand } from './commands/snapshot.js';
import { Terminal } from './terminal.js';

const commands: readonly Command[] = [
  serveCommand,
  predictCommand,
  scoreCommand,
  evaluateCommand,
  snapshotCommand,
  finetuneCommand,
  distilCommand,
  adaptCommand,
  compareCommand,
  embedCommand,
  modelsCommand,
];

/** Runs one command to its end. */
export async function main(args: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    // Who asks twice does not want to wait.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
  // The reader of a pipe may leave early, as `head` does: there is nothing more to do then.
  process.stdout.on('error', (error) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.stderr.on('error', () => {});
  const terminal = new Terminal(process);
  try {
    return await dispatch(args, terminal, interrupt.signal);
  } catch (error) {
    terminal.endProgress();
    if (interrupt.signal.aborted) return 130;
    if (error instanceof UsageError) {
      terminal.complain(`${error.message}\nSee: ${error.help}`);
      return 2;
    }
    terminal.complain(sentenceOf(error));
    return 1;
  }
}

async function dispatch(
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const [first, ...rest] = args;
  const [name, after] = first === 'help' ? [rest[0], ['--help']] : [first, rest];
  if (name === '--version' || name === '-V') {
    terminal.print(version);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h') {
    const isAsked = name !== undefined || first === 'help';
    if (isAsked) terminal.print(overview());
    else terminal.complain(overview());
    return isAsked ? 0 : 2;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const names = commands.map((one) => one.name).join(', ');
    throw new UsageError(`Unknown command '${name}'. Commands: ${names}.`, null);
  }
  const invocation = { ...parsed(command, after), terminal, signal };
  if (isGiven(invocation, 'help')) {
    terminal.print(helpOf(command));
    return 0;
  }
  terminal.isQuiet = isGiven(invocation, 'quiet');
  return command.run(invocation);
}

function parsed(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: parserOptions(command),
      allowPositionals: true,
    });
  } catch (error) {
    const { code, message } = Object(error) as { code?: unknown; message?: unknown };
    if (!String(code).startsWith('ERR_PARSE_ARGS')) throw error;
    throw new UsageError(String(message).split('. To specify')[0] as string, command.name);
  }
}

/** What is told in a sentence: our own errors, and those of the file system. Any other is a bug, and thrown. */
function sentenceOf(error: unknown): string {
  if (error instanceof ShotglassError) return error.message;
  if (!(error instanceof Error && 'code' in error)) throw error;
  const { path } = error as { path?: unknown };
  return typeof path === 'string' ? `${path}: ${whyOf(error)}.` : error.message;
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'shotglass: a quantized small GPT, and the exact probability of every next token.',
    '',
    'Usage: shotglass COMMAND [OPTIONS]',
    '',
    ...commands.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'Run shotglass COMMAND --help for the options of a command, shotglass --version for the version.',
  ].join('\n');
}
