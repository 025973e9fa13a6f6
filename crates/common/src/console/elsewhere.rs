//! The terminal on Windows: its console.

use std::io;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::{ansi_support, terminal};

use super::line::Key;

/// From now on each key comes at once and is not shown. False for a console that doesn't understand escape sequences
/// (before Windows 10).
pub(super) fn begin_keys() -> bool {
    ansi_support::supports_ansi() && terminal::enable_raw_mode().is_ok()
}

/// Gives the console back in the mode in which it was found.
pub(super) fn end_keys() {
    let _ = terminal::disable_raw_mode();
}

/// There is no job control here.
pub(super) fn in_foreground() -> bool {
    true
}

/// The keys of the console.
pub(super) struct Keyboard;

impl Keyboard {
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for the next key.
    pub(super) fn next_key(&mut self) -> io::Result<Option<Key>> {
        loop {
            match read()? {
                Event::Key(event) if event.kind != KeyEventKind::Release => {
                    return Ok(Some(key(event.code, event.modifiers)));
                }
                Event::Resize(..) => return Ok(Some(Key::Other)), // which draws the line again
                _ => {}
            }
        }
    }
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Key {
    let ctrl = modifiers.contains(KeyModifiers::CONTROL);
    let alt = modifiers.contains(KeyModifiers::ALT);
    match code {
        // AltGr is Ctrl and Alt together: it types a character.
        KeyCode::Char(character) if ctrl && !alt => Key::Ctrl(character.to_ascii_uppercase()),
        KeyCode::Char(character) if alt && !ctrl => Key::Alt(character),
        KeyCode::Char(character) => Key::Text(character.into()),
        KeyCode::Enter => Key::Enter,
        KeyCode::Backspace if ctrl || alt => Key::EraseWord,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Left if ctrl || alt => Key::WordLeft,
        KeyCode::Right if ctrl || alt => Key::WordRight,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        _ => Key::Other,
    }
}
