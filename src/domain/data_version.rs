//! Which state of which register something was read from.

use std::fmt;

use data_encoding::HEXLOWER;

/// 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RandomId(pub [u8; 16]);

/// A version of the data of a register. Numbers count up; a register that has lost its last
/// changes (a backup restored, a server that took over too late) gives the same numbers again, but
/// never the same ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataVersion {
    /// Which register.
    pub register: RandomId,
    /// Raised by one by every changeset that changes a record.
    pub number: i64,
    /// Tells the version from another one of the same number.
    pub id: RandomId,
}

impl fmt::Display for RandomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for RandomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
