//! Chance, which a seed repeats: texts and bytes that nobody can have written into a program beforehand.

use fastrand::Rng;

/// The chance of one check.
pub struct Chance {
    random: Rng,
    /// What nobody can know beforehand, in the texts so far.
    secrets: Vec<String>,
}

impl Chance {
    /// Each check has its own, so that `--only` repeats what it met in the whole run.
    pub fn new(seed: u64, check: &str) -> Chance {
        let own =
            check.bytes().fold(seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Chance { random: Rng::with_seed(own), secrets: Vec::new() }
    }

    /// A text that no program can know or guess: the words and 64 random bits. An 88 would be another word of the protocol.
    pub fn text(&mut self, words: &str) -> String {
        let secret = loop {
            let secret = format!("{:016x}", self.random.u64(..));
            if !secret.contains("88") {
                break secret;
            }
        };
        self.secrets.push(secret.clone());
        format!("{words} {secret}")
    }

    /// A seed for other chance.
    pub fn seed(&mut self) -> u64 {
        self.random.u64(..)
    }

    /// Random bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Is this output another text of the story, which is as it should be? Then it is no bad copy of `text`.
    pub fn is_another_text(&self, output: &[u8], text: &str) -> bool {
        let output = String::from_utf8_lossy(output);
        let mut others = self.secrets.iter();
        output == text || others.any(|secret| output.contains(secret) && !text.contains(secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_holds_64_random_bits_and_a_seed_repeats_them() {
        let texts = |seed, check| {
            let mut chance = Chance::new(seed, check);
            (0..1000).map(|_| chance.text("你好")).collect::<Vec<_>>()
        };
        let first = texts(1, "prints");
        assert_eq!(first, texts(1, "prints"));
        assert_ne!(first, texts(2, "prints"));
        assert_ne!(first, texts(1, "empty"), "each check has its own");
        let secrets = first.iter().map(|text| text.strip_prefix("你好 ").unwrap());
        let numbers = secrets.map(|secret| u64::from_str_radix(secret, 16).unwrap());
        let (any, all) = numbers.fold((0, u64::MAX), |(any, all), one| (any | one, all & one));
        assert_eq!((any, all), (u64::MAX, 0), "each bit is drawn");
        assert!(first.iter().all(|text| !text.contains("88")));
    }
}
