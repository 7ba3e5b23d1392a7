//! What made-up files hold.

use super::history::Random;

const WORDS: [&str; 12] = [
    "}",
    "",
    "fn main() {",
    "    let x = 1;",
    "    call();",
    "end",
    "// note",
    "    return;",
    "else",
    "[[package]]",
    "use a;",
    "a b c",
];

fn line(random: &mut Random) -> Vec<u8> {
    let mut line = random.pick(&WORDS).to_owned();
    if random.once_in(2) {
        line.push_str(&format!(" {}", random.below(60)));
    }
    line.push('\n');
    line.into_bytes()
}

pub(super) fn text(random: &mut Random) -> Vec<u8> {
    (0..3 + random.below(30)).flat_map(|_| line(random)).collect()
}

/// A long text of few different lines, each of which occurs very often.
pub(super) fn repetitive(random: &mut Random) -> Vec<u8> {
    let words = 2 + random.below(3);
    (0..150 + random.below(400)).flat_map(|_| format!("{}\n", WORDS[random.below(words)]).into_bytes()).collect()
}

pub(super) fn binary(random: &mut Random) -> Vec<u8> {
    let mut content = vec![0_u8];
    content.extend((0..20 + random.below(200)).map(|_| u8::try_from(random.below(256)).expect("a byte")));
    content
}

pub(super) fn commit_name(random: &mut Random) -> Vec<u8> {
    format!("{:040x}", random.below(4) + 1).into_bytes()
}

/// Changes, adds and removes some lines.
pub(super) fn edit(random: &mut Random, content: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = content.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    for _ in 0..=random.below(4) {
        let at = random.below(lines.len() + 1);
        match random.below(5) {
            0 if at < lines.len() => drop(lines.remove(at)),
            1 if at < lines.len() => lines[at] = line(random),
            2 => {
                let end = lines.len().min(at + 1 + random.below(6));
                drop(lines.drain(at..end));
            }
            3 => {
                // A block that is there already, once more.
                let end = lines.len().min(at + 1 + random.below(5));
                let block: Vec<Vec<u8>> = lines[at..end].to_vec();
                drop(lines.splice(at..at, block));
            }
            _ => lines.insert(at, line(random)),
        }
    }
    *content = lines.concat();
}
