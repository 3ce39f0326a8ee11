import { formatCount } from '../../util/numerals.ts';

/** Sharing, receipts, and what is kept in the browser. */
export const keep = {
  share: 'Share',
  heading: 'Share and keep',
  close: 'Close',
  formatsLabel: 'As',
  formats: {
    link: {
      name: 'Link',
      hint: 'The whole state of the page, in the part of the address that no server sees.',
    },
    receipt: {
      name: 'Link with the result',
      hint: 'The same with a receipt: the model’s hash, the settings and the top 20. Whoever opens it can have their own browser check the numbers.',
    },
    markdown: {
      name: 'Markdown',
      hint: 'The prompt, and the table with the numbers as shown and as they are.',
    },
    csv: { name: 'CSV', hint: 'The table, for a spreadsheet.' },
    json: { name: 'JSON', hint: 'Prompt, task and answer, for a program.' },
    html: {
      name: 'HTML',
      hint: 'The <shot-glass> element. Without any script it reads as a list and a table.',
    },
    javascript: {
      name: 'JavaScript',
      hint: 'The same prompt and the same question, with the package.',
    },
    harness: {
      name: 'Evaluation task',
      hint: 'For lm-evaluation-harness, which builds the same prompt from it. All files belong in one folder.',
    },
    picture: { name: 'Picture', hint: 'The answer as it stands, as SVG or PNG.' },
  },
  needsAnswer: 'This needs an answer. Load the model first.',
  answering: 'The model is still answering.',
  making: 'Asking the model…',
  failed: (reason: string) => `This could not be made: ${reason}`,
  insecure: 'A receipt needs a page that was opened over HTTPS or from this machine.',
  copyFile: (name: string) => `Copy ${name}`,
  saveFile: (name: string) => `Save ${name}`,
  preview: (name: string) => `What will be copied: ${name}`,
  pictureOf: 'Preview of the picture',
  linkName: 'link',
  length: (characters: number) => `${formatCount(characters)} characters`,
  copy: 'Copy',
  save: 'Save',
  saveReceipt: 'Save as a file',
  savePng: 'Save PNG',
  saveSvg: 'Save SVG',
  theme: 'Colours',
  themes: { light: 'light', dark: 'dark' },
  copied: 'Copied',
  denied:
    'The browser does not let the page copy. The text is selected: copy it with Ctrl+C or ⌘C.',
  openReceipt: 'Open a receipt…',
  keptHere: 'Your work is kept in this browser and nowhere else.',
  startOver: 'Start over',
  startOverAsk: 'This forgets your work and its history in this browser.',
  startOverYes: 'Forget it',
  startOverNo: 'Keep it',

  notKept:
    'The browser’s storage is full or denied: your work is not kept when you reload. A link keeps it, too.',
  linkProblem: (reason: string) =>
    `This link could not be read: ${reason} The page opened as usual.`,
  fileProblem: (reason: string) => `This file could not be read: ${reason}`,
  why: {
    newer: 'a newer version of the page made it.',
    damaged: 'a part of it is missing or was changed on the way.',
    long: 'it is longer than any that this page makes.',
    wrong: (where: string) => `it says something that cannot be (${where}).`,
    other: 'it was not made by this page.',
  },
  drifted:
    'The preset has changed since this link was made: what the link does not carry itself is as it is now.',
  dismiss: 'Dismiss',

  receipt: {
    heading: 'Receipt',
    states: {
      waiting: 'not checked yet',
      checking: 'checking…',
      matches: 'matches',
      differs: 'does not match',
      edited: 'for another prompt',
      failed: 'not checked',
    },
    recordedWith: 'Recorded with',
    modelFacts: (name: string, bits: number, version: string) =>
      `${name}, ${bits}-bit activations, shotglass ${version}`,
    hash: 'SHA-256',
    waiting: 'Load the model, and this page asks it the same again.',
    edited: 'The prompt is not the recorded one any more. Undo, and it is checked again.',
    matches: (difference: string, limit: string) =>
      `Asked again here, no probability differs by more than ${difference} (${limit} is allowed).`,
    prompt: 'The prompt is another one than was recorded.',
    otherModel: (here: string) => `Another model is loaded here: its hash is ${here}.`,
    otherBits: (recorded: number, here: number) =>
      `Activations were rounded to ${recorded} bits there, to ${here} here.`,
    difference: (what: string, recorded: string, here: string) =>
      `The largest difference: ${what} was ${recorded} and is ${here} here.`,
    nothing: 'not there',
    entropyIs: 'the entropy',
    restIs: 'the probability of all other tokens',
    massIs: 'the label-space mass',
    labelIs: (label: string) => `the posterior of ${label}`,
    tokenIs: (token: string) => `p of ${token}`,
    details: 'What was recorded',
    tableCaption: 'The recorded distribution',
    settings: (rule: string, comparison: string, seed: number, temperature: number) =>
      `Labels by ${rule}, compared with ${comparison}; text with seed ${seed} at temperature ${temperature}.`,
    sampling: (seed: number, temperature: number) =>
      `Text with seed ${seed} at temperature ${temperature}.`,
    entropy: (entropy: string) => `Entropy ${entropy} nats.`,
    promptHash: 'SHA-256 of the prompt',
    labelSpaceMass: 'Label-space mass',
    close: 'Put the receipt away',
  },

  markdown: {
    rank: 'rank',
    token: 'next token',
    shown: 'probability',
    logprob: 'logprob (nats)',
    label: 'label',
    posterior: 'posterior',
    entropy: (entropy: string) => `Entropy ${entropy} nats.`,
    softmax: 'Softmax over the full vocabulary at temperature 1.',
    mass: (mass: string) => `Label-space mass ${mass}.`,
    model: (name: string, sha256: string, bits: number, version: string) =>
      `Model ${name}, SHA-256 ${sha256}, ${bits}-bit activations; shotglass ${version}.`,
  },
  html: {
    caption: (isOfLabels: boolean, model: string, sha256: string, version: string) =>
      `${isOfLabels ? 'Label' : 'Next token'} after this prompt: ${model} (SHA-256 ${sha256}), softmax over the full vocabulary at temperature 1, recorded with shotglass ${version}`,
    token: 'Next token',
    label: 'Label',
    mass: 'Label-space mass',
  },
  picture: {
    title: (p: string) => `The most probable next tokens; the first has ${p}`,
    rest: (count: number) => `${formatCount(count)} other tokens`,
    entropy: (entropy: string) =>
      `Entropy ${entropy} nats. Softmax over the full vocabulary at temperature 1.`,
    model: (name: string, sha256: string, version: string) =>
      `${name}, SHA-256 ${sha256.slice(0, 16)}…, shotglass ${version}`,
    version: (version: string) => `shotglass ${version}`,
  },
};
