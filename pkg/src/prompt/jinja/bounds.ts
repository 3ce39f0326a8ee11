/**
 * The template engine within bounds: a template comes out of a file that somebody else has written, and a loop in it
 * costs its author nothing.
 */
import {
  Environment,
  Interpreter,
  type Node,
  parse,
  type RuntimeValue,
  tokenize,
} from '@huggingface/jinja';

/** What a template may do: about a second of work, and far more than a conversation takes. */
const mostSteps = 2_000_000;
/** So many characters that are read, made or written count as a step. */
const charactersPerStep = 32;
/** What takes the engine many times as long as a name or a text does, in steps. */
const costs: Readonly<Record<string, number>> = {
  MemberExpression: 4,
  CallExpression: 10,
  FilterExpression: 10,
  FilterStatement: 10,
  Break: 30,
  Continue: 30,
};
/** The same, of each item of a list that is looped over or sorted. */
const itemCost = 10;
/** The longest `range`, which is that of Jinja's sandbox, in which Transformers runs chat templates. */
const longestRange = 100_000;
const longestTemplate = 1_000_000;
/** The engine's time grows with the square of a run of white space. */
const longestBlank = 1_000;

const thousands = new Intl.NumberFormat('en-US');

/** The program of a template; `forChats` under the settings of Transformers. */
export function programOf(source: string, { forChats = false } = {}): Node {
  if (source.length > longestTemplate) {
    throw new Error(
      `The template has ${thousands.format(source.length)} characters. The limit is ${thousands.format(longestTemplate)}.`,
    );
  }
  for (const [blank] of source.matchAll(/\s+/g)) {
    if (blank.length > longestBlank) {
      throw new Error(
        `The template has ${thousands.format(blank.length)} whitespace characters in a row. The limit is ${thousands.format(longestBlank)}.`,
      );
    }
  }
  // The engine takes a line break off the end, which Transformers does, too, and the harness does not.
  const whole = forChats ? source : `${source}\n`;
  return parse(tokenize(whole, { lstrip_blocks: forChats, trim_blocks: forChats }));
}

export const constants = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
};

/** A scope with what every template can name. What nobody has declared it takes for its own, or the engine would throw and catch an error for each. */
export class GlobalScope extends Environment {
  constructor() {
    super();
    for (const [name, value] of Object.entries(constants)) this.set(name, value);
    this.set('range', range);
  }

  override resolve(): Environment {
    return this;
  }
}

/** Python's `range`. */
function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0) throw new Error('The step of a range must not be 0.');
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (!(length <= longestRange)) {
    throw new Error(`A range has at most ${thousands.format(longestRange)} numbers.`);
  }
  return Array.from({ length }, (_, i) => from + i * step);
}

/** What of a node is looked at, whatever its type. */
export interface AnyNode extends Node {
  value?: unknown;
  operator?: { value: string };
  left?: Node;
  right?: Node;
  operand?: AnyNode;
  test?: AnyNode;
  filter?: AnyNode;
  callee?: AnyNode;
  property?: AnyNode;
  args?: AnyNode[];
  iterable?: AnyNode;
  lhs?: AnyNode;
  argument?: AnyNode;
  object?: AnyNode;
}

/** How what comes of a node is counted: a list by its items, or by all that is in them, which is what writing it takes. */
interface Weight {
  whole: boolean;
  /** Steps for an item. */
  each: number;
}
const byItems: Weight = { whole: false, each: 1 };
const byEffort: Weight = { whole: false, each: itemCost };
const byAll: Weight = { whole: true, each: 1 };

/** Filters that take no longer for a longer list. */
const quickFilters: readonly string[] = [
  'length',
  'count',
  'first',
  'last',
  'list',
  'safe',
  'default',
  'd',
];
const writingFilters: readonly string[] = ['tojson', 'string', 'join'];
const slowFilters: readonly string[] = ['sort', 'unique', 'dictsort'];

/** The engine, which ends after so many steps: of expressions, of items in lists, and of characters. */
export class BoundedInterpreter extends Interpreter {
  #left = mostSteps;
  readonly #weights = new WeakMap<Node, Weight>();

  constructor(
    readonly program: Node,
    scope: Environment,
  ) {
    super(scope);
    for (const node of everyNode(program)) this.#weigh(node);
  }

