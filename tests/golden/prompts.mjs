// The fifty prompts that the distributions are compared on: from one token to fifteen hundred, and of the kinds
// that people give to a small model. Built from a few words and fixed combinations, so every machine has the same.

const verbs = [
  ['walk', 'walked'],
  ['go', 'went'],
  ['sing', 'sang'],
  ['bake', 'baked'],
  ['carry', 'carried'],
  ['run', 'ran'],
  ['open', 'opened'],
  ['write', 'wrote'],
  ['stop', 'stopped'],
  ['buy', 'bought'],
  ['paint', 'painted'],
  ['fly', 'flew'],
  ['try', 'tried'],
  ['keep', 'kept'],
  ['listen', 'listened'],
  ['swim', 'swam'],
  ['plan', 'planned'],
  ['drive', 'drove'],
  ['hope', 'hoped'],
  ['teach', 'taught'],
  ['fix', 'fixed'],
  ['know', 'knew'],
  ['study', 'studied'],
  ['wear', 'wore'],
  ['borrow', 'borrowed'],
  ['fall', 'fell'],
  ['measure', 'measured'],
  ['break', 'broke'],
  ['wait', 'waited'],
  ['see', 'saw'],
];

const reviews = [
  'film',
  'book',
  'restaurant',
  'hotel',
  'song',
  'phone',
  'bakery',
  'museum',
].flatMap((thing, i) =>
  [
    [
      `A ${thing} that I will remember for years, warm from its first moment to its last.`,
      'Positive',
    ],
    [`The ${thing} was slow, cold and badly put together; we left early.`, 'Negative'],
    [`Nobody told me that a ${thing} could be this much fun.`, 'Positive'],
    [`I wanted to like this ${thing}, but every part of it felt tired.`, 'Negative'],
    [`What a careful, generous ${thing}. Go and see for yourself.`, 'Positive'],
    [`Save your money: the ${thing} is nothing like the picture.`, 'Negative'],
  ].slice(i % 2),
);

const news = [
  ['Ministers of nine countries sign a treaty on fishing in the northern sea', 'World'],
  ['Striker scores twice as the visitors win the cup after extra time', 'Sports'],
  ['Shares of the shipping company fall after a weak forecast', 'Business'],
  ['A smaller chip promises laptops that last a week on one charge', 'Technology'],
  ['Voters in the island republic choose a new parliament', 'World'],
  ['Marathon record broken by eleven seconds on a cold morning', 'Sports'],
  ['The central bank leaves its interest rate where it was', 'Business'],
  ['Engineers teach a telescope to repair its own mirror', 'Technology'],
  ['Heavy rain closes the mountain pass between the two capitals', 'World'],
  ['The young goalkeeper signs with the champions for three years', 'Sports'],
  ['Coffee prices rise for the fifth month in a row', 'Business'],
  ['A browser learns to translate pages without a server', 'Technology'],
];

const french = [
  ['bread', 'pain'],
  ['the blue house', 'la maison bleue'],
  ['good evening', 'bonsoir'],
  ['a glass of water', "un verre d'eau"],
  ['to sleep', 'dormir'],
  ['window', 'fenêtre'],
  ['I am hungry', "j'ai faim"],
  ['summer', 'été'],
  ['my little brother', 'mon petit frère'],
  ['tomorrow morning', 'demain matin'],
  ['snow', 'neige'],
  ['thank you very much', 'merci beaucoup'],
];

const pastTense = (shots, query) =>
  `${verbs
    .slice(0, shots)
    .map(([q, a]) => `Q: ${q}\nA: ${a}\n\n`)
    .join('')}Q: ${query}\nA:`;

const sentiment = (shots, query) =>
  `${reviews
    .slice(0, shots)
    .map(([text, label]) => `Review: ${text}\nSentiment: ${label}\n\n`)
    .join('')}Review: ${query}\nSentiment:`;

const topics = (shots, query) =>
  `Classify the news articles into the categories of World, Sports, Business, and Technology.\n\n${news
    .slice(0, shots)
    .map(([text, label]) => `Article: ${text}\nAnswer: ${label}\n\n`)
    .join('')}Article: ${query}\nAnswer:`;

