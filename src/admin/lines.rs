//! Lines out of the pieces of a text, as they come.

/// The lines of a text of which one piece comes after the other.
pub(super) struct Lines {
    /// What was not taken yet, after what was.
    text: Vec<u8>,
    /// How much was taken.
    taken: usize,
    /// How far an end of line was looked for.
    searched: usize,
}

impl Lines {
    /// No lines yet.
    pub(super) fn new() -> Self {
        Self {
            text: Vec::new(),
            taken: 0,
            searched: 0,
        }
    }

    /// Adds a piece of the text.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.text.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        self.text.extend_from_slice(piece);
    }

    /// Takes the next whole line, without its end.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        let left = &self.text[self.searched..];
        let Some(length) = left.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.text.len();
            return None;
        };
        let end = self.searched + length;
        let line = self.text[self.taken..end].to_vec();
        self.taken = end + 1;
        self.searched = self.taken;
        Some(line)
    }

    /// How long the line is that has begun.
    pub(super) fn begun(&self) -> usize {
        self.text.len() - self.taken
    }

    /// The last line, if it has no end.
    pub(super) fn rest(self) -> Option<Vec<u8>> {
        let rest = &self.text[self.taken..];
        (!rest.is_empty()).then(|| rest.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_they_come() {
        let text = b"one\n\ntwo two\nthree";
        for length in 1..=text.len() {
            let mut lines = Lines::new();
            let mut taken = Vec::new();
            for piece in text.chunks(length) {
                lines.add(piece);
                while let Some(line) = lines.take() {
                    taken.push(line);
                }
            }
            assert_eq!(lines.begun(), 5);
            taken.extend(lines.rest());
            assert_eq!(taken, [&b"one"[..], b"", b"two two", b"three"]);
        }
        let mut ended = Lines::new();
        ended.add(b"one\n");
        assert_eq!(ended.take().as_deref(), Some(&b"one"[..]));
        assert_eq!(ended.rest(), None);
    }
}
