import type { lessons as en } from '../../en/lessons/index.ts';
import { bias } from './bias.ts';
import { evaluate } from './evaluate.ts';
import { fewShot } from './few-shot.ts';
import { tour } from './tour.ts';

const shipped = { 'few-shot': fewShot, bias, evaluate, tour };

const examples = (shots: number) => (shots === 0 ? '没有示例' : `${shots} 个示例`);

export const lessons: typeof en = {
  shipped,

  back: '上一步',
  next: '下一步',
  finish: '完成',
  leave: '退出',
  leaveTour: '退出导览',
  step: (at, of) => `第 ${at} 步，共 ${of} 步`,
  present: '投影模式',
  print: '打印学习单',
  yourGuess: (percent) => `你猜的是 ${percent}%。`,

  library: '课程',
  libraryLead: '课程会一步步展示本页的不同状态。退出后，你自己的工作会原样恢复。',
  steps: (count) => `${count} 步`,
  play: '开始',
  playName: (title) => `开始：${title}`,
  openFile: '打开课程文件…',
  make: '从当前状态新建课程',
  goOn: '继续编写你的课程',
  close: '关闭',

  chance: (word) => `答案是“${word}”的概率`,
  chanceOf: '答案为“会”的概率',
  no: '不会',
  unsure: '说不准',
  yes: '会',
  reveal: '揭晓',

  guess: '先猜后看',
  guessLead: (task) => `看答案之前，先说说你有多大把握。任务：${task}。给模型几个示例？`,
  guessFallback: (task) => `这个任务没有可供猜测的预存结果，所以换一个任务：${task}。`,
  shots: (shots) => examples(shots),
  begin: (shots) => `开始：${examples(shots)}`,
  question: (at, of) => `第 ${at} 题，共 ${of} 题`,
  ask: (shots, query, answer) =>
    `${examples(shots)}时问“${query}”，最可能的答案会是“${answer}”吗？`,
  outcome: (isFirst, answer, p, word) =>
    isFirst ? `会：“${answer}”的概率是 ${p}。` : `不会：最可能的是“${word}”，“${answer}”是 ${p}。`,
  cost: (guess, cost) => `你猜的是 ${guess}，这一题计 ${cost}。`,
  done: '你的成绩',
  brier: (score) => `你的 Brier 分数：${score}`,
  even: (score) => `每题都猜 50%：${score}`,
  verdict: (mine, even) =>
    mine < even
      ? '分数越低越好：你胜过了每题都猜 50%。'
      : mine > even
        ? '分数越低越好：每题都猜 50% 反而更好。'
        : '与每题都猜 50% 完全相同。',
  formula:
    '分数是各题（你给的概率 − 结果）² 的平均值。正确答案是模型认为最可能的词时，结果为 1，否则为 0。0 分最好；每题都十分肯定又全部猜错，得 1 分。原始定义对两个类别求和，是这里的两倍：',
  again: '再来一轮',
  card: (score, even, count, task, address) =>
    `我猜了猜一个 1.35 亿参数的语言模型会怎么回答：${count} 题，Brier 分数 ${score}（任务：${task}；每题都猜 50% 是 ${even}，越低越好）。${address}`,
  copyCard: '复制为文本',
  copied: '已复制',
  denied: '请按 Ctrl+C 或 ⌘C 复制选中的文本。',

  making: '你的课程',
  makingLead: '把页面调到想展示的状态，加为一步，再写一两句说明。如此重复。',
  title: '标题',
  add: '加入当前状态',
  caption: (at) => `第 ${at} 步的说明`,
  askFirst: (at) => `第 ${at} 步的问题，在显示答案之前提出（可选）`,
  askShort: '先提问（可选）',
  up: (at) => `上移第 ${at} 步`,
  down: (at) => `下移第 ${at} 步`,
  remove: (at) => `删除第 ${at} 步`,
  none: '还没有步骤。',
  full: (most) => `一个课程最多 ${most} 步。`,
  tryIt: '播放',
  saveFile: '保存文件',
  makeLink: '生成链接',
  link: '课程的链接',
  tooLong: '这个课程太长，放不进链接。请保存为文件。',
  drop: '丢弃',
  untitled: '未命名课程',

  presenter: '投影',
  leaveKey: 'Esc',
  leavePresenter: '退出投影模式',
  word: '最可能的答案',
  probability: '概率',
  examples: '示例数',

  sheetName: '姓名',
  sheetStep: (at) => `${at}.`,
  sheetFigure: (answer, model) => `“${answer}”的概率随示例数的变化（${model} 的预存结果）`,
  sheetUnknown: '请在页面上运行这个提示词，查看答案。',
  sheetNotes: '你的记录',

  notFound: (name) => `这个网站上没有名为“${name}”的课程。`,
};
