import type { page as en } from '../en/page.ts';
import type { Translated } from '../types.ts';

export const page: Translated<typeof en> = {
  title: 'shotglass',
  documentTitle: 'shotglass：看提示词怎样改变一个小语言模型的回答',
  documentDescription:
    '编写零样本、单样本或少样本提示词，查看每个后续词元的精确概率。模型就在这个标签页里运行。',
  subtitle: '看提示词怎样改变一个小语言模型的回答',
  lede: '一个小型 GPT 就在这个标签页里运行，你输入的内容不会离开本机。你看到的是它在整个词表上的真实概率。默认模型只懂英文。',

  ledeServer: (server) =>
    `模型在 ${server} 上运行，你输入的内容会发送到那里。你看到的是该服务器给出的概率。`,

  transfer: {
    heading: '同样的示例，变成权重',
    lede: '提示词只是让模型做事的五种办法之一。在这里，上面的示例会在本页训练出一个小适配器，可以与提示词直接比较。',
  },

  skipToQuery: '跳到查询',
  skipToAnswer: '跳到答案',
  whatIs: (term) => `“${term}”是什么？`,
  language: '语言',
  theModel: '模型',
  models: '模型列表',
  modelNone: '尚未载入模型',
  modelLoading: '载入中',
  modelReady: '就绪',
  modelCrashed: '已停止',
  modelFacts: (parameters, quantization, size, threads) =>
    `${parameters}参数，${quantization}，${size}，${threads} 个线程`,
  modelServer: (server) => `位于 ${server}：你输入的内容会发送到那里。`,
  openFile: '打开另一个 GGUF…',
  dropHere: '把 GGUF 文件拖到这里载入',
  notFetched: '页面的其余部分未能载入。你的内容仍然保留着。',
  partNotFetched: (again) =>
    again
      ? '请在网络恢复后重新载入页面：页面的一部分仍然无法载入。你的内容会保留。'
      : '请检查网络连接，然后重试：页面的一部分未能载入。',
  reload: '重新载入页面',

  footer:
    '默认模型是 Hugging Face 的 SmolLM2-135M-Instruct，Apache-2.0 许可，权重量化为 4 位（Q4_1）。',
  licences: '许可证',
  guides: '指南与参考',
};
