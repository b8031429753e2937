//! [`Sensitive`]: a value that must not be seen by accident.

use std::fmt;

use zeroize::Zeroize;

/// Holds a secret value, a password or key bytes. It prints as `[redacted]`, gives its content only to a caller
/// that says [`expose`](Sensitive::expose), and wipes it when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sensitive<T: Zeroize>(T);

impl<T: Zeroize> Sensitive<T> {
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

impl<T: Zeroize> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Sensitive<T> {
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
}
