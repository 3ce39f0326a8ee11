import type { models as en } from '../en/models.ts';
import type { Translated } from '../types.ts';

/** 模型列表。 */
export const models: Translated<typeof en> = {
  heading: '模型',
  lead: '基础模型只做续写，少样本提示词正是为它设计的。指令模型经过进一步训练，用来对话。',
  close: '关闭',

  open: '内存中',
  noneOpen: '还没有载入模型。',
  budget: (used, budget) => `已用 ${used}，上限 ${budget}。`,
  budgetWhy: (isReported) =>
    isReported
      ? '模型最多占用这台设备所报内存的一半。'
      : '这个浏览器不报告设备内存，因此采用默认上限。',
  active: '正在使用',
  use: '使用',
  closeModel: '关闭',
  notKept: '没有存在这台设备上：下次需要重新获取文件。',
  chooseFile: '打开 GGUF 文件…',
  of: (label, name) => `${label}：${name}`,

  kept: '已存在这台设备上',
  keptHint: (total) => `共 ${total}。完整的文件无需再次下载。`,
  part: (bytes, total) => `${bytes} / ${total}`,
  partOnly: (bytes) => `${bytes}，不完整`,
  remove: '删除…',
  removeAsk: (name) => `从这台设备上删除 ${name}？`,
  removeYes: '删除',
  removeNo: '保留',
  removed: (name, bytes, isOpen) =>
    isOpen
      ? `${name} 已从这台设备上删除（释放 ${bytes}）。在你关闭它或这个页面之前，它会继续运行。`
      : `${name} 已从这台设备上删除（释放 ${bytes}）。`,
  notRemoved: (name) => `${name} 没有删除：另一个标签页正在下载它，或浏览器拒绝了。`,

  catalogue: '可下载的模型',
  columns: {
    parameters: '参数量',
    trained: '训练词元',
    file: '文件',
    memory: '内存',
    pace: '词元/秒',
  },
  kinds: { base: '基础', instruct: '指令' },
  preferBase: (name) => `少样本提示词更适合用 ${name}`,
  languages: (names, more) => (more === 0 ? names : `${names}及另外 ${more} 种`),
  hash: (isKnown) => (isKnown ? 'SHA-256 已知' : 'SHA-256 未知'),
  hashWhy: (isKnown) =>
    isKnown
      ? '下载前已从公开来源得知哈希值，文件会与它核对。'
      : '下载前不知道哈希值，因此文件按地址保存，下载后再计算哈希值。',
  notFixed: '地址未固定版本',
  card: '说明',
  cardOf: (name) => `${name} 的模型说明`,
  notPublished: '未公布',
  range: (low, high) => `${low}–${high}`,
  about: (tokens) => `约 ${tokens}`,
  over: (tokens) => `${tokens} 以上`,
  measured: '每秒读取的提示词词元数，用这个模型在这台设备上测得。',
  expected: '每秒读取的提示词词元数，根据另一个模型或这台设备的速度估计。',
  notMeasured: '尚未测量',
  download: (bytes) => `下载（${bytes}）`,
  goOn: (bytes) => `继续下载（还剩 ${bytes}）`,
  load: '载入',
  tooLarge: (needed, budget) => `太大：需要 ${needed} 内存，这里最多 ${budget}。`,
  tooLargeName: (name, needed, budget) =>
    `没有下载 ${name}：它需要 ${needed} 内存，而模型在这里最多可用 ${budget}。`,
};
