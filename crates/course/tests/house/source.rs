//! A source file as tokens: enough of Rust's grammar to see which modules a file declares and which paths it uses.

/// The words and signs of a file, without comments, texts and what only tests compile.
pub fn tokens(source: &str) -> Vec<String> {
    let characters: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let rest = &characters[at..];
        let starts = |text: &str| text.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c));
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match rest[0] {
            '/' if starts("//") => until(rest, '\n'),
            '/' if starts("/*") => 2 + find(&rest[2..], "*/"),
            '"' => text(rest),
            'r' if starts("r\"") || starts("r#\"") || starts("r##\"") => raw_text(rest),
            '\'' if starts("'\\") => 3 + until(&rest[3..], '\''),
            '\'' if rest.get(2) == Some(&'\'') => 3,
            ':' if starts("::") => 2,
            c if is_word(c) => rest.iter().take_while(|c| is_word(**c)).count(),
            _ => 1,
        };
        let token: String = rest.iter().take(length).collect();
        // A text stays one token: `path = "unix.rs"` is one, too.
        if !token.trim().is_empty() && !token.starts_with("//") && !token.starts_with("/*") {
            tokens.push(token);
        }
        at += length;
    }
    without_tests(&tokens)
}

fn until(rest: &[char], end: char) -> usize {
    rest.iter().position(|c| *c == end).map_or(rest.len(), |place| place + 1)
}

fn find(rest: &[char], end: &str) -> usize {
    let end: Vec<char> = end.chars().collect();
    let place = rest.windows(end.len()).position(|window| window == end);
    place.map_or(rest.len(), |place| place + end.len())
}

fn text(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw_text(rest: &[char]) -> usize {
    let signs = rest.iter().skip(1).take_while(|c| **c == '#').count();
    let end = format!("\"{}", "#".repeat(signs));
    2 + signs + find(&rest[2 + signs..], &end)
}

/// Leaves out each item with `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"].map(String::from)) {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// After its `;`, or after the brace that closes it.
fn end_of_item(tokens: &[String], from: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.as_str() {
            ";" if depth == 0 => return at + 1,
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// A path as it is written, and the name that a `use` gives it.
#[derive(Debug, PartialEq)]
pub struct Path {
    pub parts: Vec<String>,
    pub name: Option<String>,
}

/// All paths in a file: those of its `use` lines, and those that begin with `crate`, `super` or `self`.
pub fn paths(tokens: &[String]) -> Vec<Path> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let next = tokens.get(at + 1).map(String::as_str);
        match tokens[at].as_str() {
            "use" => at = tree(tokens, at + 1, &[], &mut paths),
            "crate" | "super" | "self" if next == Some("::") => {
                let mut parts = vec![tokens[at].clone()];
                while tokens.get(at + 1).is_some_and(|token| token == "::")
                    && tokens
                        .get(at + 2)
                        .is_some_and(|token| token.starts_with(char::is_alphabetic))
                {
                    parts.push(tokens[at + 2].clone());
                    at += 2;
                }
                paths.push(Path { parts, name: None });
            }
            _ => {}
        }
        at += 1;
    }
    paths
}

/// One tree of a `use` line: `a::{b, c::{self, D as E}}`. Returns where it ends.
fn tree(tokens: &[String], mut at: usize, before: &[String], paths: &mut Vec<Path>) -> usize {
    let mut parts = before.to_vec();
    let mut name = None;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => {}
            "{" => loop {
                at = tree(tokens, at + 1, &parts, paths);
                if tokens.get(at).is_none_or(|token| token != ",") {
                    return at + 1;
                }
            },
            "as" => {
                name = tokens.get(at + 1).cloned();
                at += 1;
            }
            "," | "}" | ";" => break,
            "self" if !parts.is_empty() => name = parts.last().cloned(),
            part => {
                parts.push(part.to_owned());
                name = Some(part.to_owned());
            }
        }
        at += 1;
    }
    if parts.len() > before.len() || name.is_some() {
        paths.push(Path { parts, name });
    }
    at
}

/// The modules that a file declares, each with the files that an attribute names for it.
pub fn declared(tokens: &[String]) -> Vec<(String, Vec<String>)> {
    let mut declared = Vec::new();
    let mut files = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "path" if tokens.get(at + 1).is_some_and(|next| next == "=") => {
                files.extend(tokens.get(at + 2).map(|text| text.trim_matches('"').to_owned()));
            }
            "mod" if tokens.get(at + 2).is_some_and(|end| end == ";") => {
                declared.push((tokens[at + 1].clone(), std::mem::take(&mut files)));
            }
            ";" | "}" => files.clear(),
            _ => {}
        }
    }
    declared
}

/// The names of the items that a file defines.
pub fn defined(tokens: &[String]) -> Vec<String> {
    const KINDS: [&str; 8] =
        ["fn", "struct", "enum", "trait", "const", "static", "type", "macro_rules"];
    let words = tokens.iter().filter(|token| *token != "!"); // macro_rules! step
    let words: Vec<&String> = words.collect();
    let pairs = words.windows(2).filter(|pair| KINDS.contains(&pair[0].as_str()));
    pairs.map(|pair| pair[1].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> String {
        tokens(source).join(" ")
    }

    #[test]
    fn comments_texts_and_tests_name_no_module() {
        let source = "/* use crate::a; */ f('\"', \"use \\\" crate::b\", 'x', r#\"\"c\"#); // super::d\n\
            fn g<'a>() {} #[cfg(test)] mod tests { use super::*; fn h() { [1]; } } #[cfg(test)] use x::y; end";
        assert_eq!(
            words(source),
            "f ( '\"' , \"use \\\" crate::b\" , 'x' , r#\"\"c\"# ) ; fn g < ' a > ( ) { } end"
        );
    }

    #[test]
    fn each_path_is_found_with_its_name() {
        let source =
            "pub use crate::{a::{self, B as C}, d::*}; use std::io; x(super::e::f::<T>(), self.g)";
        let found: Vec<String> = paths(&tokens(source))
            .iter()
            .map(|path| {
                format!("{} {}", path.parts.join("::"), path.name.as_deref().unwrap_or("-"))
            })
            .collect();
        let expected =
            ["crate::a a", "crate::a::B C", "crate::d::* *", "std::io io", "super::e::f -"];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_module_may_have_a_file_for_each_system() {
        let source = "mod a; #[cfg_attr(unix, path = \"unix.rs\")] #[cfg_attr(windows, path = \"w.rs\")] mod b; mod c {}";
        let expected = [("a".into(), vec![]), ("b".into(), vec!["unix.rs".into(), "w.rs".into()])];
        assert_eq!(declared(&tokens(source)), expected);
    }
}
