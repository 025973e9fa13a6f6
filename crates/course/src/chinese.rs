//! What a starter says, in Chinese. `starter/zh-CN.txt` has each sentence, and below it its translation.

use std::sync::LazyLock;

const SENTENCES: &str = include_str!("../starter/zh-CN.txt");

/// The pairs of a sentence and its translation, in the order of the file. It is read once, and not for each line of a program.
pub static PAIRS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = SENTENCES.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    let mut lines = lines.map(str::trim_start);
    std::iter::from_fn(move || Some((lines.next()?, lines.next()?))).collect()
});

/// What stands in a text for the `{}` of a sentence; nothing for a sentence without one. `None` if it is another sentence.
pub fn filled<'a>(sentence: &str, text: &'a str) -> Option<&'a str> {
    match sentence.split_once("{}") {
        None => (sentence == text).then_some(""),
        Some((before, after)) => text.strip_prefix(before)?.strip_suffix(after),
    }
}

/// A sentence in Chinese. One without a translation, such as the name of a call, stays as it is.
pub fn sentence(english: &str) -> String {
    let translated = |(sentence, chinese): &(&str, &str)| {
        Some(chinese.replace("{}", filled(sentence, english)?))
    };
    PAIRS.iter().find_map(translated).unwrap_or_else(|| english.to_owned())
}

/// A program with its comments in Chinese.
pub fn program(english: &str) -> String {
    let lines = english.lines().map(|line| {
        let (before, text, after) = comment(line);
        [before, &sentence(text), after, "\n"].concat()
    });
    lines.collect()
}

/// A line's sentence, with what stands before and after it: the marks of a comment, the number and the call of a `TODO`.
pub fn comment(line: &str) -> (&str, &str, &str) {
    let text = line.trim_start_matches([' ', '\t', '/', '*', '#', '!', '"']);
    let start = line.len() - text.len();
    let ends = [" */", "\"\"\""];
    let text = ends.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    let end = start + text.len();
    let start = start + text.rfind("  ").map_or(0, |at| at + 2);
    (&line[..start], &line[start..end], &line[end..])
}
