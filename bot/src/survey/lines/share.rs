//! How much of what one commit changes another changes too.

use super::{ByLine, Count, Delta, LineHash};

/// How much a line says by its being rare.
pub(in crate::survey) struct Rarity;

impl Rarity {
    /// A line that more commits of upstream's change than these says nothing.
    const COMMON: usize = 64;

    /// By how many commits of either side it is changed.
    pub(in crate::survey) fn of(upstream: usize, fork: usize) -> f32 {
        if upstream > Self::COMMON {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of commits")]
        let both = (upstream.max(1) + fork.max(1) - 1) as f32;
        1.0 / both
    }
}

/// What of one commit is in another. Shares are of what lines weigh: a rare one says more than a common one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::survey) struct Likeness {
    /// What the lines weigh that are in both: a rare line of some length weighs 1.
    pub(in crate::survey) weight: f32,
    /// The share of the lines; none of nothing.
    pub(in crate::survey) share: f32,
    /// The share of those that it adds; all of nothing.
    pub(in crate::survey) added: f32,
    /// The share of the lines of the file of which the least is there.
    pub(in crate::survey) least: f32,
    /// The share of the other commit that this is.
    pub(in crate::survey) of_other: f32,
    /// Whether a line is alike in a file of the same name.
    pub(in crate::survey) same_name: bool,
}

/// Lines of a commit that are owed to others, with how often.
pub(in crate::survey) type Owed = ByLine<u32>;

/// Compares what upstream changes with what a commit of the fork does, without the lines that are owed to other commits already.
pub(in crate::survey) fn likeness(
    upstream: &Delta,
    fork: &Delta,
    owed: &Owed,
    rarity: impl Fn(LineHash) -> f32,
) -> Likeness {
    let mut left: ByLine<u32> = ByLine::default();
    for (line, count) in fork.all() {
        left.insert(line, count.times.saturating_sub(owed.get(&line).copied().unwrap_or_default()));
    }
    let (mut all, mut there) = (Weight::default(), Weight::default());
    let (mut least, mut same_name, mut matched) = (1.0_f32, false, 0_u32);
    for file in &upstream.files {
        let (mut all_here, mut there_here) = (Weight::default(), Weight::default());
        let same_files = fork.files.iter().filter(|other| other.name == file.name);
        for (line, count) in &file.lines {
            let weight = count.says * rarity(*line);
            all_here.add(count, count.times, weight);
            let Some(left) = left.get_mut(line).filter(|left| **left > 0) else { continue };
            let times = count.times.min(*left);
            *left -= times;
            matched += times;
            there_here.add(count, times, weight);
            same_name = same_name || same_files.clone().any(|other| other.lines.contains_key(line));
        }
        least = least.min(part(there_here.all, all_here.all));
        all.all += all_here.all;
        all.added += all_here.added;
        there.all += there_here.all;
        there.added += there_here.added;
    }
    let others: u32 = fork.files.iter().flat_map(|file| file.lines.values()).map(|count| count.times).sum();
    #[expect(clippy::cast_precision_loss, reason = "counts of lines")]
    let of_other = part(matched as f32, others as f32);
    Likeness {
        weight: there.all,
        share: if all.all > 0.0 { there.all / all.all } else { 0.0 },
        added: part(there.added, all.added),
        least,
        of_other,
        same_name,
    }
}

/// Notes that the lines of a commit are owed to it.
pub(in crate::survey) fn owe(owed: &mut Owed, upstream: &Delta) {
    for (line, count) in upstream.all() {
        *owed.entry(line).or_default() += count.times;
    }
}

#[derive(Default)]
struct Weight {
    all: f32,
    added: f32,
}

impl Weight {
    #[expect(clippy::cast_precision_loss, reason = "counts of lines")]
    fn add(&mut self, count: &Count, times: u32, weight: f32) {
        let weight = weight * times as f32;
        self.all += weight;
        self.added += if count.added { weight } else { 0.0 };
    }
}

fn part(of: f32, all: f32) -> f32 {
    if all > 0.0 { of / all } else { 1.0 }
}
