//! The edition of the course book that a student reads. `SOCKET_LANG=zh` asks for the Chinese one; programs and stories are in
//! English for everybody.

use std::env;

/// The headings that hints name: a page's name, and below it a line `English => Chinese` for each. `UPDATE=1 cargo test -p
/// course --test book` writes it from the pages.
const HEADINGS: &str = include_str!("../headings.zh-CN.txt");

/// An edition of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// In `docs`.
    English,
    /// In `docs/zh-CN`.
    Chinese,
}

impl Edition {
    /// The one that the reader asks for.
    pub fn asked_for() -> Edition {
        Edition::named(&env::var("SOCKET_LANG").unwrap_or_default())
    }

    /// That of a language: `zh`, or `zh_CN.UTF-8` as in a locale.
    fn named(language: &str) -> Edition {
        let is_chinese = language.to_lowercase().starts_with("zh");
        if is_chinese { Edition::Chinese } else { Edition::English }
    }

    /// Where a page of `docs` is in this edition.
    pub fn page(self, english: &str) -> String {
        match (self, english.strip_prefix("docs/")) {
            (Edition::Chinese, Some(name)) => format!("docs/zh-CN/{name}"),
            _ => english.to_owned(),
        }
    }

    /// What a heading of a page of `docs` is called in this edition.
    pub fn heading<'a>(self, page: &str, english: &'a str) -> &'a str {
        match self {
            Edition::English => english,
            Edition::Chinese => translated(page, english).unwrap_or(english),
        }
    }
}

fn translated(page: &str, english: &str) -> Option<&'static str> {
    let of_page = HEADINGS.lines().skip_while(|line| *line != page).skip(1);
    let mut pairs = of_page.map_while(|line| line.split_once(" => "));
    pairs.find(|(heading, _)| *heading == english).map(|(_, chinese)| chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_or_a_locale_asks_for_an_edition() {
        for language in ["zh", "ZH", "zh-CN", "zh_CN.UTF-8"] {
            assert_eq!(Edition::named(language), Edition::Chinese, "{language}");
        }
        for language in ["", "en", "de"] {
            assert_eq!(Edition::named(language), Edition::English, "{language}");
        }
    }

    #[test]
    fn a_page_and_its_heading_are_found_in_the_chinese_edition() {
        let page = "docs/lessons/01-udp-send.md";
        assert_eq!(Edition::Chinese.page(page), "docs/zh-CN/lessons/01-udp-send.md");
        assert_eq!(Edition::Chinese.heading(page, "Run it"), "动手运行");
        assert_eq!(Edition::English.page(page), page);
        assert_eq!(Edition::English.heading(page, "Run it"), "Run it");
        assert_eq!(Edition::Chinese.page("README.md"), "README.md");
    }
}
