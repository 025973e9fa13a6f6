//! Python, in which many students write.

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
