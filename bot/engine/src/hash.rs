//! Maps and sets that hash quickly.
//!
//! Merging looks up names and paths by the million, and std's hashing was a twentieth of a survey. This one, too, begins with
//! another number in each process, so that names which all fall together are hard to prepare; it is no proof against that, as std's is.

/// A map that hashes quickly.
pub type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// A set that hashes quickly.
pub type HashSet<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;
