import type { server as en } from '../en/server.ts';
import type { Translated } from '../types.ts';

export const server: Translated<typeof en> = {
  heading: '服务器',
  lead: '标签页装不下的大模型可以在服务器上运行：vLLM、SGLang、llama-server、npx shotglass serve，或其他支持 OpenAI completions 接口的服务。你输入的内容会发送到该服务器。',
  address: '地址',
  model: '模型',
  modelHint: '留空则使用服务器列出的第一个模型。',
  key: '密钥',
  keyHint: '只保存在本页内存中，不会写入任何链接、文件或存储。',
  list: '列出模型',
  listed: (count) => `找到 ${count} 个模型。`,
  connect: '连接',
  stop: '停止',
  asking: '正在询问服务器…',
  connections: '已连接的服务器',
  disconnect: '断开',
  runsByItself: '自动运行实验',
  runsByItselfWhy:
    '关闭时，修改后需点按钮才会更新示例曲线、意外度和修复效果，因为每一项都要向服务器发送请求。',
  ask: (requests) => (requests === null ? '向服务器请求' : `向服务器请求（最多 ${requests} 次）`),
  used: '用过的服务器',
  usedHint: '保存在此浏览器中，不含密钥。',
  usedOn: (date) => `上次使用：${date}`,
  isConnected: '已连接',
  keyNotKept: '上次连接时使用了密钥。密钥不会保存，请重新输入。',
  forget: '移除…',
  forgetAsk: (name) => `从列表中移除 ${name}？`,
  forgetYes: '移除',
  forgetNo: '保留',
  connected: (name) => `现在由 ${name} 回答。`,
  sender: (name) => `此链接使用的是该服务器上的 ${name}。请只连接你信任的服务器。`,

  can: {
    sentence: (list) => `它提供：${list}。`,
    full: (tokens) => `全部 ${tokens} 个词元的概率`,
    top: (top, of) =>
      of === null ? `概率最高的 ${top} 个词元` : `${of} 个词元中概率最高的 ${top} 个`,
    prompts: '给定文本的概率',
    named: '逐个给出指定词元的概率',
    noScores: '不提供给定文本的概率',
    tokens: '文本的词元切分',
    noTokens: '不提供词元切分',
    noStates: '不提供内部状态',
  },

  lacks: {
    scores:
      '此服务器不提供给定文本的概率。vLLM、SGLang、llama-server 和 npx shotglass serve 可以，本标签页中的模型也可以。',
    surprisal:
      '此服务器不提供提示词自身词元的概率。vLLM、SGLang、llama-server 和 npx shotglass serve 可以，本标签页中的模型也可以。',
    full: '此服务器只给出概率最高的词元，而这里需要全部词元。vLLM（--max-logprobs -1）、llama-server 和 npx shotglass serve 会全部给出，本标签页中的模型也会。',
    words:
      '服务器不列出词表，因此无法把词元拼成单词。本标签页中的模型可以；“词元”标签页会显示此服务器给出的内容。',
    inside: '服务器不公开模型内部，例如状态和注意力。本标签页中的模型可以。',
    training: '服务器不训练适配器。本标签页中的模型可以。',
  },

  failed: {
    address: '这不是一个地址。请输入类似 http://localhost:8000/v1 的地址。',
    credentials: '地址中不能包含用户名或密码。请把密钥填入单独的输入框。',
    mixed: (origin) =>
      `本页通过 https 打开，浏览器只允许它以 https 访问 ${origin}。本机地址（http://localhost）不受限制。`,
    unreachable: (origin) => `${origin} 没有响应。请检查地址，并确认服务器正在运行。`,
    either: (origin, page) =>
      `无法访问 ${origin}。可能服务器没有运行，也可能它不允许本页读取（CORS）：后者请在启动时加上 --cors ${page}（npx shotglass serve）或 --allowed-origins '["${page}"]'（vLLM）。`,
    cors: (origin, page) =>
      `${origin} 有响应，但不允许本页读取（CORS）。启动时请加上 --cors ${page}（npx shotglass serve）或 --allowed-origins '["${page}"]'（vLLM）。`,
    needsKey: '服务器需要密钥。',
    key: '服务器不接受此密钥。',
    redirect: '服务器把此地址转到了另一个地址。请直接输入那个地址。',
    other: (origin) =>
      `${origin} 有响应，但不是 OpenAI 兼容的服务器。请检查路径，通常以 /v1 结尾。`,
    busy: (status) => `服务器返回错误（${status}）。请稍后再试。`,
    late: '服务器没有及时响应。',
    noModels: '服务器没有列出任何模型。',
    unknownModel: (name, names) => `服务器上没有模型“${name}”。可用的有：${names}。`,
    noProbabilities:
      '此服务器不提供概率，而本页显示的正是概率。vLLM、SGLang、llama-server 和 npx shotglass serve 会提供。',
    answers: (message) => `无法使用服务器的回答。${message}`,
  },
};
