//! Bytes in, a short name for exactly these bytes out.

use std::fmt;

use xxhash_rust::xxh3::Xxh3;

/// The xxh3-128 of a file's raw bytes, before any decoding. It tells two inputs apart; it proves nothing to an adversary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(u128);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes))
    }

    /// The digest of everything a hasher was fed.
    pub(super) fn finish(hasher: &Xxh3) -> Self {
        Self(hasher.digest128())
    }
}

/// Thirty-two lower-case hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