const translate = (shots, query) =>
  `Translate English to French:\n\n${french
    .slice(0, shots)
    .map(([en, fr]) => `${en} => ${fr}\n`)
    .join('')}${query} =>`;

const arithmetic = (shots, a, b) =>
  `${Array.from({ length: shots }, (_, i) => {
    const [x, y] = [11 + ((i * 37) % 88), 12 + ((i * 53) % 87)];
    return `Q: What is ${x} plus ${y}?\n\nA: ${x + y}\n\n`;
  }).join('')}Q: What is ${a} plus ${b}?\n\nA:`;

const javascript = `// Counts how often each word occurs, most frequent first.
export function countWords(text) {
  const counts = new Map();
  for (const word of text.toLowerCase().match(/\\p{L}+/gu) ?? []) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

test('the most frequent word comes first', () => {
  expect(countWords('red blue red')[0]).toEqual([`;

const python = `import math

class Circle:
    """A circle in the plane, given by its centre and radius."""

    def __init__(self, x, y, radius):
        self.x = x
        self.y = y
        self.radius = radius

    def area(self):
        return math.pi * self.radius ** 2

    def contains(self, x, y):
        return math.hypot(x - self.x, y - self.y) <= self.radius

    def circumference(self):
        return`;

const rust = `/// The greatest common divisor, by Euclid's algorithm.
fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[test]
fn gcd_of_coprime_numbers_is_one() {
    assert_eq!(gcd(9, 28),`;

const html = `<!doctype html>
<html lang="en">
  <head>
    <title>Opening hours</title>
    <link rel="stylesheet" href="style.css">
  </head>
  <body>
    <h1>Opening hours</h1>
    <ul>
      <li>Monday: closed</li>
      <li>Tuesday: 9 to 17</li>
      <li>Wednesday: 9 to 17</li>
      <li>`;

const sql = `CREATE TABLE visits (id INTEGER PRIMARY KEY, page TEXT NOT NULL, seconds REAL);
INSERT INTO visits (page, seconds) VALUES ('/start', 12.5), ('/about', 3.25), ('/start', 40.0);
-- how long people stay on each page
SELECT page, AVG(seconds) FROM visits GROUP BY`;

const json = `{"cities": [{"name": "Lisbon", "country": "Portugal", "river": "Tagus"}, {"name": "Vienna", "country": "Austria", "river": "Danube"}, {"name": "Cairo", "country": "Egypt", "river":`;

const table = `| planet | moons | rings |\n|---|---|---|\n| Earth | 1 | no |\n| Mars | 2 | no |\n| Saturn | 146 | yes |\n| Mercury |`;

const chat = (...turns) =>
  `${turns.map(([role, text]) => `<|im_start|>${role}\n${text}<|im_end|>\n`).join('')}<|im_start|>assistant\n`;

const shore = `The lighthouse stood at the end of a road that nobody had repaired since the ferry stopped. In winter the spray froze on its windows, and the keeper, who was the last of them, scraped a round hole in the ice with a coin so that she could see the harbour. She kept a book of the weather. Each page had three columns, for the wind, the sea and whatever else had happened, and the third was nearly always empty.`;

const bread = `To make a plain loaf, mix five hundred grams of flour with ten grams of salt and seven of dry yeast. Add three hundred grams of warm water and work the dough until it is smooth, which takes about ten minutes by hand. Cover the bowl with a cloth and leave it in a warm place until the dough has doubled. Then shape it, let it rest again for half an hour, and bake it in a hot oven until the crust is brown and the loaf sounds hollow when you knock on its`;

const science = `Light takes a little more than eight minutes to travel from the Sun to the Earth. When we look at a star we therefore see it as it was in the past, and the further away it is, the older the light. Some of the faintest smudges on a photograph left their galaxy long before there were people. Astronomers measure these distances in light years: one light year is the distance that light`;

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const winds = [
  'light and from the west',
  'strong from the north',
  'hardly there',
  'turning to the south',
  'cold and steady',
];
const seas = [
  'flat as a plate',
  'grey with short waves',
  'high over the rocks',
  'calm in the harbour and rough outside it',
];
const events = [
  'A seal slept on the steps.',
  'Two boats came in late.',
  'The post arrived with the baker.',
  'Nothing else.',
  'The lamp needed a new wick.',
  'A child asked how far the light goes, and I did not know.',
];

