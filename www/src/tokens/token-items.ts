import type { SurprisalEntry, Token } from 'shotglass';
import type { LabPrompt } from '../app/prompt.ts';
import type { StripItem } from '../elements/lab-strip.ts';
import { type Cell, cellsFromTokens } from '../elements/strip.ts';
import { strings } from '../strings/index.ts';
import { formatBits } from '../ui/numbers.ts';
import { hexOfBytes, spokenToken } from '../ui/visible.ts';
import { formatCount } from '../util/numerals.ts';
import { bitsOf, stepOf } from './surprisal.ts';

/** A token as a cell of the strip. What it says is made when it is drawn, for there may be thousands. */
class TokenItem implements StripItem {
  readonly tone: Cell['role'];
  readonly breaks: number;
  readonly step: number | null;

  constructor(
    private readonly cell: Cell,
    readonly token: Token,
    private readonly index: number,
    /** How surprising it is; null where that is not told. */
    readonly entry: SurprisalEntry | null,
  ) {
    this.tone = cell.role;
    this.breaks = cell.breaks;
    const bits = entry && bitsOf(entry);
    this.step = bits === null ? null : stepOf(bits);
  }

  get pieces() {
    return this.cell.pieces;
  }

  get name(): string {
    return `${spokenToken(this.token.bytes)}${strings.words.comma}${strings.roles[this.tone]}`;
  }

  get detail(): string {
    const { token, entry, index } = this;
    const { bytes, id } = token;
    const about = strings.tokenDetail(index + 1, id, hexOfBytes(bytes), bytes.length);
    const bits = entry && bitsOf(entry);
    if (bits === null || entry?.rank == null) return about;
    return `${strings.surprise.of(formatBits(bits), formatCount(entry.rank))}${strings.words.semicolon}${about}`;
  }
}

/** A token of which only the bytes and the logprob are recorded. */
export interface RecordedToken {
  bytes: Uint8Array;
  /** In nats; null for the first one. */
  logprob: number | null;
}

/** Recorded tokens as cells, tinted where that is asked for: without a model there is nothing to open. */
export function recordedItems(
  tokens: readonly RecordedToken[],
  prompt: LabPrompt,
  isTinted: boolean,
): StripItem[] {
  const decoder = new TextDecoder();
  const bare = tokens.map(({ bytes }): Token => ({ id: -1, bytes, text: decoder.decode(bytes) }));
  return cellsFromTokens(bare, prompt).map(({ pieces, role, breaks }, index): StripItem => {
    const token = tokens[index];
    const bits = token ? bitsOf(token) : null;
    const step = isTinted && bits !== null ? stepOf(bits) : null;
    return { pieces, tone: role, breaks, step, name: null, detail: null };
  });
}

/** The tokens of a prompt as cells; those of `before` that would be drawn alike are taken from there. */
export function tokenItems(
  tokens: readonly Token[],
  prompt: LabPrompt,
  known: readonly SurprisalEntry[],
  before: readonly StripItem[],
): StripItem[] {
  return cellsFromTokens(tokens, prompt).flatMap((cell, index) => {
    if (!cell.token) return [];
    const item = new TokenItem(cell, cell.token, index, known[index] ?? null);
    const old = before[index];
    const same =
      old instanceof TokenItem &&
      old.token.id === item.token.id &&
      old.tone === item.tone &&
      old.breaks === item.breaks &&
      old.entry === item.entry;
    return [same ? old : item];
  });
}
