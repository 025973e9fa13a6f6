//! What explains a failure, in three parts, so that a student can stop after each one and think: a question that leads to
//! the cause, the cause, and what to do about it.

use crate::words::{Language, fill};

/// Declares the hints of a step, grouped by the heading of the lesson that explains them: a constant for each one, and all
/// of them as `HINTS`. A row is `NAME => (question, cause, cure)`.
macro_rules! hints {
    ($($section:literal { $($name:ident => $texts:expr,)+ })+) => {
        $($(pub(super) const $name: $crate::check::hint::Hint = $crate::check::hint::Hint::new($section, $texts);)+)+
        /// All hints of these checks.
        pub(super) const HINTS: &[&$crate::check::hint::Hint] = &[$($(&$name),+),+];
    };
}
pub(super) use hints;

/// A question, a cause, and a cure. Calls stand in them as placeholders, such as `{recv}`; see `words.txt`.
pub type Texts = (&'static str, &'static str, &'static str);

/// With `--encoding gbk`, in the checks of several steps.
pub const AS_GBK: Texts = (
    "In which encoding does your program send and read text, and where does it learn that?",
    "with --encoding gbk the text is GBK, whoever sends it",
    "encode and decode as the option says, and as UTF-8 without one; the option is no part of a message",
);

/// What is usually wrong when an expectation fails, and where the lesson explains it.
#[derive(Debug)]
pub struct Hint {
    /// The heading in the step's lesson.
    pub section: &'static str,
    /// The question, the cause and the cure.
    pub texts: Texts,
}

impl Hint {
    /// A hint.
    pub const fn new(section: &'static str, texts: Texts) -> Hint {
        Hint { section, texts }
    }
}

/// What explains this failure.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// A question that leads to the cause.
    pub asks: String,
    /// The likely cause.
    pub cause: String,
    /// What to do about it; it may be clear from the cause.
    pub cure: String,
}

impl Explanation {
    /// An explanation with these texts, and something before the cause.
    pub fn of((asks, cause, cure): Texts, before: &str) -> Explanation {
        let (asks, cause, cure) = (asks.into(), format!("{before}{cause}"), cure.into());
        Explanation { asks, cause, cure }
    }

    /// The same with the words of this language.
    pub fn in_words_of(&self, language: Option<Language>) -> Explanation {
        let [asks, cause, cure] =
            [&self.asks, &self.cause, &self.cure].map(|text| fill(text, language));
        Explanation { asks, cause, cure }
    }

    /// The cause and the cure in one sentence, which has one colon.
    pub fn full(&self) -> String {
        match self.cause.contains(": ") {
            _ if self.cure.is_empty() => self.cause.clone(),
            true => format!("{}; {}", self.cause, self.cure),
            false => format!("{}: {}", self.cause, self.cure),
        }
    }
}

/// What the check of it says, and any other one where the text was in the buffer.
pub const BUFFERED: Texts = (
    "When does {print} write to a pipe, and when to a terminal?",
    "the text stays in the program's output buffer: {buffered}, so whoever reads the pipe sees nothing until the program ends",
    "{flush}",
);
