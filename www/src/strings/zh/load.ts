import type { load as en } from '../en/load.ts';
import type { Translated } from '../index.ts';

export const load: Translated<typeof en> = {
  chooseFile: '选择文件',
  loadingName: (name) => `正在载入 ${name}`,
  loadingProgress: (loaded, total) => (total === null ? loaded : `${loaded} / ${total}`),
  starting: '正在寻找模型…',
  cancel: '取消',
  retry: '重试',
  startAgain: '重新启动',
  dismiss: '关闭',
  keepsModel: '先前载入的模型仍然可用。',
  problemLoad: '模型没有载入成功。',
  problemCrash: '引擎停止了。',

  problems: {
    crashed: '引擎意外停止，它的内存也随之丢失。你输入的内容都还在。',
    'prompt-too-long': '提示词的词元数超过了模型能读的长度。请减少示例，或把它改短。',
    'empty-prompt': '提示词是空的。模型预测的是接下来的内容，所以前面至少要有一个词元。',
    'invalid-text': '提示词里有半个字符（孤立的代理项），无法编码。请在粘贴处把它删掉。',
  },
  unexpected: (message) => `出现了不该发生的错误：${message}`,
};
