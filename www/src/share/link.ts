/**
 * The whole state in the part of an address that no server ever sees: `#v1/` and the base64url of the raw deflate of
 *
 * ```json
 * { "sum": "<fingerprint of the body's JSON>", "body": { "draft": …, "settings": …, "receipt": … } }
 * ```
 *
 * Deflate has no checksum of its own, so the sum finds a link that was changed on the way. It may be left out.
 *
 * Where a prompt is pinned, the body has it, too. Where a result of the prompt is known, a dot follows and the same of it,
 * with that of the pinned one. What befalls that part leaves the state whole.
 */
import { spokenLanguage } from '../strings/index.ts';
import { fingerprint } from '../util/fingerprint.ts';
import { type Fields, field, fields, inside, text } from './packed/check.ts';
import { Unreadable } from './packed/unreadable.ts';
import { packSent, type Sent, unpackSent } from './sent.ts';
import { type Opened, pack, type Shared, unpack } from './shared.ts';

const version = 1;
/** Longer links than any browser keeps are no links of ours. */
const longestLink = 400_000;
/** A few bytes can inflate to gigabytes: no more than this is ever read. */
const ofState = { text: longestLink, json: 2_000_000 };
/** The same of the results, which are lists of fixed length. */
const ofResult = { text: 40_000, json: 400_000 };

/** What a link says. Of a result that cannot be read it has the reason. */
export interface OpenedLink extends Opened {
  result: Sent | null;
  /** Of the pinned prompt. */
  pinnedResult: Sent | null;
  unreadable: Unreadable | null;
}

/** What follows the `#`, and whether the pinned prompt found room in it. */
export interface Link {
  link: string;
  isWhole: boolean;
}

/**
 * The link of a state. A pinned prompt, or its result, with which no page would read the link, is left out; that result
 * goes only beside one of the prompt itself.
 */
export async function linkOf(
  shared: Shared,
  result: Sent | null = null,
  pinnedResult: Sent | null = null,
): Promise<Link> {
  const { pinned = null } = shared;
  const alone = pack({ ...shared, pinned: null });
  const both = pinned && (await fitting(pack(shared), ofState));
  const state = both ?? (await deflated(alone));
  const packed = result && packSent(result);
  const results =
    packed && both && pinnedResult
      ? await fitting({ ...packed, pinned: packSent(pinnedResult) }, ofResult)
      : null;
  const parts = [state, ...(packed ? [results ?? (await deflated(packed))] : [])];
  return { link: `v${version}/${parts.join('.')}`, isWhole: pinned === null || both !== null };
}

/** The link alone. */
export async function encodeLink(...what: Parameters<typeof linkOf>): Promise<string> {
  return (await linkOf(...what)).link;
}

/** A body as a text; null where a page would not read it. */
async function fitting(body: object, most: typeof ofState): Promise<string | null> {
  // The fingerprint beside it is short.
  if (JSON.stringify(body).length + 100 > most.json) return null;
  const text = await deflated(body);
  return text.length > most.text ? null : text;
}

/** Any body as a text for an address, with its sum. */
export async function deflated(body: unknown): Promise<string> {
  const json = JSON.stringify({ sum: fingerprint(JSON.stringify(body)), body });
  const bytes = await through(
    new CompressionStream('deflate-raw'),
    new TextEncoder().encode(json),
    Number.POSITIVE_INFINITY,
  );
  return toBase64Url(bytes);
}

/** The page under the address that other sites preview in Chinese. */
export const chinesePage = 'zh.html';

/**
 * Where a link opens, shared from a page at `from`, with this `search`. Of that page's query it has the language, which is
 * there only if somebody asked for it; else the language is that of the reader's browser.
 */
export function addressOf(from: string, link: string, search = ''): string {
  const url = new URL(from);
  const asked = spokenLanguage(url.searchParams.get('lang') ?? '');
  const parameters = new URLSearchParams(search);
  if (asked) parameters.set('lang', asked);
  const folder = url.pathname.replace(/[^/]*$/, '');
  url.pathname = asked === 'zh-Hans' ? `${folder}${chinesePage}` : folder;
  url.search = parameters.toString();
  url.hash = link;
  return url.href;
}

/** Whether a hash means to be a link of ours, whole or not. */
export function isLink(hash: string): boolean {
  return /^#?v\d+\//.test(hash);
}

/**
 * What a link says, with or without its `#`.
 *
 * @throws {@link Unreadable}, and nothing else, whatever the text.
 */
export async function decodeLink(hash: string): Promise<OpenedLink> {
  const [, number = '', data = '', , result] = /^#?v(\d+)\/([^.]*)(\.(.*))?$/s.exec(hash) ?? [];
  if (number === '') throw new Unreadable('other');
  if (Number(number) > version) throw new Unreadable('newer');
  return { ...unpack(await inflated(data)), ...(await decodeResult(result)) };
}

async function decodeResult(
  data: string | undefined,
): Promise<Pick<OpenedLink, 'result' | 'pinnedResult' | 'unreadable'>> {
  const none = { result: null, pinnedResult: null, unreadable: null };
  if (data === undefined) return none;
  try {
    const body = await inflated(data, ofResult);
    const pinned = field(body, 'pinned');
    return {
      result: unpackSent(body),
      pinnedResult: pinned === undefined ? null : inside('pinned', () => unpackSent(pinned)),
      unreadable: null,
    };
  } catch (error) {
    if (error instanceof Unreadable) return { ...none, unreadable: error };
    throw error;
  }
}

/**
 * The body that `deflated` made a text of, neither of them longer than `most`.
 *
 * @throws {@link Unreadable}, and nothing else, whatever the text.
 */
export async function inflated(data: string, most = ofState): Promise<Fields> {
  if (data.length > most.text) throw new Unreadable('long');
  const bytes = fromBase64Url(data);
  const json = await through(new DecompressionStream('deflate-raw'), bytes, most.json);
  let link: unknown;
  try {
    link = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new Unreadable('damaged');
  }
  const { sum, body } = read(link);
  if (sum !== undefined && text(sum, 'sum', 8) !== fingerprint(JSON.stringify(body))) {
    throw new Unreadable('damaged');
  }
  return body;
}

function read(value: unknown): { sum: unknown; body: Fields } {
  const link = fields(value, 'link');
  return { sum: field(link, 'sum'), body: fields(field(link, 'body'), 'link') };
}

/** All that a stream makes of some bytes, up to `most`. */
async function through(
  { readable, writable }: GenericTransformStream,
  bytes: Uint8Array<ArrayBuffer>,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = writable.getWriter();
  // What goes wrong in writing goes wrong in reading, too, and is told there.
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => {});
  writer.closed.catch(() => {});
  const reader: ReadableStreamDefaultReader<Uint8Array> = readable.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > most) throw new Unreadable('long');
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    if (error instanceof Unreadable) throw error;
    throw new Unreadable('damaged');
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(data: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]+$/.test(data)) throw new Unreadable('damaged');
  try {
    const binary = atob(data.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    throw new Unreadable('damaged');
  }
}
