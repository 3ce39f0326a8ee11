import { formatCount } from '../../util/numerals.ts';

/** Sharing, receipts, and what is kept in the browser. */
export const keep = {
  share: 'Share',
  heading: 'Share and export',
  close: 'Close',
  formatsLabel: 'As',
  formats: {
    link: {
      name: 'Link',
      hint: 'Everything on this page and, if it is known, the result, in the part of the link after #, which is never sent to a server. The page that opens it shows the result as yours until it has checked it.',
    },
    receipt: {
      name: 'Link with a receipt',
      hint: 'The same link with a record to check in detail: the hash of the model and of the prompt, the settings and the top 20 tokens. Anyone who opens it can check the numbers in their own browser.',
    },
    markdown: {
      name: 'Markdown',
      hint: 'The prompt, and a table with rounded and exact numbers.',
    },
    csv: { name: 'CSV', hint: 'The table, for a spreadsheet.' },
    json: { name: 'JSON', hint: 'Prompt, task and answer, for a program.' },
    html: {
      name: 'HTML',
      hint: 'The <shot-glass> element. Without JavaScript it reads as a list and a table.',
    },
    javascript: {
      name: 'JavaScript',
      hint: 'Code that asks the same question with the shotglass package.',
    },
    harness: {
      name: 'Evaluation task',
      hint: 'A task for lm-evaluation-harness that builds the same prompt. Put all files in one folder.',
    },
    picture: { name: 'Picture', hint: 'The current answer, as SVG or PNG.' },
    card: {
      name: 'Preview card',
      hint: 'A picture for a post or a slide, 1200 × 630: the question, the answer without examples and with them, and the address of this page.',
    },
  },
  needsAnswer: 'Load the model first: this needs an answer.',
  needsLadder:
    'The card needs the answer without examples and with them. Add an example, or load the model and wait for the chart.',
  answering: 'The model is still answering.',
  making: 'Asking the model…',
  failed: (reason: string) => `This could not be made: ${reason}`,
  insecure: 'Open the page over HTTPS or from this machine to make a receipt.',
  copyFile: (name: string) => `Copy ${name}`,
  saveFile: (name: string) => `Save ${name}`,
  preview: (name: string) => `Preview of what is copied: ${name}`,
  pictureOf: 'Preview of the picture',
  cardOf: 'Preview of the card',
  card: (answer: string, p: string) => `“${answer}” ${p}`,
  linkName: 'link',
  presetLinkName: 'Link to this preset',
  length: (characters: number) => `${formatCount(characters)} characters`,
  copy: 'Copy',
  save: 'Save',
  saveReceipt: 'Save as a file',
  savePng: 'Save PNG',
  copyPng: 'Copy PNG',
  saveSvg: 'Save SVG',
  theme: 'Colours',
  themes: { light: 'light', dark: 'dark' },
  copied: 'Copied',
  denied:
    'Press Ctrl+C or ⌘C to copy the selected text: the browser does not let the page copy it.',
  openReceipt: 'Open a receipt…',
  pinnedTooLong: 'The pinned prompt is too long for a link, so it is left out.',
  keptHere: 'Your work is kept in this browser and nowhere else.',
  startOver: 'Start over',
  startOverAsk: 'Clear your work and undo history in this browser?',
  startOverYes: 'Clear',
  startOverNo: 'Cancel',

  notKept:
    'Your work is lost when you reload: the browser’s storage is full or blocked. Make a link to keep it.',
  linkProblem: (reason: string) =>
    `This link could not be read: ${reason} The page opened without it.`,
  resultProblem: (reason: string) =>
    `The result in this link could not be read: ${reason} The prompt opened without it.`,
  fileProblem: (reason: string) => `This file could not be read: ${reason}`,
  why: {
    newer: 'a newer version of the page made it.',
    damaged: 'part of it is missing or was changed.',
    long: 'it is longer than any link this page makes.',
    wrong: (where: string) => `it contains an impossible value (${where}).`,
    other: 'it was not made by this page.',
  },
  drifted:
    'The built-in task has changed since this link was made. Parts that the link does not contain come from the new version.',
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
      server: 'not checked',
    },
    recordedWith: 'Recorded with',
    modelFacts: (name: string, bits: number, version: string) =>
      `${name}, ${bits}-bit activations, shotglass ${version}`,
    hash: 'SHA-256',
    waiting: 'Load the model to check these numbers on your device.',
    server:
      'These numbers are of a model on a server, whose file this page does not know, so it does not check them.',
    edited: 'You changed the recorded prompt. Undo the change to check the receipt.',
    /** `difference`: in percentage points. */
    matches: (difference: string) =>
      `Checked here: all probabilities agree (largest difference ${difference} percentage points).`,
    prompt: 'This is not the recorded prompt.',
    otherModel: (here: string) => `A different model is loaded here, with the hash ${here}.`,
    otherBits: (recorded: number, here: number) =>
      `The receipt was made with ${recorded}-bit activations; this page uses ${here} bits.`,
    difference: (what: string, recorded: string, here: string) =>
      `Largest difference: ${what} was ${recorded} and is ${here} here.`,
    nothing: 'missing',
    entropyIs: 'the entropy',
    restIs: 'the probability of all other tokens',
    massIs: 'the probability of all labels together',
    answerIs: 'the probability of the right answer',
    labelIs: (label: string) => `the probability of ${label} among the labels`,
    tokenIs: (token: string) => `the probability of ${token}`,
    details: 'What was recorded',
    tableCaption: 'The recorded distribution',
    settings: (rule: string, comparison: string, seed: number, temperature: number) =>
      `Labels scored by ${rule}, ${comparison}; text with seed ${seed} at temperature ${temperature}.`,
    sampling: (seed: number, temperature: number) =>
      `Text with seed ${seed} at temperature ${temperature}.`,
    entropy: (entropy: string) => `Entropy ${entropy} nats.`,
    promptHash: 'SHA-256 of the prompt',
    labelSpaceMass: 'All labels together',
    close: 'Close',
  },

  markdown: {
    rank: 'rank',
    token: 'next token',
    shown: 'probability',
    logprob: 'logprob (nats)',
    label: 'label',
    posterior: 'among the labels',
    entropy: (entropy: string) => `Entropy ${entropy} nats.`,
    softmax: 'Softmax over the full vocabulary at temperature 1.',
    mass: (mass: string) => `All labels together: ${mass}.`,
    server: (name: string, server: string, version: string) =>
      `Model ${name} on the server ${server}; shotglass ${version}.`,
    model: (name: string, sha256: string, bits: number, version: string) =>
      `Model ${name}, SHA-256 ${sha256}, ${bits}-bit activations; shotglass ${version}.`,
  },
  html: {
    /** `of`: the hash of its file, or the address of its server. */
    caption: (isOfLabels: boolean, model: string, of: string, version: string) =>
      `${isOfLabels ? 'Label' : 'Next token'} after this prompt: ${model} (${of}), softmax over the full vocabulary at temperature 1, recorded with shotglass ${version}`,
    token: 'Next token',
    label: 'Label',
    files:
      'Run npx shotglass embed shotglass beside the page to write the files that the script needs.',
    mass: 'All labels together',
  },
};
