import { formatCount } from '../../util/numerals.ts';
import type { exact as en } from '../en/exact.ts';
import type { Translated } from '../types.ts';

export const exact: Translated<typeof en> = {
  exact: '模型看到的提示词',
  unfoldExact: '显示全部',
  foldExact: '收起',
  ghost: '模型接下来会写的内容',
  stripLabel: '提示词的词元',
  stripHint: '点一个词元，看模型原本预测那里是什么。',
  stripPlain: '载入模型，看这段文本怎样切分成词元。',
  tokenDetail: (place, id, bytes) => `词元 ${formatCount(place)}：编号 ${id}，字节 ${bytes}`,
  tokenCount: (tokens, contextLength) =>
    contextLength === null
      ? `${formatCount(tokens)} 个词元`
      : `${formatCount(tokens)} / ${formatCount(contextLength)} 个词元`,
  characterCount: (characters) => `${formatCount(characters)} 个字符`,
  legend: '颜色',
  copy: '复制',
  copied: '已复制',
  roles: {
    instruction: '指令',
    input: '输入',
    output: '输出',
    template: '模板',
    query: '查询',
    appended: '追加',
    added: '分词器加在开头',
  },
  appendedLabel: '追加到提示词后面',
  unappend: '撤回最后一个',
  clearAppended: '清除',
  contextUsed: '提示词占用上下文的词元数',
  pace: (duration) => `约 ${duration}`,
  paceTitle: '在这台机器上，模型从头读完这么长的提示词大约要多久；根据此前的运行实测。',
  surprise: {
    switch: '颜色表示什么',
    views: { roles: '成分', surprisal: '惊异度' },
    bits: '比特',
    about:
      '一个词元有多出乎模型意料：模型读到它之前给它的概率的 −log₂。1 比特如抛一次硬币，10 比特即 1,024 分之一。',
    scale: '每个词元在其前文之后的惊异度，单位比特',
    from: (from, last) => (last ? `${from}+` : String(from)),
    of: (bits, rank) => `${bits} 比特，第 ${rank} 名`,
    sum: (bits) => `总计 ${bits} 比特`,
    per: (perplexity, bitsPerByte) =>
      `；每词元困惑度 ${perplexity}；每字节 ${bitsPerByte} 比特。第一个词元没有惊异度：它前面什么也没有。`,
    waiting: '模型正在重读提示词，计算每个词元有多出乎意料。',
    needsModel: '载入模型，看每个词元有多出乎意料。',
    onlyOne: '第一个词元没有惊异度：它前面什么也没有。',
  },
  alternatives: {
    heading: '模型在这里的预测',
    name: (token) => `${token}：模型在这里的预测`,
    token: '词元',
    bar: '概率图示',
    bits: '比特',
    rank: (rank) => `第 ${rank} 名`,
    entropy: (bits) => `熵 ${bits} 比特`,
    came: (token) => `${token}：提示词里的词元`,
    follow: (token) => `${token}：看看接下来会怎样`,
    part: (token) => `${token}：只是半个字符，不能单独出现`,
    rest: (count) => (count === null ? '其余全部' : `其余 ${count} 个`),
    hint: '点一个，看换成它之后会接什么。按 ← → 移到相邻词元。',
    first: '第一个词元前面什么也没有，模型无从预测。',
    waiting: '模型正在运行…',
  },
  raw: {
    edit: '以文本方式编辑',
    done: '完成',
    label: '提示词文本',
    matches: '文本符合模板，表格随之更新。',
    free: '文本不符合模板，表格不再跟随。',
    back: '回到表格',
  },
};