const diary = (entries) =>
  `${shore}\n\n${Array.from(
    { length: entries },
    (_, i) =>
      `${days[i % 7]}, day ${i + 1}. The wind was ${winds[(i * 3) % 5]}; the sea was ${seas[(i * 5) % 4]}. ${events[(i * i + i) % 6]}\n`,
  ).join('')}${days[entries % 7]}, day ${entries + 1}. The wind was`;

const list = (items) =>
  `Things to pack for the journey:\n${Array.from({ length: items }, (_, i) => {
    const colour = ['red', 'blue', 'green', 'white', 'black'][(i * 2) % 5];
    const thing = ['shirt', 'pair of socks', 'notebook', 'towel', 'scarf', 'box of matches', 'map'][
      (i * 3) % 7
    ];
    return `${i + 1}. one ${colour} ${thing}`;
  }).join('\n')}\n${items + 1}. one`;

/** @type {{ name: string, text: string }[]} */
export const prompts = [
  ['one-word', 'The'],
  ['one-newline', '\n'],
  ['one-special', '<|im_start|>'],
  ['one-space-word', ' Paris'],
  ['digit', '7'],
  ['two-words', 'Once upon'],
  ['capital', 'The capital of France is'],
  ['count', '1, 2, 3, 4,'],
  ['greeting', 'Hello, my name is'],
  ['accent', 'Le café est'],
  ['chinese', '今天天气很'],
  ['emoji', 'I love you ❤️ 👩‍🚀'],
  ['proverb', 'An apple a day keeps the doctor'],
  ['question', 'Why is the sky blue? Because'],
  ['double-space', 'Q: What is  2 plus 2?  A: '],
  ['past-tense-0', pastTense(0, 'jump')],
  ['past-tense-1', pastTense(1, 'jump')],
  ['past-tense-4', pastTense(4, 'jump')],
  ['past-tense-8', pastTense(8, 'begin')],
  ['past-tense-16', pastTense(16, 'begin')],
  ['past-tense-30', pastTense(30, 'jump')],
  ['sentiment-0', sentiment(0, 'An amazing cast and not one dull minute.')],
  ['sentiment-1', sentiment(1, 'An amazing cast and not one dull minute.')],
  ['sentiment-4', sentiment(4, 'An amazing cast and not one dull minute.')],
  ['sentiment-8', sentiment(8, 'The soup was cold, and so was the waiter.')],
  ['sentiment-16', sentiment(16, 'The soup was cold, and so was the waiter.')],
  ['sentiment-44', sentiment(44, 'An amazing cast and not one dull minute.')],
  ['topics-0', topics(0, 'The national team wins its third match in a row')],
  ['topics-4', topics(4, 'The national team wins its third match in a row')],
  ['topics-12', topics(12, 'Oil company reports the largest profit in its history')],
  ['translate-0', translate(0, 'cheese')],
  ['translate-4', translate(4, 'cheese')],
  ['translate-12', translate(12, 'the red door')],
  ['arithmetic-0', arithmetic(0, 48, 76)],
  ['arithmetic-8', arithmetic(8, 48, 76)],
  ['arithmetic-30', arithmetic(30, 23, 58)],
  ['javascript', javascript],
  ['python', python],
  ['rust', rust],
  ['html', html],
  ['sql', sql],
  ['json', json],
  ['table', table],
  ['chat', chat(['user', 'Name three colours.'])],
  [
    'chat-long',
    chat(
      ['system', 'You answer in one sentence.'],
      ['user', 'What is bread made of?'],
      ['assistant', 'Of flour, water, salt and yeast.'],
      ['user', `Shorten this: ${bread} underside.`],
    ),
  ],
  ['recipe', bread],
  ['science', `${science} covers in a year.\n\n${shore}\n\n${science}`],
  ['list-40', list(40)],
  ['diary-32', diary(32)],
  ['diary-44', diary(44)],
].map(([name, text]) => ({ name, text }));
