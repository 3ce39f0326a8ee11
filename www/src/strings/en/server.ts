/** Models on servers. */
export const server = {
  heading: 'A server',
  lead: 'A model that is too large for this tab can run on a server: vLLM, SGLang, llama-server, npx shotglass serve, or another with OpenAI’s completions. What you type is sent to it.',
  address: 'Address',
  model: 'Model',
  modelHint: 'If this is empty, the first model that the server lists.',
  key: 'Key',
  keyHint: 'Only in the memory of this page. No link, file or storage has it.',
  list: 'List its models',
  listed: (count: number) => (count === 1 ? '1 model found.' : `${count} models found.`),
  connect: 'Connect',
  stop: 'Stop',
  asking: 'Asking the server…',
  connections: 'Open connections',
  disconnect: 'Disconnect',
  runsByItself: 'Run experiments automatically',
  runsByItselfWhy:
    'Unless this is on, the ladder, the surprisal and the effects of fixes wait for a button after each edit, because they take requests.',
  /** A button where a picture will be; `requests` is the most that it takes. */
  ask: (requests: number | null) => {
    if (requests === null) return 'Ask the server';
    return requests === 1 ? 'Ask the server: 1 request' : `Ask the server: ${requests} requests`;
  },
  used: 'Servers you have used',
  usedHint: 'Kept in this browser, without keys.',
  usedOn: (date: string) => `last used ${date}`,
  isConnected: 'connected',
  keyNotKept: 'You connected with a key last time. Keys are not kept, so enter it again.',
  forget: 'Forget…',
  forgetAsk: (name: string) => `Forget ${name}?`,
  forgetYes: 'Forget',
  forgetNo: 'Keep',
  connected: (name: string) => `${name} answers now.`,
  sender: (name: string) =>
    `The link was made with ${name} on this server. Connect only to a server that you trust.`,

  /** What a server can do, in an open model's row. */
  can: {
    sentence: (list: string) => `It tells: ${list}.`,
    full: (tokens: string) => `all ${tokens} tokens with their probabilities`,
    top: (top: string, of: string | null) =>
      of === null ? `the ${top} most probable tokens` : `the ${top} most probable of ${of} tokens`,
    prompts: 'probabilities of given texts',
    named: 'probabilities of given tokens, one after the other',
    noScores: 'no probabilities of given texts',
    tokens: 'tokens of a text',
    noTokens: 'no tokens of a text',
    noStates: 'no states',
  },

  /** What a part of the page needs that this server does not give, and what does. */
  lacks: {
    scores:
      'This server does not tell the probability of a given text. vLLM, SGLang, llama-server and npx shotglass serve do, and so does a model in this tab.',
    surprisal:
      'This server does not tell the probabilities of the prompt’s own tokens. vLLM, SGLang, llama-server and npx shotglass serve do, and so does a model in this tab.',
    full: 'This server tells only the most probable tokens, and this needs all of them. vLLM with --max-logprobs -1, llama-server and npx shotglass serve tell all, and so does a model in this tab.',
    words:
      'A server does not list its vocabulary, so words cannot be put together from tokens. A model in this tab can show them; the tab “Tokens” shows what this server tells.',
    inside:
      'A server does not show the inside of its model, such as states and attention. A model in this tab does.',
    training: 'A server does not train adapters. A model in this tab does.',
  },

  failed: {
    address: 'This is not an address. Write one such as http://localhost:8000/v1.',
    credentials:
      'The address must not contain a name or a password. Put the key into its own field.',
    mixed: (origin: string) =>
      `This page came over https, so the browser lets it ask ${origin} only over https. An address on this device (http://localhost) is allowed.`,
    unreachable: (origin: string) =>
      `${origin} does not answer. Check the address, and that the server runs.`,
    either: (origin: string, page: string) =>
      `${origin} cannot be asked. Either it does not run there, or it does not let this page read its answers (CORS): then start it with --cors ${page} (npx shotglass serve) or --allowed-origins '["${page}"]' (vLLM).`,
    cors: (origin: string, page: string) =>
      `${origin} answers, but does not let this page read the answer (CORS). Start it with --cors ${page} (npx shotglass serve) or --allowed-origins '["${page}"]' (vLLM).`,
    needsKey: 'The server asks for a key.',
    key: 'The server does not accept this key.',
    redirect: 'The server sends this address on to another one. Enter that one instead.',
    other: (origin: string) =>
      `${origin} answers, but not as an OpenAI-compatible server does. Check the path, which often ends in /v1.`,
    busy: (status: number) => `The server answers with an error (${status}). Try again later.`,
    late: 'The server did not answer in time.',
    noModels: 'The server lists no models.',
    unknownModel: (name: string, names: string) =>
      `The server has no model “${name}”. It has: ${names}.`,
    noProbabilities:
      'This server tells no probabilities, which are all that this page shows. vLLM, SGLang, llama-server and npx shotglass serve tell them.',
    answers: (message: string) => `The server’s answers cannot be used. ${message}`,
  },
};
