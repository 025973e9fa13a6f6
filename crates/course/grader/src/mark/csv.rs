//! `marks.csv`, which Excel opens with a double click: UTF-8 with a byte order mark, commas, CR LF (RFC 4180). A library would be
//! larger than these lines.

use super::marked::Marked;

/// The marks of all submissions.
pub fn csv(all: &[Marked]) -> String {
    let mut text =
        "\u{feff}student,submission,points,possible,unsure,failed,not run,no grade\r\n".to_owned();
    for marked in all {
        let (earned, possible) = match marked.points() {
            Some((earned, possible)) => (earned.to_string(), possible.to_string()),
            None => (String::new(), String::new()),
        };
        let names = |result| marked.ended(result).join(" ");
        let cells = [
            marked.student(),
            marked.name(),
            &earned,
            &possible,
            &names("unsure"),
            &names("failed"),
            &names("not run"),
            marked.no_grade().unwrap_or_default(),
        ];
        text += &cells.map(cell).join(",");
        text += "\r\n";
    }
    text
}

/// A text in quotation marks where it needs them. One that a spreadsheet would compute gets an apostrophe, which the
/// spreadsheet takes as "this is text".
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    let text = common::text::clean(&text);
    if text.contains([',', '"', ';', '\'']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_text_and_never_a_formula() {
        assert_eq!(cell("学生"), "学生");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("\x1b[2J\r\nx"), "␛[2J␍␊x");
        for name in ["+1", "-1", "@a", "\t=1", "＝1"] {
            assert!(cell(name).starts_with("\"'"), "{name}");
        }
    }
}
