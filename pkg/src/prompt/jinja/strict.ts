/** The template engine as lm-evaluation-harness has it. */
import { Environment, type Node, type RuntimeValue } from '@huggingface/jinja';
import {
  type AnyNode,
  BoundedInterpreter,
  everyNode,
  GlobalScope,
  nameOf,
  writtenIn,
} from './bounds.js';
import { plainValue, pythonText } from './python-text.js';

/**
 * The columns of a row, which a template can use. In rows from `parseRows` all values are strings, whereas
 * the data sets of lm-evaluation-harness may have numbers: write `labels[label|int]` for an index.
 */
export type JinjaRow = Readonly<Record<string, unknown>>;

/**
 * The engine with what Jinja's `StrictUndefined` adds to it, that every use of what is not there is
 * an error, and with values written as Python writes them.
 */
export class StrictInterpreter extends BoundedInterpreter {
  /** Nodes whose values are written: everything in the body of a block. */
  readonly #written = new WeakSet<Node>();
  /** Nodes that may be undefined. */
  readonly #lenient = new WeakSet<Node>();

  constructor(program: Node, row: JinjaRow) {
    super(program, scopeOf(row));
    for (const node of everyNode(program)) {
      for (const each of writtenIn(node)) this.#written.add(each);
      // Tests and defaults take what is undefined.
      const { type, operand, test, filter } = node;
      const isTest = type === 'TestExpression' && /^(un)?defined$/.test(nameOf(test));
      const isDefault = type === 'FilterExpression' && nameOf(filter) === 'default';
      if (operand && (isTest || isDefault)) this.#lenient.add(operand);
    }
  }

  override evaluate(node: Node | undefined, environment: Environment): RuntimeValue {
    if (node === undefined || node.type === 'Comment') return super.evaluate(node, environment);
    const own = this.#evaluateAsPython(node, environment);
    const value = super.evaluate(own === null ? node : stringLiteral(own), environment);
    if (value.type === 'UndefinedValue') {
      // An `if` without `else` is nothing, even to `StrictUndefined`.
      if (this.#lenient.has(node) || node.type === 'SelectExpression') return value;
      throw new Error(undefinedMessage(node));
    }
    if (!this.#written.has(node) || isStatement(node)) return value;
    return super.evaluate(stringLiteral(pythonText(plainValue(value))), environment);
  }

  /**
   * The few things that the engine would do in another way than Python: done here if they are
   * short, else refused, so that nobody is given another text. Null for all others.
   */
  #evaluateAsPython(node: AnyNode, environment: Environment): string | null {
    const written = (each: Node | undefined) =>
      pythonText(plainValue(this.evaluate(each, environment)));
    if (node.type === 'BinaryExpression' && node.operator?.value === '~') {
      return written(node.left) + written(node.right);
    }
    const filter = node.type === 'FilterExpression' ? nameOf(node.filter) : '';
    if (filter === 'string') return written(node.operand);
    if (filter === 'join') {
      const list = this.evaluate(node.operand, environment).value;
      const isOther = ({ type }: RuntimeValue) => !/^(String|Integer)Value$/.test(type);
      if (Array.isArray(list) && list.some(isOther)) {
        throw new Error('join is supported only for strings and integers.');
      }
    }
    const method = node.type === 'CallExpression' ? nameOf(node.callee?.property) : '';
    if (/^[lr]?strip$/.test(method) && node.args?.length !== 0) {
      throw new Error(`${method} with an argument is not supported.`);
    }
    if (method === 'capitalize' || filter === 'capitalize') {
      throw new Error('capitalize is not supported.');
    }
    return null;
  }
}

function isStatement(node: Node): boolean {
  return [
    'If',
    'For',
    'Set',
    'Macro',
    'Break',
    'Continue',
    'CallStatement',
    'FilterStatement',
  ].includes(node.type);
}

function stringLiteral(value: string): Node & { value: string } {
  return { type: 'StringLiteral', value };
}

function undefinedMessage(node: AnyNode): string {
  switch (node.type) {
    case 'Identifier':
      return `'${node.value}' is undefined. It is not a column of the row.`;
    case 'MemberExpression':
      return `There is no '${node.property?.value ?? '…'}' in this value.`;
    default:
      return 'A value is undefined.';
  }
}

function scopeOf(row: JinjaRow): Environment {
  const scope = new Environment(new GlobalScope());
  for (const [name, value] of Object.entries(row)) {
    // A row has columns of any name, and `namespace` is one that the engine has taken.
    if (name !== 'namespace') scope.set(name, value);
  }
  return scope;
}
