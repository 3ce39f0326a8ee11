import type { Preset } from './preset.js';
import { review } from './templates.js';

const queries = [
  '朋友推荐的店，果然没有让人失望。',
  '电池半天就没电了。',
  '早知道这么好，就早点来了。',
  '说明书写得像天书。',
  '再也没有第二次了。',
] as const;

/** For models that read Chinese, which the default model does not. */
export const sentimentZh: Preset = {
  id: 'sentiment-zh',
  source: null,
  task: {
    instruction: '',
    template: { ...review, inputPrefix: '评论：', outputPrefix: '情感：', outputSeparator: '' },
    demonstrations: [
      { input: '服务周到，饭菜可口，全家人都很满意。', output: '正面' },
      { input: '排队太久，味道也很一般。', output: '负面' },
      { input: '质量很差，穿了一次就破了。', output: '负面' },
      { input: '风景优美，还想再去一次。', output: '正面' },
      { input: '电影又长又无聊，看得我直打哈欠。', output: '负面' },
      { input: '手机运行流畅，拍照也很清晰。', output: '正面' },
      { input: '酒店位置方便，早餐也很丰富。', output: '正面' },
      { input: '态度恶劣，以后再也不来了。', output: '负面' },
      { input: '孩子特别喜欢，每天都抱着睡觉。', output: '正面' },
      { input: '图片和实物差得太远，非常失望。', output: '负面' },
    ],
    labels: ['负面', '正面'],
    query: queries[0],
  },
  queries,
  answer: '正面',
  shots: 4,
  rows: [
    { input: '菜很新鲜，分量也足，下次还来。', output: '正面' },
    { input: '等了一个小时，端上来的汤还是凉的。', output: '负面' },
    { input: '房间干净，床很舒服，睡得很香。', output: '正面' },
    { input: '空调吵了一夜，根本没法睡。', output: '负面' },
    { input: '这本书我一口气读完了，非常精彩。', output: '正面' },
    { input: '故事拖沓，看到一半我就睡着了。', output: '负面' },
    { input: '老板热情，价格也公道。', output: '正面' },
    { input: '买回来第二天就坏了，客服也不理人。', output: '负面' },
    { input: '音质出色，戴一整天耳朵也不疼。', output: '正面' },
    { input: '屏幕太暗，在室外什么也看不清。', output: '负面' },
    { input: '导游讲得生动，孩子们都听入了迷。', output: '正面' },
    { input: '行程安排得乱七八糟，一半时间都在坐车。', output: '负面' },
    { input: '演员的表演自然动人，我看哭了。', output: '正面' },
    { input: '特效粗糙，台词更是尴尬。', output: '负面' },
    { input: '快递很快，包装也很仔细。', output: '正面' },
    { input: '箱子压扁了，里面的杯子碎了两个。', output: '负面' },
    { input: '味道正宗，像妈妈做的一样。', output: '正面' },
    { input: '肉又老又咸，难以下咽。', output: '负面' },
    { input: '画面很美，音乐也好听，值得一看。', output: '正面' },
    { input: '剧情漏洞百出，白白浪费了两个小时。', output: '负面' },
    { input: '师傅手艺好，剪得又快又好看。', output: '正面' },
    { input: '店员一直在玩手机，问什么都说不知道。', output: '负面' },
    { input: '公园不大，但是很安静，散步正合适。', output: '正面' },
    { input: '水又脏又凉，再也不会来了。', output: '负面' },
  ],
  mended: null,
};
