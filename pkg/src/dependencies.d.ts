/**
 * The few things used of the two dependencies, by hand. The types of Papa Parse need
 * `@types/node`, whose globals would then be in scope in code that runs in browsers; those of
 * `@huggingface/jinja` import files without their extensions, which `NodeNext` refuses.
 */
declare module 'papaparse' {
  interface Step {
    /** The cells of one row. */
    data: string[];
    errors: { code: string }[];
    /** `cursor`: offset behind the row in the text, which is counted without a byte order mark. */
    meta: { cursor: number };
  }

  interface Config {
    delimiter: string;
    newline: '\n' | '\r';
    /** Called with each row, while the text is parsed. */
    step(row: Step, parser: { abort(): void }): void;
  }

  const papa: { parse(text: string, config: Config): unknown };
  export default papa;
}

declare module '@huggingface/jinja' {
  interface Token {
    type: string;
    value: string;
  }

  /** A statement or an expression; what else it has depends on `type`. */
  export interface Node {
    type: string;
  }

  export interface RuntimeValue {
    type: string;
    value: unknown;
    toString(): string;
  }

  /** Variables, and those of the scopes around them. */
  export class Environment {
    constructor(parent?: Environment);
    /** Declares a variable. */
    set(name: string, value: unknown): RuntimeValue;
    /** The scope that a variable is declared in; throws where it is in none. */
    resolve(name: string): Environment;
  }

  export class Interpreter {
    constructor(environment: Environment);
    run(program: Node): RuntimeValue;
    evaluate(node: Node | undefined, environment: Environment): RuntimeValue;
  }

  export function tokenize(
    source: string,
    options?: { lstrip_blocks: boolean; trim_blocks: boolean },
  ): Token[];
  export function parse(tokens: Token[]): Node;
}
