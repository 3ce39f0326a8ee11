/** Values of the template engine, written as Python writes them. */
import type { RuntimeValue } from '@huggingface/jinja';

/** A value of the engine as one of JavaScript. A number with a point stays one, as text. */
export function plainValue(value: RuntimeValue): unknown {
  // What an `if` without `else` is.
  if (value.type === 'UndefinedValue') return '';
  if (value.type === 'FloatValue') return new Float(value.toString());
  if (value.type === 'TupleValue') return Tuple.from(value.value as RuntimeValue[], plainValue);
  if (value.type === 'ArrayValue') return (value.value as RuntimeValue[]).map(plainValue);
  if (value.type === 'ObjectValue') {
    const entries = [...(value.value as Map<string, RuntimeValue>)];
    return Object.fromEntries(entries.map(([key, each]) => [key, plainValue(each)]));
  }
  return value.value;
}

/** A floating-point number as it is written. */
export class Float {
  constructor(readonly text: string) {}
}

/** A list that is written in parentheses. */
class Tuple extends Array<unknown> {}

/** A value as Python's `str` writes it. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : pythonLiteral(value);
}

/** A value as Python's `repr` writes it. */
function pythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return pythonString(value);
  if (value instanceof Float) return value.text;
  if (value instanceof Tuple) return `(${Array.from(value, pythonLiteral).join(', ')})`;
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value);
  return `{${entries.map(([key, each]) => `${pythonString(key)}: ${pythonLiteral(each)}`).join(', ')}}`;
}

function pythonString(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
  const inside = value.replace(/[\n\r\t\\'"]/g, (c) => escapes[c] ?? (c === quote ? `\\${c}` : c));
  return `${quote}${inside}${quote}`;
}
