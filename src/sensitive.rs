//! [`Sensitive`]: a value that must not be seen by accident.

use std::fmt;

use bytemuck::pod_align_to_mut;
use zeroize::Zeroize;

/// Can be overwritten with zeros for good.
pub trait Wipe {
    /// Overwrites it; the compiler does not leave that out.
    fn wipe(&mut self);
}

impl Wipe for [u8] {
    /// Eight bytes at a time: a value can have 65,536 bytes, and it is wiped at every read.
    fn wipe(&mut self) {
        let (before, words, after) = pod_align_to_mut::<u8, u64>(self);
        before.zeroize();
        words.zeroize();
        after.zeroize();
    }
}

impl<const N: usize> Wipe for [u8; N] {
    fn wipe(&mut self) {
        self.as_mut_slice().wipe();
    }
}

impl Wipe for Vec<u8> {
    fn wipe(&mut self) {
        // What was cut off is wiped as well.
        self.resize(self.capacity(), 0);
        self.as_mut_slice().wipe();
    }
}

impl Wipe for Vec<char> {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

impl Wipe for String {
    fn wipe(&mut self) {
        std::mem::take(self).into_bytes().wipe();
    }
}

/// Holds a secret value, a password or key bytes. It prints as `[redacted]`, gives its content only to a caller
/// that says [`expose`](Sensitive::expose), and wipes it when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sensitive<T: Wipe>(T);

impl<T: Wipe> Sensitive<T> {
    /// Wraps a value that must not be shown.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, to be written in place.
    pub fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Wipe> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: Wipe> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_value() {
        let password = Sensitive::new(String::from("hunter2"));
        assert_eq!(format!("{password:?}"), "[redacted]");
        assert_eq!(password.expose(), "hunter2");
    }

    #[test]
    fn everything_is_wiped_whatever_its_length() {
        for length in 0..40 {
            let mut bytes = vec![7; length];
            bytes.wipe();
            assert!(bytes.len() >= length && bytes.iter().all(|byte| *byte == 0));
        }
        let mut cut = b"hunter2".to_vec();
        cut.truncate(1);
        cut.wipe();
        assert!(cut.len() >= 7 && cut.iter().all(|byte| *byte == 0));
    }
}
