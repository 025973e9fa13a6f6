//! Python, in which many students write.

use std::ffi::OsString;
use std::sync::LazyLock;

use crate::Launch;

/// What a shell calls it.
pub const NAME: &str = if cfg!(windows) { "python" } else { "python3" };

/// Where the interpreter itself is: what a shell calls `python3` may be a slow script that looks for it.
pub fn interpreter() -> Option<&'static str> {
    static FOUND: LazyLock<Option<String>> = LazyLock::new(|| {
        let ask = ["-c", "import sys; print(sys.version_info >= (3, 6), sys.executable)"];
        let mut python = Launch::new(NAME).args(&ask).no_input().start().ok()?;
        python.expect_stdout("True *").ok()?.strip_prefix("True ").map(str::to_owned)
    });
    FOUND.as_deref()
}

/// Puts the interpreter itself in the place of `python3` in a command: started for each check, the slow script would cost a
/// busy computer more than the program.
pub fn without_script(mut words: Vec<OsString>) -> Vec<OsString> {
    if let Some(first) = words.first_mut().filter(|first| *first == NAME)
        && let Some(interpreter) = interpreter()
    {
        *first = interpreter.into();
    }
    words
}
