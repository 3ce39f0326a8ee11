/** The list of models. */
export const models = {
  heading: 'Models',
  lead: 'A base model continues a text, which is what few-shot prompts are about. An instruct model was trained further, to answer in a conversation.',
  close: 'Close',

  open: 'In memory',
  noneOpen: 'No model is loaded.',
  budget: (used: string, budget: string) => `${used} of at most ${budget} in use.`,
  budgetWhy: (isReported: boolean): string =>
    isReported
      ? 'Models may take half of the memory that this device reports.'
      : 'This browser does not report the memory of the device, so the limit is a default.',
  active: 'answers now',
  use: 'Use',
  closeModel: 'Close',
  notKept: 'Not on this device: the next visit needs the file again.',
  chooseFile: 'Open a GGUF file…',
  /** A button with the model that it is about. */
  of: (label: string, name: string) => `${label}: ${name}`,

  kept: 'On this device',
  keptHint: (total: string) => `${total} in all. What is complete loads without a download.`,
  part: (bytes: string, total: string) => `${bytes} of ${total}`,
  partOnly: (bytes: string) => `${bytes}, incomplete`,
  remove: 'Remove…',
  removeAsk: (name: string) => `Remove ${name} from this device?`,
  removeYes: 'Remove',
  removeNo: 'Keep',
  removed: (name: string, bytes: string, isOpen: boolean) =>
    isOpen
      ? `${name} is no longer on this device (${bytes} freed). It keeps running until you close it or this page.`
      : `${name} is no longer on this device (${bytes} freed).`,
  notRemoved: (name: string) =>
    `${name} was not removed: another tab is downloading it, or the browser refused.`,

  catalogue: 'Catalogue',
  columns: {
    parameters: 'Parameters',
    trained: 'Training tokens',
    file: 'File',
    memory: 'Memory',
    pace: 'Tokens/s here',
  },
  kinds: { base: 'base', instruct: 'instruct' },
  preferBase: (name: string) => `Better for few-shot prompts: ${name}`,
  /** `names`: the first of them. */
  languages: (names: string, more: number) => (more === 0 ? names : `${names} and ${more} more`),
  hash: (isKnown: boolean): string => (isKnown ? 'SHA-256 known' : 'SHA-256 not known yet'),
  hashWhy: (isKnown: boolean): string =>
    isKnown
      ? 'The hash is known before the download, from a public source, and the file is checked against it.'
      : 'The hash is not known before the download, so the file is kept under its address. It is computed when the file arrives.',
  notFixed: 'address without a fixed revision',
  card: 'card',
  cardOf: (name: string) => `Model card of ${name}`,
  notPublished: 'not published',
  range: (low: string, high: string) => `${low}–${high}`,
  about: (tokens: string) => `about ${tokens}`,
  over: (tokens: string) => `over ${tokens}`,
  measured: 'Tokens of a prompt per second, measured with this model on this device.',
  expected:
    'Tokens of a prompt per second, estimated from the pace of another model or of this device.',
  notMeasured: 'not measured yet',
  download: (bytes: string) => `Download ${bytes}`,
  goOn: (bytes: string) => `Continue, ${bytes} left`,
  load: 'Load',
  tooLarge: (needed: string, budget: string) =>
    `Too large: needs ${needed} of memory, at most ${budget} here.`,
  tooLargeName: (name: string, needed: string, budget: string) =>
    `${name} was not downloaded: it needs ${needed} of memory, and models may take at most ${budget} here.`,
};
