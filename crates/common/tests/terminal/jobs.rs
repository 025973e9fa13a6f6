//! Stopped and continued below a shell with job control, ended by signals, and by a bug.

use nix::sys::signal::Signal;
use terminal::*;

use crate::chat::*;

#[test]
fn after_ctrl_z_and_fg_the_line_is_as_it_was() {
    for shell in shells() {
        std::thread::scope(|scope| {
            for program in ["udp-chat", "tcp-duplex", "tcp-client", "udp-send --wait"] {
                scope.spawn(move || stop_and_continue(shell, program));
            }
        });
    }
}

fn stop_and_continue(shell: &str, program: &str) {
    let mut chat = Chat::start_in(&Setting { shell: Some(shell), rows: 60, ..USUAL }, program);
    for number in 1..=5 {
        chat.half_type("half 行");
        chat.terminal.type_keys(CTRL_Z);
        chat.terminal.wait_for_line("shell: ");
        assert!(!chat.terminal.lock().parser.screen().bracketed_paste() || shell == "bash");
        let said = chat.terminal.ask_shell(&format!("said{number}"), "$((40 + 2))");
        assert_eq!(said, "42", "the shell reads what is typed");
        chat.say(&format!("while stopped {number}"));
        chat.terminal.type_keys("fg\r");
        chat.terminal.wait_for_row(&format!("{}while stopped {number}", chat.mark));
        chat.terminal.wait_for_line("> half 行");
        chat.terminal.type_keys("\x1b[D第\x1b[F更\r");
        chat.expect_heard("half 第行更");
        chat.terminal.wait_for_line("> ");
    }
    chat.terminal.type_keys(CTRL_C);
    chat.terminal.wait_for_line("shell: ");
    assert_eq!(chat.terminal.ask_shell("exit", "$?"), "130");
    let mode = chat.terminal.ask_shell(
        "mode",
        "$(stty -a | grep -owE -- '-?(icanon|echo|isig|icrnl|noflsh)' | tr -d '\\n')",
    );
    assert_eq!(mode, "icrnlisigicanonecho-noflsh", "{shell} {program}");
}

#[test]
fn stopped_from_outside_it_is_whole_again_too() {
    for step in ["udp-chat", "tcp-duplex"] {
        let mut chat = Chat::start(step);
        chat.half_type("half 行");
        chat.terminal.send_signal(Signal::SIGSTOP);
        chat.say("while stopped");
        chat.terminal.send_signal(Signal::SIGCONT);
        chat.terminal.wait_for_row(&format!("{}while stopped", chat.mark));
        chat.terminal.wait_for_line("> half 行");
        chat.terminal.type_keys("!\r");
        chat.expect_heard("half 行!");
    }
}

/// The shell of this test has no job control and nobody to say `fg`: Ctrl-Z must not stop it for ever.
#[test]
fn ctrl_z_without_job_control_stops_nothing() {
    let mut chat = Chat::start("tcp-duplex");
    chat.half_type("half");
    chat.terminal.type_keys(CTRL_Z);
    chat.say("after it");
    chat.terminal.wait_for_row(&format!("{}after it", chat.mark));
    chat.terminal.wait_for_line("> half");
    chat.hang_up(false).expect_end(0);
}

#[test]
fn a_stopped_program_can_be_ended_below_its_shell() {
    for shell in shells() {
        let setting = Setting { shell: Some(shell), ..USUAL };
        let mut chat = Chat::start_in(&setting, "tcp-duplex");
        chat.half_type("half");
        chat.terminal.type_keys(CTRL_Z);
        chat.terminal.wait_for_line("shell: ");
        // SIGTERM waits until the program goes on; it must not stop again because of the terminal, and not touch it.
        chat.terminal.type_keys("kill %1; kill -CONT %1; wait; echo 'is' over\r");
        chat.terminal.wait_for_row("is over");
        chat.terminal.wait_for_line("shell: ");
    }
}

#[test]
fn ctrl_backslash_ends_the_program_in_order() {
    for step in STEPS {
        let mut chat = Chat::start(step);
        chat.half_type("half");
        chat.terminal.type_keys("\x1c");
        chat.terminal.expect_end(131);
    }
}

#[test]
fn a_bug_in_a_thread_gives_the_terminal_back() {
    let setting = Setting { panics: "keyboard", ..USUAL };
    let mut chat = Chat::connect(&setting, "tcp-duplex");
    chat.terminal.expect_end(2);
}
