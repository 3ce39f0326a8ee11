import { formatCount } from '../../util/numerals.ts';

export const story = {
  heading: 'The story behind it',
  lede: 'How a model comes to a task, and what part of that happens on this page.',

  stations: {
    heading: 'Five ways to put a model to work',
    changes: 'Changes',
    needs: 'Needs',
    here: 'Here',
    live: 'live on this page',
    pretraining: {
      name: 'Pre-training',
      idea: 'Predict the next token of a great deal of text, again and again.',
      changes: 'All weights, from random ones.',
      needs: 'Text without labels: 2 trillion tokens for this model.',
      here: 'No. It was done before you came.',
    },
    fineTuning: {
      name: 'Fine-tuning',
      idea: 'Go on training on the task at hand, or on instructions and their answers.',
      changes: 'All weights, a little; or a small set beside them.',
      needs: 'Solved cases and a training run for each task.',
      here: 'No. But this model was tuned to follow instructions (SFT, then DPO).',
    },
    features: {
      name: 'Feature extraction',
      idea: 'Read the model’s inner states off, and train a small classifier on them.',
      changes: 'Only the weights of that classifier.',
      needs: 'Labelled cases; the model only reads.',
      here: 'No.',
    },
    shots: {
      name: 'Zero-, one-, few-shot',
      idea: 'Say the task in the prompt, with none, one or a few demonstrations.',
      changes: 'No weight. Only the text that stands before.',
      needs: 'A handful of demonstrations, or none.',
      here: 'Yes: all that you see above.',
    },
    distillation: {
      name: 'Distillation',
      idea: 'Train a small model to give the probabilities that a large one gives.',
      changes: 'All weights of the small model.',
      needs: 'A large model, and text for it to answer.',
      here: 'No.',
    },
  },

  causal: {
    heading: 'Why a model that reads only to the left can be prompted',
    idea: 'Each token may look at itself and at those before it, never ahead. So all that stands earlier, an instruction or a demonstration, can shape what comes next, and no weight has to change.',
    triangle:
      'Each row is a token that reads, each column a token that is read. The lower left triangle is filled: every token reads itself and those before it. Above the diagonal there is nothing.',
    reads: 'this token reads…',
    read: '…these',
    choose: 'Choose a token to see what it attends to.',
    needsModel: 'Load the model to see what each token of your prompt attends to.',
    strip: 'Tokens of the prompt; choose the one that reads',
    token: (index: number, token: string) => `token ${formatCount(index + 1)}, ${token}`,
    share: (share: string) => `gets ${share}`,
    itself: 'the token itself',
    first: 'the first token',
    ahead: 'lies ahead: not read',
    layer: 'Layer',
    allLayers: 'mean of all layers',
    oneLayer: (layer: number, layers: number) => `${layer} of ${layers}`,
    heads: (heads: number) => `mean over ${heads} heads`,
    table: (token: string) => `What ${token} attends to`,
    attended: 'Token',
    shareHead: 'share',
    rest: (count: number) => (count === 1 ? '1 other token' : `${formatCount(count)} other tokens`),
    scale: (share: string) => `Darkest tint: ${share}.`,
    sink: 'The first token is off the scale (hatched): heads with nothing to look for rest there, whatever it says. It is called an attention sink.',
    caveat: 'Attention shows where a token looked, not why the answer is what it is.',
  },

  scale: {
    heading: 'What scale buys',
    idea: 'The same tasks, put to the smallest and the largest GPT-3.',
    large: '175 billion parameters',
    small: '125 million parameters',
    shots: ['zero', 'one', 'few'],
    shotsTitle: 'Shots',
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
      'In these numbers the shots buy the small model form: its SuperGLUE average rises from 40.6 to 54.4 with one shot, where WiC alone goes from 0 to 50.0, the level of guessing, while addition stays at 2.0. The large one is at 76.9 in addition with none and at 100.0 with a few. This page’s model has 135 million parameters: expect it to be near the lower line.',
    note: '125M: transcribed from Table H.1. 175B: Tables 3.2, 3.3, 3.8, 3.9; its SuperGLUE score is from the test server, few-shot only. LAMBADA’s one- and few-shot prompts are fill-in-the-blank.',
  },

  limits: {
    heading: 'What so small a model cannot do',
    text: 'It knows few facts and cannot calculate: its makers report 4.1% on TriviaQA for the base model, and 1.4% on grade-school arithmetic (GSM8K, five shots). A high probability says that a token is usual here, and not that it is true. It was trained mostly on English, and what it does well is to go on with a pattern that is in front of it.',
  },
};
