import type { en } from './en/index.ts';

/** The same keys and the same facts, in any words. */
export type Translated<Of> = Of extends string
  ? string
  : Of extends (...facts: infer Facts) => string
    ? (...facts: Facts) => string
    : { readonly [Key in keyof Of]: Translated<Of[Key]> };

export type Strings = Translated<typeof en>;
