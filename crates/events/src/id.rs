//! Interned identifiers: as cheap to copy and compare as a number, ordered and printed as text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

/// Longest id in bytes: a UUID or a URN fits.
pub const ID_BYTES_MAX: usize = 64;
/// Most different vehicles one session may bring: a field has some forty. Whoever invents ids without end hits the wall
/// of his own session, and takes none from the others: see [`SessionIds`].
pub const VEHICLES_A_SESSION_MAX: usize = 8192;
/// Most different ids one process keeps. They are never freed; about 150 bytes each, so this bounds them at 160 MB.
/// Sessions share what is spelled alike, so that a season of races with the same cars adds their names once.
pub const IDS_MAX: usize = 1 << 20;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdError {
    /// It has no characters.
    Empty,
    /// It is longer than [`ID_BYTES_MAX`].
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// It holds a control character or white space at an end.
    BadCharacter,
    /// The process already keeps [`IDS_MAX`] ids.
    TooMany,
    /// The session has already brought [`VEHICLES_A_SESSION_MAX`] vehicles.
    TooManyOfSession,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IdError::Empty => write!(f, "an id needs at least one character"),
            IdError::TooLong { bytes } => {
                write!(f, "an id has at most {ID_BYTES_MAX} bytes, this has {bytes}")
            }
            IdError::BadCharacter => write!(f, "an id has no control characters and no space at its ends"),
            IdError::TooMany => write!(f, "more than {IDS_MAX} different ids in this process"),
            IdError::TooManyOfSession => {
                write!(f, "more than {VEHICLES_A_SESSION_MAX} different vehicles in one session")
            }
        }
    }
}
impl std::error::Error for IdError {}

struct Interned {
    text: &'static str,
    hash: u64,
    slot: usize,
}

/// The one id that is there before any is made: see [`ModelId::PRIORS`].
static PRIORS: Interned = Interned { text: "priors", hash: fnv1a("priors"), slot: 0 };

static IDS: RwLock<BTreeMap<&'static str, &'static Interned>> = RwLock::new(BTreeMap::new());

fn intern(text: &str) -> Result<&'static Interned, IdError> {
    if text == PRIORS.text {
        return Ok(&PRIORS);
    }
    if let Some(&known) = IDS.read().unwrap_or_else(PoisonError::into_inner).get(text) {
        return Ok(known);
    }
    match text.len() {
        0 => return Err(IdError::Empty),
        bytes if bytes > ID_BYTES_MAX => return Err(IdError::TooLong { bytes }),
        _ => {}
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(IdError::BadCharacter);
    }
    let mut ids = IDS.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(&known) = ids.get(text) {
        return Ok(known); // another thread was faster
    }
    if ids.len() >= IDS_MAX {
        return Err(IdError::TooMany);
    }
    let entry: &'static Interned = Box::leak(Box::new(Interned {
        text: String::from(text).leak(),
        hash: fnv1a(text),
        slot: ids.len() + 1,
    }));
    ids.insert(entry.text, entry);
    Ok(entry)
}

/// FNV-1a, 64 bits: the same in every process, on every machine and in every version, which routing by key needs.
/// Constants: Fowler, Noll, Vo, <http://www.isthe.com/chongo/tech/comp/fnv/>.
const fn fnv1a(text: &str) -> u64 {
    let (bytes, mut hash, mut at) = (text.as_bytes(), 0xcbf2_9ce4_8422_2325, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name(&'static Interned);

        impl $name {
            /// The id with this text.
            ///
            /// # Errors
            /// Empty, longer than 64 bytes, with control characters or outer white space, or one too many.
            pub fn new(text: &str) -> Result<Self, IdError> {
                intern(text).map(Self)
            }
            /// Its text.
            pub fn as_str(self) -> &'static str {
                self.0.text
            }
            /// A small number, another for each id of this process: to look up by, never to order, store or send.
            pub fn slot(self) -> usize {
                self.0.slot
            }
            /// A hash that never changes, to route by.
            pub fn stable_hash(self) -> u64 {
                self.0.hash
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq(self.0, other.0)
            }
        }
        impl Eq for $name {}
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                if self == other { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
            }
        }
        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                state.write_u64(self.0.hash);
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// The immutable key of a vehicle in a session. It is not its number: a number is a label in the roster, may be
    /// shared between classes and may change. `"07"` is not `"7"`.
    VehicleId
}
id! {
    /// The name of one session: a race, a practice, a recording.
    SessionId
}
id! {
    /// The name of a model of fuel burn.
    ModelId
}

impl ModelId {
    /// What is believed before any race was seen.
    pub const PRIORS: ModelId = ModelId(&PRIORS);
}

impl Default for ModelId {
    fn default() -> Self {
        ModelId::PRIORS
    }
}

/// The vehicles that one session has brought: the door through which a stranger's ids come in.
#[derive(Clone, Debug, Default)]
pub struct SessionIds(BTreeMap<&'static str, VehicleId>);

impl SessionIds {
    /// The vehicle with this text.
    ///
    /// # Errors
    /// As [`VehicleId::new`]; and the session has brought [`VEHICLES_A_SESSION_MAX`] others, which keeps nothing.
    pub fn vehicle(&mut self, text: &str) -> Result<VehicleId, IdError> {
        if let Some(&known) = self.0.get(text) {
            return Ok(known);
        }
        if self.0.len() >= VEHICLES_A_SESSION_MAX {
            return Err(IdError::TooManyOfSession);
        }
        let vehicle = VehicleId::new(text)?;
        self.0.insert(vehicle.as_str(), vehicle);
        Ok(vehicle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_invents_vehicles_stops_itself_and_no_other() {
        let mut inventor = SessionIds::default();
        for number in 0..VEHICLES_A_SESSION_MAX {
            inventor.vehicle(&format!("invented-{number}")).unwrap();
        }
        assert_eq!(inventor.vehicle("one more"), Err(IdError::TooManyOfSession));
        assert!(inventor.vehicle("invented-0").is_ok(), "those it has go on");
        assert!(SessionIds::default().vehicle("one more").is_ok(), "another session is not concerned");
    }

    #[test]
    fn equal_text_is_the_same_id_and_07_is_not_7() {
        let id = |text| VehicleId::new(text).unwrap();
        assert_eq!(id("07"), id("07"));
        assert_ne!(id("07"), id("7"));
        assert!(id("07") < id("7"), "ordered as text");
    }

    #[test]
    fn what_is_not_an_id_says_why() {
        for (text, why) in [
            ("", IdError::Empty),
            (" 7", IdError::BadCharacter),
            ("7\0", IdError::BadCharacter),
            (&"x".repeat(65), IdError::TooLong { bytes: 65 }),
        ] {
            assert_eq!(VehicleId::new(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn the_routing_hash_is_fnv1a() {
        // published test vectors of FNV-1a 64: "" and "a"
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
