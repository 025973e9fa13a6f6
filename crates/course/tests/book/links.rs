//! Every link leads somewhere, and every picture is one that `scripts/pictures` makes.

use std::fs;
use std::path::Path;

use crate::page::{Book, Page, Problem, plain, root};

/// A link's target, or a picture's, with the number of its line.
pub struct Link {
    pub line: usize,
    pub is_picture: bool,
    /// What it says, without code.
    pub text: String,
    pub target: String,
}

/// The links and pictures on a page. Code is not looked at.
pub fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (line, row) in (1..).zip(text.lines()) {
        in_code ^= row.trim_start().starts_with("```");
        if in_code {
            continue;
        }
        // Every second part between backticks is code; a link's own text may be code, too.
        let prose: Vec<&str> = row.split('`').step_by(2).collect();
        let parts: Vec<String> = prose.join("\u{0}").split("](").map(str::to_owned).collect();
        for two in parts.windows(2) {
            let (before, text) = two[0].rsplit_once('[').unwrap_or_default();
            let target = two[1].split(')').next().unwrap_or_default().to_owned();
            links.push(Link { line, is_picture: before.ends_with('!'), text: text.into(), target });
        }
    }
    links
}

/// A heading's anchor, as code hosts and mdBook make it.
pub fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The links and pictures of a page that lead nowhere.
pub fn problems(book: &Book, page: &Page, pictures: &[String]) -> Vec<Problem> {
    let wrong = links(&page.text).into_iter().filter_map(|link| {
        let why = match broken(book, page, &link.target) {
            Some(why) => why,
            None if link.is_picture => not_made(&link.target, pictures)?,
            None => return None,
        };
        let what = if link.is_picture { "picture" } else { "link" };
        Some(page.problem(link.line, format!("{what} `{}`: {why}", link.target)))
    });
    wrong.collect()
}

/// Why a link leads nowhere.
fn broken(book: &Book, page: &Page, target: &str) -> Option<String> {
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    if path.contains(':') {
        // Tests have no network, so only its form is looked at.
        let host = path.strip_prefix("https://").and_then(|rest| rest.split('/').next());
        let is_address = host.is_some_and(|host| host.contains('.')) && !path.contains(' ');
        return (!is_address).then(|| "no https:// and a host's name".into());
    }
    let name = match path {
        "" => page.name.clone(),
        _ => plain(&page.name.parent().unwrap().join(path)),
    };
    let file = book.file(&name);
    if !file.exists() {
        return Some(format!("there is no {}", name.display()));
    }
    if fragment.is_empty() {
        return None;
    }
    let text = fs::read_to_string(&file).unwrap_or_default();
    if name.extension().is_some_and(|extension| extension == "html") {
        let is_there = text.contains(&format!("\"{fragment}\""));
        return (!is_there).then(|| format!("nothing in {} has this name", name.display()));
    }
    let there = Page { file, name, text };
    let found = there.headings().iter().any(|(_, heading)| anchor(heading) == fragment);
    (!found).then(|| format!("no heading of {} has this anchor", there.name.display()))
}

fn not_made(target: &str, pictures: &[String]) -> Option<String> {
    let name = Path::new(target).file_stem().unwrap_or_default().to_string_lossy();
    let made = target.ends_with(".svg") && pictures.iter().any(|picture| *picture == name);
    (!made).then(|| format!("scripts/pictures makes only {}", pictures.join(", ")))
}

/// The names in the list of `scripts/pictures`.
pub fn pictures() -> Vec<String> {
    let script = fs::read_to_string(root().join("scripts/pictures")).unwrap();
    let (_, rest) = script.split_once("for name in ").unwrap();
    let (names, _) = rest.split_once(';').unwrap();
    names.split_whitespace().filter(|name| *name != "\\").map(str::to_owned).collect()
}
