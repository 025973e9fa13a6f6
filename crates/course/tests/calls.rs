//! `cargo course calls` in a terminal, below a shell with job control. `cargo test -p course --test calls`
#![cfg(unix)]

use terminal::{CTRL_C, CTRL_Z, ENTER, Setting, Terminal, USUAL, shells};

#[test]
fn a_stopped_line_goes_on_as_it_was() {
    for shell in shells() {
        let mut terminal =
            Terminal::start_in(&Setting { shell: Some(shell), ..USUAL }, "course", &["calls"]);
        terminal.wait_for_line("> ");
        terminal.type_keys(ENTER); // an empty line ends nothing
        terminal.type_keys("wait 1");
        terminal.wait_for_line("> wait 1"); // what the program has not read yet would be the shell's
        terminal.type_keys(CTRL_Z);
        terminal.wait_for_line("shell: ");
        terminal.type_keys("fg\r");
        terminal.wait_for_line("> wait 1");
        terminal.type_keys("0\rrecv\r");
        terminal.wait_for_row("  first connect, accept or udp");
        terminal.type_keys("listen 127.0.0.1:0\raccept\r");
        terminal.wait_for_row("3. accept   wait for a client …");
        terminal.type_keys(CTRL_C);
        terminal.wait_for_line("shell: ");
        assert_eq!(terminal.ask_shell("exit", "$?"), "130");
    }
}
