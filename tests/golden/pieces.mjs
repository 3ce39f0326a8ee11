// The seed words that strings.mjs crosses with each other, by kind. What cannot be seen is written as an escape.

/** @param {string} text */
const words = (text) => text.split(/\s+/);

export const english = [
  ...words(`the quick Brown FOXES jumped naïve co-operate don't x Antidisestablishmentarianism
    iPhone e.g. O’Brien e-mail Straße`),
];

export const contractions = [
  ...words(`I'm you're he's we've they'll I'd can't I'M YOU'RE HE'S WE'VE 's 't 're 've 'm 'll
    'd ''s x's's 'sx 'tis o'clock rock'n'roll ’s don’t ' '' ''' s' 'S 'LL '1 1's é's 中's
    're're`),
  "' s",
  " 's",
  "\n's",
];

export const numbers = [
  ...words(`0 7 42 007 1234567890 3.14159 -1 +1 1,000,000 1e-9 0x1F 1_000 12:34:56 2026-11-22
    50% €5 ½ ² x² Ⅷ ① ٣٤٥ १२३ １２３ 𝟙𝟚 1st 2nd v1.2.3 192.168.0.1 1/2 10^6 #1 a1b2c3 〇一二
    ៣ ৳৫ ㊿ ፩ 𐄇`),
  '$9.99',
  '1 2 3',
  ' 1',
  '  1',
  '1 ',
  '1\ufe0f\u20e3',
];

export const code = [
  ...words(`a->b::c<d> @decorator /usr/local/bin https://example.org/a?b=c&d=%20#e
    user@example.org snake_case_name camelCaseName SCREAMING_CASE kebab-case 0b1010 ...
    === !== => -> <<= ~/.bashrc`),
  'fn main() { println!("hi"); }',
  'let x = &mut y[..];',
  'if (a === b) { return !c; }',
  'for i in range(10):\n    print(i)\n',
  '\tif x:\n\t\treturn\n',
  'x += 1;;',
  '/* comment */ // more',
  '#include <stdio.h>\n',
  '<div class="a b">&nbsp;</div>',
  '{"key": [1, 2, {"k": null}]}',
  "SELECT * FROM t WHERE a='b';",
  'def __init__(self, *args, **kwargs):',
  'std::vector<std::pair<int,int>> v;',
  'a && b || !c',
  'x ? y : z',
  `\${name}`,
  `\`\${a}\``,
  'C:\\path\\file.txt',
  '"\\u00e9\\n"',
  ' =>',
  ' ->',
  ' ____',
  '$ ls -la | grep x > y',
  '\\begin{align} x^2 \\end{align}',
  '---\ntitle: x\n---\n',
  '```js\ncode\n```',
  '| a | b |\n|---|---|\n',
  '\\\\\\',
  '%s %d %5.2f',
  '^[a-z]+(?=\\d)$',
  '\u001b[31mred\u001b[0m',
];

export const chinese = [
  ...words(
    `中文 今天天气很好。 你好，世界！ 人工智能 繁體中文 「引号」 一二三四五 ，。！？ 北京市海淀区 GPT模型 ３Ｄ打印 𠮷野家 ㍿ 〇`,
  ),
  '中 文',
];

export const scripts = [
  ...words(`こんにちは カタカナ ﾊﾝｶｸ 漢字かな交じり文 안녕하세요 한국어 Ελληνικά ἀρχή ภาษาไทย ລາວ ქართული Հայերեն አማርኛ
    ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ Łódź Ñandú ᚠᚢᚦ 𐍈 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝒳 ⓐⓑ ꙮ ⵣ ᠮᠣᠩᠭᠣᠯ 𞤀𞤣𞤤𞤢𞤥`),
  'Привет, мир',
  'съешь ещё',
  'ह\u093fन\u094dद\u0940',
  'नमस\u094dत\u0947',
  'ব\u09be\u0982ল\u09be',
  'தம\u0bbfழ\u0bcd',
  'မ\u103cန\u103aမ\u102c',
  'ខ\u17d2ម\u17c2រ',
  'Tiếng Việt',
  'Türkçe İıŞş',
  'čeština ěščřž',
  'íslenska þðæ',
  'ﬁ ﬂ ﬃ',
  'ǅ ǆ',
];

export const rightToLeft = [
  ...words(`فارسی اردو`),
  'مرحبا بالعالم',
  'שלום עולם',
  'ע\u05b4ב\u05b0ר\u05b4ית',
  'الع\u064eر\u064eب\u0650ي\u064e\u0651ة',
  '\u202eabc\u202c',
  '\u200fabc',
  'abc אב 123',
  '١٢٣ مئة',
  '\u2067rtl\u2069',
];

export const emoji = [
  ...words(`😀 👍🏽 🇫🇷 🇫 ❤ 🫠 🪿 🫨 🏽 🥲😂🤣 ok👌 👌ok → ★ ♠♣ ☃`),
  '👩\u200d🚀',
  '👨\u200d👩\u200d👧\u200d👦',
  '🏳\ufe0f\u200d🌈',
  '❤\ufe0f',
  '☺\ufe0f',
  '🤷🏿\u200d♀\ufe0f',
  '🧑🏻\u200d🤝\u200d🧑🏿',
  '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
  '#\ufe0f\u20e3',
  '🕵\ufe0f\u200d♂\ufe0f',
  '™\ufe0f',
  '\u200d',
  '\ufe0f',
  '👁\ufe0f\u200d🗨\ufe0f',
];

