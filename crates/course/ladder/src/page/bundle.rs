//! Puts the page's sources and its data into one file.
//!
//! The sources are plain modules of JavaScript, so that tools for JavaScript can read them. In the file they are one module: the
//! imports are left out, and the word `export`.

use serde_json::Value;

/// The page, the style sheets and the modules: each file's name and its text.
macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../page/", $name)))),*]
    };
}

const PAGE: &str = include_str!("../../page/index.html");
const STYLES: &[(&str, &str)] =
    sources!["page.css", "ladder.css", "narrow.css", "beside.css", "sockets.css", "medium.css"];

/// A module comes after those that it imports.
const MODULES: &[(&str, &str)] = sources![
    "words.js",
    "say.js",
    "address.js",
    "dom.js",
    "speed.js",
    "fields.js",
    "run.js",
    "wording.js",
    "ladder.js",
    "packet.js",
    "diagram.js",
    "sockets.js",
    "reasons.js",
    "beside.js",
    "predict.js",
    "game.js",
    "quiz.js",
    "controls.js",
    "main.js",
];

/// Where the data is put.
const DATA: &str = r#"<script type="application/json" id="data">"#;

/// The page with this data.
pub fn page(data: &Value) -> String {
    let mut page = String::new();
    for line in PAGE.lines() {
        match line.trim() {
            link if link.starts_with("<link rel=\"stylesheet\" ") => {
                let named = |(name, _): &&(&str, &str)| link.contains(&format!("\"{name}\""));
                let style = STYLES.iter().find(named).map_or("", |(_, text)| text);
                page += &format!("<style>\n{style}</style>\n");
            }
            script if script.starts_with("<script type=\"module\" ") => {
                page += &format!("<script type=\"module\">\n{}</script>\n", modules());
            }
            script if script.starts_with(DATA) => {
                // Nothing in a string may end the script.
                let data = data.to_string().replace('<', "\\u003c");
                page += &format!("{DATA}{data}</script>\n");
            }
            _ => page += &format!("{line}\n"),
        }
    }
    page
}

/// The data of a page that [`page`] has made.
pub fn data_of(page: &str) -> Option<Value> {
    let (_, rest) = page.split_once(DATA)?;
    let (data, _) = rest.split_once("</script>")?;
    serde_json::from_str(data).ok()
}

/// All modules as one.
fn modules() -> String {
    let mut all = String::new();
    for (_, text) in MODULES {
        let mut is_import = false;
        for line in text.lines() {
            is_import |= line.starts_with("import ");
            if !is_import {
                all += line.strip_prefix("export ").unwrap_or(line);
                all.push('\n');
            }
            is_import &= !line.trim_end().ends_with(';');
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use serde_json::json;

    use super::*;

    /// The names that a module defines for all.
    fn names(text: &str) -> Vec<&str> {
        let lines = text.lines().filter(|line| !line.starts_with(' '));
        let lines = lines.map(|line| line.strip_prefix("export ").unwrap_or(line));
        let words = lines.filter_map(|line| {
            let mut words = line.split([' ', '(', '=', ';']).filter(|word| !word.is_empty());
            let kind = words.find(|word| *word != "async")?;
            matches!(kind, "const" | "let" | "function" | "class" | "function*")
                .then(|| words.next())?
        });
        words.collect()
    }

    #[test]
    fn all_sources_fit_into_one_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let known = STYLES.iter().chain(MODULES).map(|(name, _)| (*name).to_owned());
        let known: BTreeSet<String> = known.collect();
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let files = files.map(|name| name.to_string_lossy().into_owned());
        let sources = files.filter(|name| name.ends_with(".js") || name.ends_with(".css"));
        assert_eq!(sources.collect::<BTreeSet<_>>(), known, "STYLES and MODULES name all files");
        let mut defined = BTreeSet::new();
        let mut earlier = BTreeSet::new();
        for (name, text) in MODULES {
            assert!(text.lines().count() <= 300, "{name} is too long");
            for part in text.split("from \"./").skip(1) {
                let used = part.split('"').next().unwrap();
                assert!(earlier.contains(used), "{name} imports {used}, which comes later");
            }
            for own in names(text) {
                assert!(defined.insert(own), "{name}: another module has a {own} too");
            }
            earlier.insert(*name);
        }
    }

    #[test]
    fn the_page_needs_no_other_file_and_its_data_comes_back() {
        let data = json!({ "text": "</script><script>\u{2028}你好 & \"\\\"" });
        let page = page(&data);
        assert_eq!(data_of(&page), Some(data));
        assert!(!page.contains("\nimport ") && !page.contains("\nexport "), "{page}");
        for outside in ["src=", "href=\"http", "@import", "url(http", "fetch("] {
            assert!(!page.contains(outside), "{outside} in the page");
        }
        assert_eq!(page.matches("</script>").count(), 2);
    }
}
