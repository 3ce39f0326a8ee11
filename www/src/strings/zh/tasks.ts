import { formatBytes } from '../../util/numerals.ts';
import type { tasks as en } from '../en/tasks.ts';
import type { Translated } from '../types.ts';

export const tasks: Translated<typeof en> = {
  new: '新建任务…',
  own: (preset) => (preset === null ? '你的任务' : `你的任务（源自“${preset}”）`),
  yours: '你的任务',
  readyMade: '预设任务',
  reset: (preset) => `恢复为“${preset}”`,
  name: '名称',
  kept: '这个任务已保存在本浏览器中。',
  notKept: '给任务起个名字，它就会保存在本浏览器中。',
  template: '模板',
  begin: '填写输入和对应的输出。按回车键开始下一行。',
  beginWithQuery: '先写查询',

  keys: '方向键在单元格之间移动。回车键到下一行，Shift+回车键换行。输入时按 Tab 键到下一个单元格；按 Esc 键之后，Tab 键离开表格。',
  rowsPasted: (count) => `${count} 行文本已填入 ${count} 行。`,
  oneCell: '放进一个单元格',
  chooseColumns: '选择列…',

  needs: (bytes) => `需要模型：${formatBytes(bytes)}，只下载一次。`,
  needsKept: '需要模型，它已在这台设备上。',
  run: '实时运行',

  list: '你的任务…',
  listHint: '这些任务只保存在本浏览器中。',
  none: '还没有保存的任务。新建任务里写入内容后就会保存。',
  close: '关闭',
  nameOf: (name) => `“${name}”的名称`,
  facts: (examples, date) => `${examples} 个示例，修改于 ${date}`,
  open: '打开',
  isOpen: '已打开',
  duplicate: '复制一份',
  save: '存为文件',
  remove: '删除',
  of: (action, name) => `${action}：${name}`,
  import: '导入任务文件…',
  imported: (name) => `已导入“${name}”。`,
  removed: (name) => `已删除“${name}”。`,
  full: '浏览器没有空间保存这个任务。请把某个任务存为文件，再在这里删除它；已打开的内容不受影响。',
  damaged: '无法读取的任务',
  damagedHint: '它已损坏，或由更新版本的页面写成。在你删除之前，它会一直留在这里。',
};
