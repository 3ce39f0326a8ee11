/**
 * Further queries that are recorded of each preset, each with its right answer; null where none is right. Some of them
 * the model gets wrong, whatever it is shown.
 */
const reviews = [
  ['Two hours of my life that I will never get back.', 'Negative'],
  ['Beautifully shot, but there is nothing behind the pictures.', 'Negative'],
  ['I went in expecting little and came out smiling.', 'Positive'],
  ['Not bad at all.', 'Positive'],
];
const verbs = [
  ['borrow', 'borrowed'],
  ['freeze', 'froze'],
  ['whisper', 'whispered'],
  ['teach', 'taught'],
];

const queries = {
  plural: [
    ['mouse', 'mice'],
    ['tooth', 'teeth'],
    ['sheep', 'sheep'],
    ['goose', 'geese'],
    ['cherry', 'cherries'],
    ['ox', 'oxen'],
  ],
  'past-tense': [['climb', 'climbed'], ...verbs],
  sentiment: reviews,
  topics: [
    [
      'Central bank holds rates. Borrowing costs stay where they are as inflation slows for a third month.',
      'Business',
    ],
    [
      'Probe reaches the comet. After a voyage of nine years the spacecraft sent its first close pictures.',
      'Technology',
    ],
    [
      'Talks on the border resume. Envoys of both countries met for the first time since the summer.',
      'World',
    ],
    ['Swimmer takes three medals. She won both relays and the long distance race.', 'Sports'],
  ],
  translate: [
    ['night', 'nuit'],
    ['school', 'école'],
    ['red wine', 'vin rouge'],
    ['thank you', 'merci'],
    ['bird', 'oiseau'],
  ],
  'question-type': [
    ['Who discovered the law of gravity?', 'Person'],
    ['What desert is the largest in the world?', 'Location'],
    ['What is the purpose of a compass?', 'Description'],
    ['What colour do you get from blue and yellow?', 'Entity'],
    ['What does CD stand for?', 'Ab'],
  ],
  cloze: [
    ['The orchestra was ready, and everyone waited for the ____.', 'conductor'],
    ['Her shoes were wet, so she took them ____.', 'off'],
    ['He wanted to pay, but he had left his ____ at home.', 'wallet'],
    ['The bees flew from flower to flower to make ____.', 'honey'],
  ],
  unscramble: [
    ['hermot', 'mother'],
    ['amerac', 'camera'],
    ['rdreco', 'record'],
    ['neltun', 'tunnel'],
  ],
  arithmetic: [
    ['15 plus 23', '38'],
    ['62 plus 9', '71'],
    ['7 plus 5', '12'],
    ['31 plus 84', '115'],
  ],
  qa: [
    ['Who wrote Oliver Twist?', 'Charles Dickens'],
    ['What is the capital of Italy?', 'Rome'],
    ['How many legs does a spider have?', 'eight'],
    ['What is the chemical symbol for gold?', 'Au'],
  ],
  capital: [
    ['Mexico', 'Mexico City'],
    ['South Korea', 'Seoul'],
    ['Bulgaria', 'Sofia'],
    ['Morocco', 'Rabat'],
    ['Australia', 'Canberra'],
  ],
  antonym: [
    ['wide', 'narrow'],
    ['heavy', 'light'],
    ['north', 'south'],
    ['brave', 'cowardly'],
    ['sharp', 'blunt'],
  ],
  table: [
    ['well dug | 2 August 1788', '1788'],
    ['square renamed | 30 June 1991', '1991'],
    ['first cinema | 11 November 1912', '1912'],
    ['road widened | 7 October 1961', '1961'],
  ],
  code: [
    ['the city is empty', 'city == "":'],
    ['h is divisible by 4', 'h % 4 == 0:'],
    ['the stack has no items', 'len(stack) == 0:'],
    ['u is not equal to v', 'u != v:'],
  ],
  extract: [
    ['The concert in Helsinki starts at eight, writes Mr Berg.', 'Helsinki'],
    ['Two of the singers come from Havana.', 'Havana'],
    ['On Monday the minister will visit the school in Nagoya.', 'Nagoya'],
    ['Henry left his violin on a bus in Glasgow.', 'Glasgow'],
  ],
  writing: [
    ['river', null],
    ['piano', null],
    ['window', null],
    ['bread', null],
  ],
  'sentiment-zh': [
    ['电池半天就没电了。', '负面'],
    ['早知道这么好，就早点来了。', '正面'],
    ['说明书写得像天书。', '负面'],
    ['再也没有第二次了。', '负面'],
  ],
  'double-space': [['sing', 'sang'], ...verbs],
  'bad-example': [
    ['small apple', 'fruit'],
    ['kiwi', 'fruit'],
    ['red cabbage', 'vegetable'],
    ['yellow apple', 'fruit'],
  ],
  flipped: reviews,
  imbalanced: [
    ['Dull from the first minute.', 'Negative'],
    ['The cast is wonderful and the last scene stayed with me for days.', 'Positive'],
    ['Beautifully shot, but there is nothing behind the pictures.', 'Negative'],
    ['Not bad at all.', 'Positive'],
  ],
};

/** The further queries of a preset. */
export function queriesOf(id) {
  return queries[id].map(([query, output]) => ({ query, output }));
}