export const combining = [
  ...words(`각 Å Å`),
  'e\u0301',
  'a\u0308\u0304',
  '\u0301',
  '\u0301a',
  'n\u0303o',
  'Z\u0337\u0321\u0327a\u0338l\u0336g\u0335o\u0334',
  'क\u094dष',
  'y\u0306',
  'o\u0338',
  '\u20dd',
  'a\u20dd',
  ' \u0301',
  '1\u0301',
  'ก\u0e47',
  '\u093f',
  '\u0ccd',
  'q\u0323\u0307',
  'q\u0307\u0323',
  'A\u030a',
];

export const invalid = [
  ...words(`� �� a�b �1 Ã© â€™ ï»¿ Ã©`),
  ' �',
  '� ',
  '�\n',
  '\uffff',
  '\ufffe',
  '\ufdd0',
  '\u{10ffff}',
  '\u{1fffe}',
  '\ue000',
  '\u{f0000}',
  '\ufeff',
  '\ufeffabc',
  '\u0378',
  '\u{e0001}',
  '\u00ad',
  'soft\u00adhyphen',
  'Â ',
];

export const controls = [
  '\u0000',
  'a\u0000b',
  '\u0001',
  'a\u0004b',
  '\u0006\u0013',
  '\u{40000}',
  'x\u{80000} y',
  '\u0007',
  '\u0008',
  '\u000b',
  '\u000c',
  '\u000e',
  '\u001b',
  '\u001c',
  '\u001d',
  '\u001e',
  '\u001f',
  '\u007f',
  '\u0080',
  '\u0085',
  'a\u0085b',
  '\u009f',
  '\u0001\u0002\u0003',
  '\r',
  '\r\n',
  '\n\r',
  'a\rb',
  'a\r\nb',
  '\u2028',
  '\u2029',
  'a\u2028b',
];

export const spaces = [
  ' ',
  '  ',
  '   ',
  '    ',
  '     ',
  '       ',
  '        ',
  '                ',
  '\t',
  '\t\t',
  '\t ',
  ' \t',
  '\n',
  '\n\n',
  '\n\n\n',
  '\n\n\n\n',
  ' \n',
  '\n ',
  '\n  ',
  '\n    ',
  '\n\t',
  '  \n',
  ' \n ',
  ' \n \n ',
  '\r\n\r\n',
  '\u00a0',
  '\u00a0\u00a0',
  ' \u00a0',
  '\u00a0 ',
  '\u1680',
  '\u2000',
  '\u2003',
  '\u2009',
  '\u200a',
  '\u202f',
  '\u205f',
  '\u3000',
  '\u3000\u3000',
  '\u200b',
  '\u200b ',
  '\u2060',
  '\u180e',
  '\u000b\u000b',
  '\u000c\u000c',
  '\u0085\u0085',
  '\u2028\u2028',
  '\u001c\u001c',
  '                                 ',
  '\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n',
  '\t\t\t\t\t\t\t\t\t',
];

export const punctuation = [
  ...words(`. .. .... , ! ?! !!! ; : - -- — – … ( ) () [] {} <> " "" “quoted” ‘single’
    «guillemets» ¿? ¡! § ¶ • ° ± × ÷ ≠ ∑ ∞ √ ¬ | || & && * **bold** _ __ ~ ~~ ^ @ # ##
    ### % + = / // 、 。 ・ ！ ？ ¢£¥ ₿ ⁇ ‽ =-=-=-=-=-=-
    ......................................................................
    ------------------------------------------------------------------------------------------
    !!!!!!!!!!!!!!!!!!!!!!!`),
  '`',
  '$',
  '\\',
  '\u0338',
];

export const special = [
  ...words(`<|endoftext|> <|im_start|> <|im_end|> <repo_name> <reponame> <file_sep> <filename>
    <gh_stars> <issue_start> <issue_comment> <issue_closed> <jupyter_start>
    <jupyter_text> <jupyter_code> <jupyter_output> <jupyter_script> <empty_output>`),
];

export const nearlySpecial = [
  ...words(`<|endoftext endoftext|> <|im_start <|IM_START|> <|im_start| <<|im_start|>>
    <|im_<|im_end|>start|> <| |> <|unknown|> <s> </s> <unk> <pad> [INST] <bos>`),
  '<| im_start |>',
];

export const sentences = [
  ...words(`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    abababababababababababababababababababab supercalifragilisticexpialidocious
    Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch
    Donaudampfschifffahrtsgesellschaftskapitän e=mc² H₂O “It’s” ﷺ İstanbul ẞß ſ ŉ K`),
  'It was a bright cold day, and the clocks had all been repaired.',
  'Why not? "Because," she said, "it\'s late."',
  'Mr. J. Smith Jr. paid $1,234.56 on 3/4/2021.',
  'ALL CAPS AND lower And MiXeD.',
  'A line.\nAnother line.\n\nA paragraph.  Two spaces.   Three.',
  ' leading space',
  'trailing space ',
  '  both  ',
  'tab\tseparated\tvalues',
  'ends with newline\n',
  'ends with newlines\n\n\n',
  'ends with space and newline \n',
  'a b c d e f g',
  'Review: good film\nSentiment:',
  'Q: What is 48 plus 76?\n\nA:',
  'Translate English to French:\nsea otter =>',
  'the the the the',
  'naïve café résumé',
  'x\u00a0y',
];
