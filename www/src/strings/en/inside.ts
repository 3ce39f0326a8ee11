/** What happens inside of the model, layer by layer, under the tabs of these names. */
export const inside = {
  lens: {
    caption:
      'Probability of each answer after each layer, by number of examples (k), on a log axis',
    from: (layer: number) => `on top from ${layer}`,
    never: 'not on top',
    caveat:
      'The lens reads each layer as if it were the last. Early layers were not trained to be read this way, so little can be said of them: an answer may be ahead of the others there by nothing but habit.',
    head: {
      k: 'Examples',
      lead: 'Top token from layer',
      ahead: 'Ahead of the others from layer',
      rank: 'Rank',
      layer: 'Layer',
      top: 'Top token',
      p: 'P(top)',
    },
    none: '–',
    looked: (answer: string) => `Drawn: the first token of “${answer}”.`,
    numbers: (k: string) => `Every layer, with ${k}`,
    strip: 'Tokens of the prompt: choose the last one of the table',
    grid: 'The most probable next token after each layer, token by token',
    gridHint:
      'Read from the bottom up. Grey: from here on, the token stays the same up to the last layer.',
    leads: (k: string, answer: string, layer: number, layers: number) =>
      `With ${k}, “${answer}” is the most probable token from layer ${layer} of ${layers} on.`,
    behind: (k: string, answer: string) =>
      `With ${k}, “${answer}” is not the most probable token in the end.`,
  },
  patch: {
    caption: (answer: string) =>
      `Share of the difference in ln P(${answer}) that comes back with the state at one token and layer`,
    token: 'Token',
    layer: 'layer',
    hint: {
      outputs:
        'Each cell is one run of the prompt with other outputs, in which one state comes from this prompt.',
      pinned:
        'Each cell is one run of the pinned prompt, in which one state comes from this prompt.',
    },
    scale:
      '100%: the answer is as probable as after this prompt. 0%: nothing changes. Bold tokens differ between the two prompts.',
    stride: (stride: number) =>
      `Only every ${stride}${stride === 2 ? 'nd' : stride === 3 ? 'rd' : 'th'} layer was run.`,
    joined: (width: number) => `Up to ${width} neighboring tokens were changed together.`,
    same: (tokens: number) => `Both prompts have ${tokens} tokens.`,
    matched: (from: number, into: number) =>
      `This prompt has ${from} tokens and the other one ${into}: they are matched from the end.`,
    needsOther: 'Raise the shots: this changes the outputs of the examples.',
    between: (answer: string, from: string, into: string, isPinned: boolean) =>
      `P(${answer}) is ${from} after this prompt, and ${into} ${isPinned ? 'after the pinned one' : 'if the examples have other outputs'}.`,
    little: 'That is too small a difference to divide.',
    carries: (text: string, share: string) =>
      `In the lower layers “${text}” carries most of the difference (up to ${share}).`,
    arrives: (layer: number) => `From layer ${layer} on, the last token carries it.`,
  },
  heads: {
    layer: 'Layer',
    headName: 'Head',
    pattern: 'Pattern',
    patterns: {
      previous: {
        name: 'Previous token',
        caption: 'Share of attention on the previous token, by layer (down) and head (across)',
      },
      same: {
        name: 'Same token',
        caption:
          'Share of attention on earlier occurrences of the same token, by layer (down) and head (across)',
      },
      induction: {
        name: 'Induction',
        caption:
          'Share of attention on what followed the same token before, by layer (down) and head (across)',
      },
    },
    nothing: 'No token occurs twice in this prompt, so there is nothing to look at.',
    hint: 'Attention to the first token is left out: heads rest there if they find nothing. Choose a head to see its attention below.',
    head: (layer: number, head: number, share: string) => `layer ${layer}, head ${head}: ${share}`,
    named: (layer: number, head: number) => `Layer ${layer}, head ${head}`,
    counted: (count: number, chance: string) =>
      `Means over ${count} ${count === 1 ? 'token' : 'tokens'}. Attention to all tokens alike would give ${chance}.`,
    strongest: 'Strongest heads',
    share: 'Share',
    finding: {
      induction: (layer: number, head: number, share: string, chance: string) =>
        `Head ${head} of layer ${layer} puts ${share} of its attention on what followed the same token before (by chance: ${chance}).`,
      previous: (layer: number, head: number, share: string, chance: string) =>
        `Head ${head} of layer ${layer} puts ${share} on the previous token (by chance: ${chance}).`,
    },
  },
};
