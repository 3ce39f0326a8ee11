//! What a real model is asked: from one token, beside that of the beginning, to more than a local layer of gemma-3-270m
//! sees.

pub struct Prompt {
    pub name: &'static str,
    pub text: String,
}

impl Prompt {
    /// Whether it is run in parts, too: a short one and the longest.
    pub fn is_split(&self) -> bool {
        ["plural-8", "diary"].contains(&self.name)
    }
}

pub fn prompts() -> Vec<Prompt> {
    [
        ("one-word", "The".to_owned()),
        ("one-space", " ".to_owned()),
        ("capital", "The capital of France is".to_owned()),
        ("chinese", "今天天气很好，我们一起去".to_owned()),
        ("german", "Der Zug nach Hamburg fährt heute von".to_owned()),
        ("emoji", "I love you ❤️ 👩‍🚀 and".to_owned()),
        ("turn", "<start_of_turn>user\nName three colours.<end_of_turn>\n<start_of_turn>model\n".to_owned()),
        ("rust", RUST.to_owned()),
        ("plural-8", plural()),
        ("reviews-chinese", reviews()),
        ("list", list(24)),
        ("diary", diary(24)),
    ]
    .map(|(name, text)| Prompt { name, text })
    .into()
}

const RUST: &str = "/// The greatest common divisor, by Euclid's algorithm.
fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[test]
fn gcd_of_coprime_numbers_is_one() {
    assert_eq!(gcd(9, 28),";

fn plural() -> String {
    let words = [
        ("cat", "cats"),
        ("box", "boxes"),
        ("baby", "babies"),
        ("leaf", "leaves"),
        ("day", "days"),
        ("church", "churches"),
        ("city", "cities"),
        ("knife", "knives"),
    ];
    let shots: String = words.iter().map(|(one, many)| format!("Q: {one}\nA: {many}\n\n")).collect();
    format!("{shots}Q: horse\nA:")
}

fn reviews() -> String {
    let rows = [
        ("菜很新鲜，服务也周到。", "正面"),
        ("等了一个小时，汤还是凉的。", "负面"),
        ("房间干净，早餐丰富。", "正面"),
        ("买回来第二天就坏了。", "负面"),
    ];
    let shots: String = rows.iter().map(|(text, label)| format!("评论：{text}\n评价：{label}\n\n")).collect();
    format!("{shots}评论：故事动人，演员也很出色。\n评价：")
}

/// A list of so many things, some 10 tokens each.
fn list(items: usize) -> String {
    let colours = ["red", "blue", "green", "white", "black"];
    let things = ["shirt", "pair of socks", "notebook", "towel", "scarf", "box of matches", "map"];
    let lines: String =
        (1..=items).map(|i| format!("{i}. one {} {}\n", colours[i * 2 % 5], things[i * 3 % 7])).collect();
    format!("Things to pack for the journey:\n{lines}{}. one", items + 1)
}

/// A diary of so many days, some 25 tokens each.
fn diary(entries: usize) -> String {
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let winds = ["light and from the west", "strong from the north", "hardly there", "cold and steady"];
    let seas = ["flat as a plate", "grey with short waves", "high over the rocks"];
    let events = [
        "A seal slept on the steps.",
        "Two boats came in late.",
        "The post arrived with the baker.",
        "The lamp needed a new wick.",
        "A child asked how far the light goes, and I did not know.",
    ];
    let lines: String = (0..entries)
        .map(|i| {
            let (day, wind, sea, event) = (days[i % 7], winds[i % 4], seas[i % 3], events[i % 5]);
            format!("{day}, day {}. The wind was {wind}; the sea was {sea}. {event}\n", i + 1)
        })
        .collect();
    format!("{lines}{}, day {}. The wind was", days[entries % 7], entries + 1)
}
