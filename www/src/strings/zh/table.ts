import type { TableProblemCode } from 'shotglass/data';
import type { table as en } from '../en/table.ts';
import type { Translated } from '../types.ts';
import { withDetail } from './detail.ts';

const rowProblems: Record<TableProblemCode, string> = {
  'cell-count': '这一行的单元格数与表头不同。',
  quotes: '引号不成对，或位置不对。引号之内的引号要写两遍。',
  'row-too-long': '这一行太长了。',
  'not-json': '这一行不是 JSON。',
  'not-an-object': '每一行都要是一个对象，以列名为键。',
  'nested-value': '有一个值是列表或对象，不是文本，已略去。',
  'no-ruler': 'Markdown 表的表头下面要有一行 |---|---|。',
  'no-rows': '这里没有数据行。',
  'column-name': '有一列没有名字或与别的列重名，已另取一个名字。',
  encoding: '这里有不属于文本的字节或字符，可能是编码不对。',
  'empty-cell': '需要的列里有一个是空的。',
};

export const table: Translated<typeof en> = {
  use: (n) => `使用示例 ${n}`,
  useHint: '点击以排除或恢复，拖动以移动',
  excluded: '已排除',
  effect: '影响',
  rowMenu: (n) => `示例 ${n} 的操作`,
  moveUp: '上移',
  moveDown: '下移',
  duplicate: '复制一份',
  exclude: '排除',
  include: '恢复使用',
  remove: '删除',
  duplicated: (n) => `示例 ${n} 已复制一份。`,
  added: (count) => `已添加 ${count} 个示例。`,
  replaced: (count) => `已换成 ${count} 个示例。`,
  ofColumns: (columns) => `使用 ${columns} 列中的前两列。`,
  shuffle: '打乱顺序',
  seed: '打乱用的种子',
  shuffled: (seed) => `已按种子 ${seed} 打乱顺序。`,

  import: '导入…',
  importHeading: '导入示例',
  importHint: '支持 CSV、制表符分隔、JSON 或 Markdown 表格。只在本页面内读取，不会发送到任何地方。',
  chooseFile: '选择文件…',
  paste: '或粘贴到这里',
  file: (name, size) => `${name}，${size}`,
  forget: '改为粘贴',
  named: '第一行是列名',
  column: (name) => `第 ${name} 列`,
  preview: (shown, all) =>
    all === 0
      ? '没有数据行'
      : shown === all
        ? `全部 ${all} 行`
        : `共 ${all} 行，前 ${shown} 行如下`,
  oneColumn: '只有一列。一个示例需要两列：输入和输出。',
  sameColumn: '输入和输出是同一列。请选择不同的两列。',
  problems: (count) => `${count} 个问题`,
  problem: (line, code, message) => `第 ${line} 行：${withDetail(rowProblems[code], message)}`,
  moreProblems: (count) => `另有 ${count} 个。`,
  most: (count) => `表格一次最多接收 ${count} 行，已经超出上下文能容纳的数量。`,
  addRows: (count) => `添加 ${count} 个示例`,
  replaceRows: '全部替换',
  reading: '正在读取…',
  cancel: '取消',
};
