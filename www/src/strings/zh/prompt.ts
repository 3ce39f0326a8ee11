import type { prompt as en } from '../en/prompt.ts';
import type { Translated } from '../types.ts';

export const prompt: Translated<typeof en> = {
  prompt: '提示词',
  undo: '撤销',
  redo: '重做',
  preset: '任务',
  source: '格式来自',
  instruction: '指令',
  optional: '可不填',
  instructionEmpty: '没有指令：由示例说明任务',
  template: '模板',
  templateHint: '␣ 是空格，↵ 是换行（按回车键）。',
  templateFields: {
    instructionSeparator: '指令之后',
    inputPrefix: '输入之前',
    inputSuffix: '输入之后',
    outputPrefix: '输出之前',
    outputSeparator: '示例中再接',
    demonstrationSeparator: '示例之间',
  },

  formats: '内置格式',
  formatNames: {
    qa: 'Q: / A:',
    inputOutput: 'Input: / Output:',
    arrow: '=>',
    review: 'Review: / Sentiment:',
  },

  form: '提示词形式',
  forms: { raw: '纯文本', chat: '对话' },
  chat: {
    hint: '按本模型自带的对话模板写成多轮对话：每个示例是一问一答。',
    adds: (text) => `没有指令时，本模型的模板会自行加上：“${text}”。`,
    noModel: '载入模型才能使用对话形式；模板在模型文件里。',
    none: '本模型的文件里没有对话模板。',
    meanwhile: '在此之前，提示词是纯文本。',
    instead: '提示词现为纯文本。',
    problems: {
      refuses: (detail) => `本模型的模板不接受这段对话：${detail}`,
      irregular: () => '本模型的模板对各轮对话的写法不一致，无法放入示例。',
      tokens: () => '本模型的模板要用到起始或结束词元，而文件没有给出其文本。',
      slow: (seconds) => `本模型的模板运行了 ${seconds} 秒仍未结束，已被停止。`,
      unfetched: () => '请检查网络连接，再修改提示词重试：页面中读取模板的部分未能载入。',
    },
  },

  freeText: '提示词是自由文本，不使用表格和模板。',
  backToTable: '回到表格',

  shots: '示例数',
  shotsAnswer: (shots, answer, p) => `${shots}：${answer}，${p}`,
  shotsName: (shots) => (shots === 0 ? '零样本' : shots === 1 ? '单样本' : `${shots} 样本`),
  demonstrations: '示例',
  input: '输入',
  output: '输出',
  inputOf: (n) => `示例 ${n} 的输入`,
  outputOf: (n) => `示例 ${n} 的输出`,
  unused: '不在提示词中',
  add: '添加示例',
  actions: '操作',
  removed: (n) => `已删除示例 ${n}。`,
  moved: (n) => `示例已移到第 ${n} 位。`,
  noDemonstrations: '还没有示例。没有示例的提示词就是零样本。',
  query: '查询',
  otherQueries: '换一个',
};
