import { formatBytes, formatCount } from '../../util/numerals.ts';
import type { first as en } from '../en/first.ts';
import type { Translated } from '../types.ts';

export const first: Translated<typeof en> = {
  origins: { live: '实时', recorded: '预录', outdated: '先前的预录' },
  originTitle: '这些数字从哪里来',
  live: (model, bits) => `刚刚在这个标签页里由 ${model} 算出，激活值为 ${bits} 位。`,
  recorded: (model, bits) =>
    `并非此刻算出。${model}（激活值为 ${bits} 位）曾读过一字不差的这段提示词，这就是它的回答：由本项目自己的命令 cargo xtask record 写下，没有一个数字是手工填的。`,
  outdated: (shots) =>
    `这些数字是录下来的，属于未经改动的任务（${shots}）。现在的提示词只有模型本身才能回答。`,
  hash: '模型文件的 SHA-256',
  caption: '同一个 1.35 亿参数的模型，同一个问题，变的只有示例。',

  run: (bytes) => `实时运行（${formatBytes(bytes)}）`,
  runKept: '实时运行',
  once: '只下载一次，留在你的设备上',
  thisVisit: '只供这次访问，在你的设备上',
  isKept: '已在你的设备上',
  cannotRun: '这里无法运行',
  obstacles: {
    simd: '这个浏览器没有 WebAssembly SIMD，模型无法运行。请用 Chrome 91、Firefox 114、Safari 16.4 或更新的版本。预录的数字都可以看。',
    memory: '这台设备自称内存不到 1 GB，装不下这个模型。预录的数字都可以看。',
  },
  byEdit: '为了回答你的提示词',
  rate: (low, high, tokens, seconds) =>
    `在这台设备上，它每秒大约能读 ${formatCount(low)} 到 ${formatCount(high)} 个词元：${tokens} 个词元的提示词需要${seconds}。`,
  seconds: (low, high) => (low === high ? `约 ${low} 秒` : ` ${low} 到 ${high} 秒`),
  file: '也可以把自己的 GGUF 文件拖到页面上，或者',

  cost: (tokens) => `${tokens} 个词元，预录于此。`,
  stop: '。',

  same: '与预录的数字一致。',
  elsewhere: (verdict) => `这个提示词没有预录。预设自己的提示词：${verdict}`,
  differs: (difference) => `与预录的数字不尽相同：最多相差 ${difference} 个百分点。`,
  other: '与预录的不是同一个模型。',
  largest: (difference) => `与预录的数字最多相差 ${difference} 个百分点。`,

  delays: {
    wait: '另一个标签页正在下载…',
    retry: '连接中断，正在重试…',
  },
  notStored: (bytes) =>
    bytes === null
      ? '没能留到下次使用：空间不足。'
      : `没能留到下次使用：还差 ${formatBytes(bytes)} 空间。`,

  offline: '可离线使用',
  offlineTitle: '这个页面已存在你的浏览器里，没有网络也能打开。',
  notKept: '这个页面没能存下来供离线使用：浏览器没有给它空间。其余一切照常。',
  newVersion: '这个页面有了新版本：',
  reload: '重新载入',
};
