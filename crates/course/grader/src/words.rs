//! The languages that students write in, and what each of them calls the things that causes, questions and starters speak of.
//!
//! Their texts hold placeholders such as `{recv}`; the words for them stand in `words.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language that the course has words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust
    Rust,
    /// Python
    Python,
    /// C, and C++
    C,
    /// Java
    Java,
    /// JavaScript, and TypeScript
    JavaScript,
    /// Go
    Go,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 6] = [
        Language::Rust,
        Language::Python,
        Language::C,
        Language::Java,
        Language::JavaScript,
        Language::Go,
    ];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::Python => "python",
            Language::C => "c",
            Language::Java => "java",
            Language::JavaScript => "javascript",
            Language::Go => "go",
        }
    }

    /// The language with one of these names.
    pub fn named(name: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.name() == name)
    }
}

/// The words for one placeholder, with the names of the languages that have them.
type Words = Vec<(&'static str, &'static str)>;

/// All words, by the name of their placeholder.
static WORDS: LazyLock<HashMap<&str, Words>> = LazyLock::new(|| {
    let sections = include_str!("../words.txt").split("\n== ").skip(1);
    let words = sections.filter_map(|section| {
        let (name, lines) = section.split_once('\n')?;
        Some((name, lines.lines().filter_map(|line| line.split_once(": ")).collect()))
    });
    words.collect()
});

/// The text with the words of this language in it.
pub fn fill(text: &str, language: Option<Language>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled += before;
        let word =
            after.split_once('}').and_then(|(name, after)| Some((word(name, language)?, after)));
        (filled, rest) = match word {
            Some((word, after)) => (filled + word, after),
            None => (filled + "{", after),
        };
    }
    filled + rest
}

fn word(name: &str, language: Option<Language>) -> Option<&'static str> {
    let words = WORDS.get(name)?;
    let of = |name: &str| {
        let has = |names: &str| names.split(' ').any(|one| one == name);
        words.iter().find(|(names, _)| has(names)).map(|(_, word)| *word)
    };
    language.and_then(|language| of(language.name())).or_else(|| of("any"))
}

/// The names of all placeholders.
pub fn names() -> impl Iterator<Item = &'static str> {
    WORDS.keys().copied()
}

/// The first word in this text that this language lacks, and another one has: a call, a type, a constant.
pub fn foreign(text: &str, language: Language) -> Option<&'static str> {
    let others = OWN.iter().filter(|(owners, _)| !owners.contains(&language));
    others.flat_map(|(_, words)| words.split_whitespace()).find(|word| has_word(text, word))
}

/// Does the word stand in the text, and is it no part of another one?
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !(before.is_some_and(is_part) && word.starts_with(is_part)
            || after.is_some_and(is_part) && word.ends_with(is_part))
    })
}

/// Words that only these languages have.
#[rustfmt::skip] // a table is read line by line
const OWN: &[(&[Language], &str)] = &[
    (&[Language::Rust], "TcpStream TcpListener UdpSocket write_all recv_from send_to from_utf8_lossy valid_up_to Utf8Error \
        trim_end std:: io::stdout thread::spawn print! println! BufWriter Ok(0) unwrap File::open File::create"),
    (&[Language::Python], "sendall settimeout sys.argv sys.exit os._exit socket.socket socket.recv makefile rstrip threading \
        Thread(target codecs errors= b\"\" int() decode() flush=True zlib.crc32 os.rename"),
    (&[Language::C], "pthread_create inet_ntop inet_pton perror fflush sizeof printf strcmp strcspn strchr fgets fopen atoi \
        sin_family sockaddr_in gcc signal(SIGPIPE MSG_NOSIGNAL"),
    (&[Language::Java], "DatagramPacket DatagramSocket ServerSocket System.err System.out System.exit InputStream IOException \
        OutputStream PrintWriter BufferedWriter readLine setReuseAddress shutdownOutput SocketException Integer.parseInt"),
    (&[Language::JavaScript], "console.log require( createServer createSocket allowHalfOpen socket.on socket.once \
        setEncoding StringDecoder process.exit process.stdout Buffer ==="),
    (&[Language::Go], "goroutine net.Listen net.Dial net.ListenPacket io.EOF bufio CloseWrite ReadFrom WriteTo os.Exit \
        strings.TrimRight os.Open os.Create os.Stdout log.Fatal fmt.Print"),
    (&[Language::Rust, Language::JavaScript], "=>"),
];

/// Names of the system that only Python and C have as they are. The course's numbered lists have them for all languages.
const SYSTEM: &str = "recv recvfrom sendto SOCK_STREAM SOCK_DGRAM SHUT_WR htons";

/// The first name of the system in this text that this language doesn't have.
pub fn foreign_system(text: &str, language: Language) -> Option<&'static str> {
    let has_them = [Language::Python, Language::C].contains(&language);
    SYSTEM.split(' ').filter(|_| !has_them).find(|word| has_word(text, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_words() {
        let said = |language| fill("call {shutdown-write}, {…} and {recv}", language);
        assert_eq!(said(None), "call shutdown(SHUT_WR), {…} and recv");
        assert_eq!(said(Some(Language::Java)), "call Socket.shutdownOutput(), {…} and read");
        assert_eq!(said(Some(Language::C)), "call shutdown(fd, SHUT_WR), {…} and recv");
        assert_eq!(fill("{", None), "{");
    }

    #[test]
    fn every_line_of_the_table_is_a_word_of_known_languages_and_no_other_one() {
        for (name, words) in WORDS.iter() {
            assert_eq!(words.first().map(|(names, _)| *names), Some("any"), "{name}");
            let names: Vec<&str> =
                words[1..].iter().flat_map(|(names, _)| names.split(' ')).collect();
            for (at, name_of) in names.iter().enumerate() {
                assert!(Language::named(name_of).is_some(), "{name}: {name_of}");
                assert!(!names[..at].contains(name_of), "{name}: {name_of} twice");
            }
            for language in Language::ALL {
                let word = word(name, Some(language)).unwrap();
                let foreign = foreign(word, language).or(foreign_system(word, language));
                assert_eq!(foreign, None, "{name} {}: {word}", language.name());
            }
        }
    }
}
