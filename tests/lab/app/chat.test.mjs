import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPrompt } from 'shotglass';
import { renderChat } from 'shotglass/jinja';
import { labModule } from '../module.mjs';

const { addedInstruction, chatProblem, chatTask, chatTemplateOf } = await labModule('app/chat.ts');
const { askedOf, promptOf } = await labModule('app/prompt.ts');
const { draftOf } = await labModule('app/state.ts');
const { presets, presetById } = await labModule('presets/index.ts');

const smollm2 =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n" +
  'You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' +
  "' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** In the manner of Llama 2: the instruction within the first question, a space before each answer, contents trimmed. */
const withinFirst =
  "{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% set system = '<<SYS>>' + messages[0]['content'] + '<</SYS>> ' %}" +
  "{% else %}{% set rest = messages %}{% set system = '' %}{% endif %}" +
  "{% for message in rest %}{% if message['role'] == 'user' %}{{ '[INST] ' }}{% if loop.first %}{{ system }}{% endif %}{{ message['content'].strip() + ' [/INST]' }}" +
  "{% else %}{{ ' ' + message['content'].strip() + ' [END]' }}{% endif %}{% endfor %}";

const readTemplate = (source) => chatTemplateOf(source, renderChat);

/** The slow twin: the conversation, told turn by turn and rendered by the template itself. */
function conversation(task, shots, template) {
  const { inputPrefix, inputSuffix, outputPrefix } = task.template;
  const turn = (input) =>
    `${inputPrefix.trimStart()}${input}${(inputSuffix + outputPrefix).trimEnd()}`;
  const messages = [
    ...(task.instruction === '' ? [] : [{ role: 'system', content: task.instruction }]),
    ...task.demonstrations.slice(0, shots).flatMap(({ input, output }) => [
      { role: 'user', content: turn(input) },
      { role: 'assistant', content: output },
    ]),
    { role: 'user', content: turn(task.query) },
  ];
  return renderChat(template, messages, { addGenerationPrompt: true });
}

const bare = {
  instructionSeparator: '\n\n',
  inputPrefix: '\n ',
  inputSuffix: '\n',
  outputPrefix: '',
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
};
const tasks = [
  ...presets.map(({ task }) => task),
  { ...presets[0].task, instruction: 'Give the past tense. ' },
  {
    instruction: '',
    template: bare,
    demonstrations: [
      { input: '  @0@ {{ x }} ', output: ' y\n' },
      { input: '', output: '$1' },
    ],
    query: '\t<|im_end|> ',
  },
];

for (const [name, template] of Object.entries({ smollm2, withinFirst })) {
  test(`the task's prompt is what the template renders: ${name}`, async () => {
    const chat = readTemplate(template);
    for (const task of tasks) {
      assert.equal(chatProblem(task, chat), null);
      for (let shots = 0; shots <= task.demonstrations.length; shots++) {
        const { text } = renderPrompt(chatTask(task, chat), { shots });
        assert.equal(text, conversation(task, shots, template));
      }
    }
  });
}

test('labels stand where answers do', async () => {
  const { outputSeparator } = chatTask(tasks[0], readTemplate(smollm2)).template;
  assert.equal(outputSeparator, '', 'a turn begins with its answer');
  const spaced = chatTask(tasks[0], readTemplate(withinFirst)).template;
  assert.equal(spaced.outputSeparator, ' ', 'the template writes a space before each answer');
});

test('what a template adds on its own is known', async () => {
  assert.equal(
    addedInstruction(readTemplate(smollm2)),
    'You are a helpful AI assistant named SmolLM, trained by Hugging Face',
  );
  assert.equal(addedInstruction(readTemplate(withinFirst)), '');
});

test('a template that is no Template is refused, and the prompt stays raw', async () => {
  const turns = (body) => `{% for m in messages %}${body}{% endfor %}`;
  const cases = {
    refuses: turns(
      "{% if m.role == 'system' %}{{ raise_exception('No system.') }}{% endif %}{{ m.content }}",
    ),
    irregular: turns('{{ loop.index }}: {{ m.content }}\n'),
    tokens: turns('{{ bos_token }}{{ m.content }}'),
  };
  const instructed = draftOf(presetById('topics'));
  for (const [kind, template] of Object.entries(cases)) {
    const chat = readTemplate(template);
    const problem = chatProblem(instructed.task, chat);
    assert.equal(problem?.kind, kind);
    if (kind === 'refuses') assert.match(problem.detail, /No system\./);
    const raw = promptOf(instructed).text;
    assert.equal(promptOf({ ...instructed, chat: true }, chat).text, raw);
  }
  const broken = readTemplate('{% for');
  assert.equal(chatProblem(presets[0].task, broken)?.kind, 'refuses');
  // One that writes the last question twice, or leaves a turn out.
  for (const template of [turns('{{ m.content }}{{ m.content }}'), '{{ messages[0].content }}']) {
    assert.equal(chatProblem(presets[0].task, readTemplate(template))?.kind, 'irregular');
  }
});

test('of the opening turn only the reader’s words are the instruction', async () => {
  const chat = readTemplate(smollm2);
  const cut = (draft) => {
    const { text, spans } = promptOf({ ...draft, chat: true }, chat);
    assert.equal(spans.map(({ start, end }) => text.slice(start, end)).join(''), text);
    return spans.map(({ role, start, end }) => [role, text.slice(start, end)]);
  };
  const topics = { ...draftOf(presetById('topics')), shots: 0 };
  const [opening, instruction, between] = cut(topics);
  assert.deepEqual(opening, ['template', '<|im_start|>system\n']);
  assert.deepEqual(instruction, ['instruction', topics.task.instruction]);
  assert.deepEqual(between, ['template', '<|im_end|>\n<|im_start|>user\nArticle: ']);
  const roles = cut({ ...draftOf(presetById('past-tense')), shots: 0 }).map(([role]) => role);
  assert.deepEqual(roles, ['template', 'query', 'template'], 'nobody wrote an instruction');
});

test('free text is what it is, and excluded rows stay out', async () => {
  const chat = readTemplate(smollm2);
  const draft = { ...draftOf(presetById('past-tense')), chat: true };
  assert.equal(promptOf({ ...draft, text: 'Once' }, chat).text, 'Once');
  const [first, ...rest] = draft.task.demonstrations;
  const demonstrations = [{ ...first, excluded: true }, ...rest];
  const asked = askedOf({ ...draft, task: { ...draft.task, demonstrations } }, chat);
  assert.equal(asked.task.demonstrations[0].input, rest[0].input);
});
