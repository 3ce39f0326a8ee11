import type { ErrorCode } from '../../errors.js';
import { formatBytes, formatCount } from '../../format/numbers.js';
import type { CharacterName, Strings } from './en.js';

const characters: Record<CharacterName, string> = {
  space: '空格',
  newline: '换行',
  tab: '制表符',
  carriageReturn: '回车符',
};

/** What readers can do about an error. The package itself speaks English: its own sentence follows. */
const problems: Partial<Record<ErrorCode, string>> = {
  'not-gguf': '这不是 GGUF 文件。',
  truncated: '文件不完整，请检查网络后重试。',
  corrupt: '文件已损坏。',
  'checksum-mismatch': '文件的 SHA-256 与要求的不符。',
  'out-of-memory': '内存不足，装不下这个模型。',
  'prompt-too-long': '提示词超过了模型能读的长度，请减少示例或改短。',
  'empty-prompt': '提示词是空的，前面至少要有一个词元。',
  'invalid-text': '提示词里有半个字符（孤立的代理项），无法编码。',
  'merged-continuation': '上下文的结尾与标签的开头并成了一个词元。',
  'download-failed': '模型下载失败，请检查地址和网络。',
  'unsupported-browser': '这个浏览器无法运行模型。',
  'worker-failed': '无法启动工作线程。',
  crashed: '引擎意外停止。',
};