  override evaluate(node: Node | undefined, scope: Environment): RuntimeValue {
    // The engine looks through the body of a macro each time that it meets it.
    const looksThrough = node?.type === 'Macro' || node?.type === 'CallStatement';
    this.#spend(looksThrough ? [...everyNode(node)].length : (costs[node?.type ?? ''] ?? 1));
    const value = super.evaluate(node, scope);
    const weight = node && this.#weights.get(node);
    if (weight) this.#spend(weightOf(value, weight, this.#left));
    return value;
  }

  /** The text that the program gives. */
  text(): string {
    return String(this.run(this.program).value);
  }

  #spend(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    throw new Error(
      `The template was stopped after ${thousands.format(mostSteps)} steps: its loops or texts are too long.`,
    );
  }

  /** Which parts of a node take longer, the longer what comes of them is. */
  #weigh(node: AnyNode): void {
    const weigh = (weight: Weight, ...nodes: (AnyNode | undefined)[]) => {
      for (const one of nodes) {
        if (!one) continue;
        const { whole, each } = this.#weights.get(one) ?? weight;
        this.#weights.set(one, {
          whole: whole || weight.whole,
          each: Math.max(each, weight.each),
        });
      }
    };
    switch (node.type) {
      case 'For':
        weigh(byEffort, node.iterable?.lhs ?? node.iterable);
        break;
      case 'FilterExpression': {
        const filter = nameOf(node.filter);
        if (quickFilters.includes(filter)) break;
        weigh(byItems, node);
        const isSlow = slowFilters.includes(filter);
        weigh(writingFilters.includes(filter) ? byAll : isSlow ? byEffort : byItems, node.operand);
        break;
      }
      case 'BinaryExpression': {
        if (/^(and|or)$/.test(node.operator?.value ?? '')) break;
        weigh(byAll, node.left, node.right);
        break;
      }
      case 'TestExpression':
        weigh(byItems, node.operand);
        break;
      case 'CallExpression':
        weigh(byItems, node, node.callee?.object, ...(node.args ?? []));
        break;
      case 'MemberExpression':
        if (node.property?.type === 'SliceExpression') weigh(byItems, node);
        break;
      case 'SpreadExpression':
      case 'KeywordSpreadExpression':
        weigh(byItems, node.argument);
        break;
      case 'KeywordArgumentExpression':
        if (isNode(node.value)) weigh(byItems, node.value);
        break;
    }
    for (const each of writtenIn(node)) weigh(byAll, each);
  }
}

/** How many steps it takes to go through a value; no more than a few beyond `most` are counted. */
function weightOf(value: RuntimeValue, { whole, each }: Weight, most: number): number {
  let weight = 0;
  const waiting = [value];
  for (let next = waiting.pop(); next && weight <= most; next = waiting.pop()) {
    const inner = next.value;
    if (typeof inner === 'string') weight += inner.length / charactersPerStep;
    else if (Array.isArray(inner)) {
      weight += inner.length * each;
      if (whole) for (const item of inner) waiting.push(item);
    } else if (inner instanceof Map) {
      weight += inner.size * each;
      if (!whole) continue;
      for (const [key, item] of inner) {
        weight += key.length / charactersPerStep;
        waiting.push(item);
      }
    }
  }
  return weight;
}

/** The nodes of a block, whose values are written. */
export function writtenIn(node: AnyNode): AnyNode[] {
  return ['body', 'alternate', 'defaultBlock'].flatMap((key) =>
    nodesIn((node as unknown as Record<string, unknown>)[key]),
  );
}

/** A node and all within it. */
export function* everyNode(node: Node): Generator<AnyNode> {
  const waiting: AnyNode[] = [node];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    for (const child of Object.values(next)) {
      for (const each of nodesIn(child)) waiting.push(each);
    }
  }
}

/** A node has nodes in properties, in arrays and, those of objects, in a `Map`. */
export function nodesIn(value: unknown): AnyNode[] {
  if (value instanceof Map) return [...value].flat().filter(isNode);
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

/** Of an identifier, or of what is called; `''` for anything else. */
export function nameOf(node: AnyNode | undefined): string {
  return String(node?.callee?.value ?? node?.value ?? '');
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}
