import { formatBytes } from '../../util/numerals.ts';
import type { first as en } from '../en/first.ts';
import type { Translated } from '../types.ts';

export const first: Translated<typeof en> = {
  origins: {
    live: '实时',
    recorded: '预存结果',
    sent: '分享者的结果',
    outdated: '其他提示词的结果',
  },
  originTitle: '这些数字从哪里来',
  live: (model, bits) => `${model} 刚刚在这个标签页里算出，激活值为 ${bits} 位。`,
  recorded: (model, bits) =>
    `${model}（激活值为 ${bits} 位）此前对完全相同的提示词给出了这个结果。数字由本项目的命令 cargo xtask record 记录，没有手工填写。`,
  sent: (model, bits, version) =>
    `这些数字来自链接：分享者的页面用 ${model}（激活值为 ${bits} 位，shotglass ${version}）对完全相同的提示词给出了这个结果。本页面还没有核对。载入模型后即可核对。`,
  onServer: (model, server) => `服务器 ${server} 上的 ${model}`,
  liveServer: (model, server) =>
    `由服务器 ${server} 上的 ${model} 刚刚计算得出，你的提示词已发送到该服务器。`,
  sentServer: (model, server, version) =>
    `这些数字随链接而来：分享者的页面用 shotglass ${version} 对同一提示词显示了它们，由服务器 ${server} 上的 ${model} 给出。本页尚未核对。`,
  connect: '连接此服务器…',
  server: '服务器地址',
  outdated: (shots) =>
    `这些数字是内置任务（${shots}）的预存结果。载入模型，就能得到你这个提示词的答案。`,
  hash: '模型文件的 SHA-256',

  run: (bytes, isRest) => `实时运行（${isRest ? '还剩 ' : ''}${formatBytes(bytes)}）`,
  runKept: '实时运行',
  once: '只下载一次，留在你的设备上',
  thisVisit: '只供这次访问，在你的设备上',
  isKept: '已在你的设备上',
  cannotRun: '这里无法运行',
  obstacles: {
    simd: '这个浏览器没有 WebAssembly SIMD，模型无法运行。请用 Chrome 91、Firefox 114、Safari 16.4 或更新的版本。预存结果仍然都可以看。',
    memory: '这台设备报告的内存不到 1 GB，装不下这个模型。预存结果仍然都可以看。',
  },
  byEdit: '正在载入模型，以回答你的提示词',
  pace: (seconds) => `在这台设备上，这个提示词需要${seconds}。`,
  underHalf: '不到半秒',
  seconds: (low, high) => (low === high ? `约 ${low} 秒` : ` ${low} 到 ${high} 秒`),
  file: '也可以把自己的 GGUF 模型拖到这里，或者',

  cost: (tokens) => `${tokens} 个词元，预存结果`,
  costSent: (tokens) => `${tokens} 个词元，分享者的结果`,
  stop: '。',

  same: '实时结果与预存结果一致。',
  elsewhere: (verdict) => `已用内置提示词核对。${verdict}`,
  differs: (difference) => `实时结果与预存结果最多相差 ${difference} 个百分点。`,
  other: '当前模型不是预存结果所用的模型。',
  measuredWith: (model) => `这里的数字是用 ${model} 测得的，不是当前载入的模型的结果。`,
  sentSame: '分享者的结果与这里算出的一致。',
  sentDiffers: '分享者的结果与这里算出的不一致。',
  sentOther: (model) => `分享者用的是另一个模型（${model}），无法用当前模型核对。`,
  largest: (difference) => `与预存结果最多相差 ${difference} 个百分点。`,

  delays: {
    wait: '另一个标签页正在下载…',
    retry: '连接中断，正在重试…',
  },
  notStored: (bytes) =>
    bytes === null
      ? '模型没能保存到下次使用：浏览器空间不足。'
      : `模型没能保存到下次使用：浏览器还差 ${formatBytes(bytes)} 空间。`,

  offline: '可离线使用',
  offlineTitle: '这个页面已存在你的浏览器里，没有网络也能打开。',
  notKept: '这个页面没能保存供离线使用：浏览器没有给它空间。其他功能不受影响。',
  newVersion: '这个页面有了新版本：',
  reload: '重新载入',
};
