import { formatCount } from '../../util/numerals.ts';

export const story = {
  heading: 'The story behind it',
  lede: 'How a model learns to do a task, and which part of that happens on this page.',

  causal: {
    heading: 'Why prompting works at all',
    idea: 'Each token can look at itself and at the tokens before it, never ahead. So everything earlier in the prompt, instructions and examples alike, can change what comes next. No weight has to change.',
    triangle:
      'Each row is a token that reads, and each column is a token that is read. The lower left triangle is filled: every token reads itself and the tokens before it. The part above the diagonal is empty.',
    reads: 'this token reads…',
    read: '…these',
    choose: 'Click a token to see what it attends to.',
    needsModel: 'Load the model to see what each token of your prompt attends to.',
    strip: 'Tokens of the prompt: click the one that reads',
    token: (index: number, token: string) => `token ${formatCount(index + 1)}, ${token}`,
    share: (share: string) => `gets ${share}`,
    itself: 'the token itself',
    first: 'the first token',
    ahead: 'comes later: not read',
    layer: 'Layer',
    allLayers: 'mean of all layers',
    oneLayer: (layer: number, layers: number) => `${layer} of ${layers}`,
    head: 'Head',
    allHeads: 'mean of all heads',
    oneHead: (head: number, heads: number) => `${head} of ${heads}`,
    ofHead: (head: number, heads: number) => `head ${head} of ${heads}`,
    heads: (heads: number) => `mean over ${heads} heads`,
    table: (token: string) => `What ${token} attends to`,
    attended: 'Token',
    shareHead: 'share',
    rest: (count: number) => (count === 1 ? '1 other token' : `${formatCount(count)} other tokens`),
    scale: (share: string) => `Darkest tint: ${share}.`,
    sink: 'The first token is off the scale (hatched). Heads that find nothing to look for rest there, whatever the token is. This is called an attention sink.',
    caveat: 'Attention shows where a token looked, not why the answer is what it is.',
  },

  scale: {
    heading: 'What scale buys',
    idea: 'The same tasks, given to the smallest and the largest GPT-3.',
    large: '175 billion parameters',
    small: '125 million parameters',
    shots: ['zero', 'one', 'few'],
    tasks: {
      addition: { name: 'Two-digit addition', measure: 'accuracy, %' },
      trivia: { name: 'TriviaQA', measure: 'accuracy, %' },
      lambada: { name: 'LAMBADA', measure: 'accuracy, %' },
      superglue: { name: 'SuperGLUE', measure: 'average, %' },
    },
    picture: (task: string, large: string, small: string) =>
      `${task}. 175 billion parameters: ${large}. 125 million parameters: ${small}.`,
    table: 'The numbers',
    task: 'Task',
    model: 'Model',
    meaning:
      'For the small model, examples mostly buy the right format. Its SuperGLUE average rises from 40.6 to 54.4 with one example, and WiC alone rises from 0 to 50.0, the level of guessing; addition stays at 2.0. The large model scores 76.9 in addition without examples and 100.0 with a few. The default model of this page has 135 million parameters: expect it near the lower line.',
    live: 'You can measure this here, with models of your own on the task above:',
    liveLink: 'Why → Models',
    note: '125M: transcribed from Table H.1. 175B: Tables 3.2, 3.3, 3.8, 3.9; its SuperGLUE score is from the test server, few-shot only. LAMBADA’s one- and few-shot prompts are fill-in-the-blank.',
  },

  limits: {
    heading: 'What a model this small cannot do',
    text: 'SmolLM2-135M-Instruct, the default model, knows few facts and cannot calculate: its makers report 4.1% on TriviaQA for the base model, and 1.4% on grade-school arithmetic (GSM8K, five examples). A high probability means that a token is usual here, not that it is true. The model was trained mostly on English. What it does well is to continue a pattern it can see.',
  },
};
