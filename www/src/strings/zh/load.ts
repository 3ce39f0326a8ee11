import type { ErrorCode } from 'shotglass';
import { formatBytes } from '../../util/numerals.ts';
import type { load as en } from '../en/load.ts';
import type { Translated } from '../types.ts';
import { withDetail } from './detail.ts';

/** 每个错误码一句话；具体的数字和名字在后面的英文原文里。 */
const sentences: Record<ErrorCode, string> = {
  'not-gguf': '这个文件不是 GGUF 模型，也许只是一个网页被存成了这个名字。',
  'unsupported-version': '这个文件的 GGUF 版本无法读取。',
  truncated: '文件不完整，后面缺了一截。请重新下载。',
  corrupt: '文件的内容自相矛盾，可能已经损坏。请重新下载。',
  'wrong-shard': '模型分在几个文件里，其中一个缺失、次序不对，或属于另一个模型。',
  'wrong-adapter': '这个文件不是适配器，或者是为另一个模型制作的。',
  'unsupported-architecture': '文件完好，但这类模型无法在这里运行。',
  'unsupported-tokenizer': '这个模型的分词器无法在这里运行。',
  'unsupported-quantization': '这个模型里有一种无法读取的量化类型。',
  'checksum-mismatch': '文件的 SHA-256 与要求的不一致，因此没有采用。',
  'out-of-memory': '内存不够，放不下这个模型。请关掉别的标签页，或换一个较小的模型。',
  'prompt-too-long': '请减少示例或改短提示词：它的词元数超过了模型能读的长度。',
  'empty-prompt': '请输入内容：提示词是空的，而模型预测的是接下来的内容。',
  diverged: '训练损失已不是有限的数值。请降低学习率。',
  'merged-continuation':
    '上下文的结尾和要计分的文本的开头合成了一个词元，这样的文本没有单独的概率。',
  'invalid-text': '请在粘贴处删掉残缺的字符：提示词里有半个字符（孤立的代理项），无法编码。',
  'invalid-option': '有一项设置或输入不合要求。',
  'download-failed': '下载失败：网络或服务器没有给出这个文件。',
  'read-failed': '文件无法读取。',
  'request-failed': '无法连接模型服务器，或它拒绝了请求，或它的回答不可用。',
  'unsupported-by-server': '这个服务器不提供所需的数据。',
  'unsupported-browser': '这个浏览器无法运行模型：它缺少 WebAssembly SIMD 或 worker。',
  'worker-failed': '后台线程或引擎文件无法启动。',
  crashed: '引擎崩溃了。你的提示词没有丢失。',
  aborted: '已停止。',
  closed: '模型已关闭。',
};

const otherFile = '请选择另一个 GGUF 文件：这个模型无法在这里运行。';
const again = '请重新下载这个文件：它不完整或已经损坏。';

/** 模型没有载入时先做什么；文件和地址的细节在折叠的原文里。 */
const advice: Partial<Record<ErrorCode, string>> = {
  'download-failed': '请检查网络连接，然后重试。也可以选择这台设备上的模型文件。',
  'not-gguf': '请选择 GGUF 模型文件：这个文件不是模型。',
  truncated: again,
  corrupt: again,
  'checksum-mismatch': again,
  'unsupported-version': otherFile,
  'unsupported-architecture': otherFile,
  'unsupported-tokenizer': otherFile,
  'unsupported-quantization': otherFile,
  'read-failed': '请重新选择文件：它无法读取。',
  'worker-failed': '请重新载入页面：引擎没有启动。',
};

/** 这几句页面已经写全了，不需要再附原文。 */
const whole: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'crashed',
  'prompt-too-long',
  'empty-prompt',
  'invalid-text',
]);

export const load: Translated<typeof en> = {
  chooseFile: '选择文件',
  chooseModel: '选择其他模型',
  loadingName: (name) => `正在载入 ${name}`,
  loadingProgress: (loaded, total) => (total === null ? loaded : `${loaded} / ${total}`),
  starting: '正在寻找模型…',
  cancel: '取消',
  retry: '重试',
  startAgain: '重新启动',
  dismiss: '关闭',
  closedForRoom: ({ names, neededBytes, budgetBytes }) =>
    `为腾出内存，已关闭 ${names.join('、')}。所有打开的模型共需 ${formatBytes(neededBytes)} 内存，这里最多 ${formatBytes(budgetBytes)}。`,
  keepsModel: '先前载入的模型仍然可用。',
  problemLoad: '模型没有载入成功。',
  problemCrash: '引擎停止了。',

  technical: '技术细节',
  advice: (code, isOffline) =>
    isOffline ? '现在没有网络。恢复联网后会自动继续下载。' : (advice[code] ?? ''),
  problem: (code, message) =>
    whole.has(code) ? sentences[code] : withDetail(sentences[code], message),
  unexpected: (message) => `出现了意外的错误：${message}`,
};