export const zh: Strings = {
  language: 'zh-CN',

  percent: (p) =>
    p < 0.005
      ? '不到百分之一'
      : p > 0.995 && p < 1
        ? '百分之 99 以上'
        : `百分之 ${Math.round(p * 100)}`,
  characters: (count, name) => (count === 1 ? characters[name] : `${count} 个${characters[name]}`),
  bytes: (hex) => `字节 ${hex}`,

  prompt: '提示词',
  shots: '示例数',
  shotsOf: (shots, all) => `${shots} / ${all}`,
  shotsSpoken: (shots) => `${shots} 个示例`,
  fewer: '少用一个示例',
  more: '多用一个示例',
  input: (number) => `输入 ${number}`,
  output: (number) => `输出 ${number}`,
  query: '查询',
  notUsed: (count) => `另有 ${count} 个，不在提示词里`,
  add: '添加示例',
  remove: (number) => `删除示例 ${number}`,
  undo: '撤销',
  exact: '完整提示词',

  answer: '答案',
  caption: (view, shots) =>
    `${shots} 个示例之后${{ tokens: '的下一个词元', labels: '的标签', text: '概率最高的续写' }[view]}`,
  token: '词元',
  label: '标签',
  drawn: '概率（条形，刻度 0 到 100%）',
  p: 'p',
  rest: (count) => (count === null ? '其余全部词元' : `其余 ${formatCount(count)} 个词元`),
  mass: '标签的总概率',
  nothing: '模型到此为止。',
  topToken: (token, p) => `首位词元：${token}，${p}`,
  topLabel: (label, p) => `首位标签：${label}，${p}`,
  topText: (text) => `续写：${text}`,
  ladderCaption: '… 的概率随示例数的变化',
  ladderSentence: (isRight, points) =>
    `${isRight ? '正确答案' : '此处居首的词元'}的概率：${points
      .map(({ shots, p }) => `${shots} 个示例时 ${p}`)
      .join('，')}。`,
  ladderLive: (shots) => `其中示例数为 ${shots.join('、')} 的在本页算出，其余为预存结果。`,
  topLadder: (token, p, shots) => `${token}：${shots} 个示例时${p}`,
  notRecorded: '没有预存结果',

  recorded: '预存结果',
  live: '实时',
  recordedBy: (model, sha256, version) =>
    `${model}（SHA-256 ${sha256.slice(0, 8)}…），由 shotglass ${version} 记录`,
  liveBy: (model, sha256) => `${model}（SHA-256 ${sha256.slice(0, 8)}…），刚在此页算出`,
  same: '实时结果与预存结果一致。',
  sameText: '实时文本与预存文本一致。',
  otherText: '实时文本与预存文本不同。',
  differs: (points) => `实时结果与预存结果最多相差 ${points} 个百分点。`,
  other: '当前模型不是预存结果所用的模型。',
  noRecord: '这段提示词没有预存结果。',
  fetchingTask: '正在读取要显示的内容。',
  waiting: '正在读取预存结果。',

  run: '实时运行',
  size: (bytes) => `${formatBytes(bytes)}，只下载一次`,
  download: '需要下载模型，只下载一次',
  kept: '已在这台设备上',
  loaded: '模型已载入',
  loading: '正在载入模型',
  amount: (bytesLoaded, bytesTotal) =>
    bytesTotal === null
      ? formatBytes(bytesLoaded)
      : `${formatBytes(bytesLoaded)} / ${formatBytes(bytesTotal)}`,
  elsewhere: '另一个页面正在下载。',
  restarted: (amount) => `${amount}${amount && '。'}下载不得不从头开始。`,
  retrying: '连接中断，正在重试。',
  cancel: '取消',
  running: '模型正在运行。',
  notKept: '浏览器没有为下次访问保留模型。',
  storageFull: '浏览器的存储空间不足，没有为下次访问保留模型。',
  storageShort: (bytes) =>
    `浏览器的存储空间不足，没有为下次访问保留模型：约缺 ${formatBytes(bytes)}。`,
  failed: '模型没有载入成功。',
  crashed: '引擎停止了。',
  refused: '模型无法回答这段提示词。',
  retry: '重试',
  startAgain: '重新启动',

  problem: (code, message) => {
    const known = code === 'unknown' ? undefined : problems[code];
    return known === undefined ? message : `${known}（${message}）`;
  },

  unknownValue: (attribute, value, allowed) =>
    `${attribute}="${value}" 不是已知的值，可以是${allowed}。`,
  or: (choices) =>
    choices.length < 2
      ? choices.join('')
      : ` ${choices.slice(0, -1).join('、')} 或 ${choices.at(-1)}`,
  wholeNumber: '不小于 0 的整数',
  hexDigits: ' 64 位十六进制的 SHA-256',
  address: '模型文件的地址、hf:owner/repo/file.gguf，或 shotglass/models 中的 id',
  snapshotAddress: '预存结果（JSON 文件）的地址',
  templateForm: (names) => `${names}，或 Template 的 JSON`,
  taskForm: ' Task 的 JSON，要有 template 和 demonstrations',
  labelsForm: '用逗号分隔的至少两个标签',
  tooManyShots: (shots, all) => `shots="${shots}" 超过了示例的总数，因此用上全部 ${all} 个。`,
  noLabels: 'view="labels" 要求任务至少有两个标签，因此显示词元。',
  badTask: (message) => `这个任务无法写成提示词。${message}`,
  empty:
    '还没有可问的内容。请指定 preset，或在元素里写一个 <dl>：每个示例一个 <dt> 和一个 <dd>，最后一个 <dt> 是查询。',
  noPresets: '请检查网络连接，以及软件包的文件是否齐全：预设没有载入成功。',
  snapshotUnreachable: (url) =>
    `请检查地址和网络：预存结果 ${url} 无法读取。如果它在别的网站，那个网站必须允许此页读取（CORS）。`,
  snapshotSlow: (url, seconds) =>
    `请检查网络并重新载入此页：预存结果 ${url} 在 ${seconds} 秒内没有传完。`,
  snapshotStatus: (url, status) => `请检查地址：预存结果 ${url} 不存在（服务器回答 ${status}）。`,
  snapshotPage: (url) => `请检查地址：${url} 是网页，不是预存结果的 JSON 文件。`,
  snapshotMalformed: (url, what) =>
    `${url} 不是预存结果（${what}）。请用 npx shotglass snapshot 重新生成。`,
  snapshotVersion: (url, version) =>
    `${url} 的格式版本是 ${version}，而此元素只读版本 1。两者请用同一版本的 shotglass。`,
  tableUnread:
    '元素里的表格没有可读的数字，因此照原样显示。表体的每一行都要有 <th> 和值在 0 到 1 之间的 <data value="…">，最后一行是其余全部。',
  snapshotOther: '预存结果属于另一段提示词。请用 npx shotglass snapshot 重新生成。',
  given: '所给的 snapshot',
  unexpected: (message) => `出现了意外的错误：${message}`,
};
