//! Deltas as packs hold them: an object as pieces of another one, and new bytes.

use super::pack::LARGEST;

/// What a delta begins with: the sizes of what it is made against and of what it makes, and where its steps begin.
fn header(delta: &[u8]) -> Option<(usize, usize, usize)> {
    let mut at = 0;
    let mut number = || {
        let (mut value, mut shift) = (0_usize, 0);
        loop {
            let byte = *delta.get(at)?;
            at += 1;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return (shift < usize::BITS).then_some(value);
            }
        }
    };
    let (from, to) = (number()?, number()?);
    Some((from, to, at))
}

/// The size of what a delta makes, from its first bytes.
pub(super) fn result_size(start: &[u8]) -> Option<usize> {
    header(start).map(|(_, to, _)| to)
}

/// Makes the object; `None` where the delta does not fit.
pub(super) fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let (from, to, mut at) = header(delta)?;
    // A few bytes may claim to make more than there is memory.
    if from != base.len() || to > LARGEST {
        return None;
    }
    let mut made = Vec::new();
    made.try_reserve_exact(to).ok()?;
    while let Some(step) = delta.get(at).copied() {
        at += 1;
        if step & 0x80 == 0 {
            let end = at + usize::from(step);
            // A step of no bytes is reserved.
            made.extend_from_slice(delta.get(at..end).filter(|bytes| !bytes.is_empty())?);
            at = end;
            continue;
        }
        let mut number = |bits: u8| {
            let mut value = 0_usize;
            for byte in 0..8 {
                if bits >> byte == 0 {
                    break;
                }
                if bits & (1 << byte) != 0 {
                    value |= usize::from(*delta.get(at)?) << (8 * byte);
                    at += 1;
                }
            }
            Some(value)
        };
        let start = number(step & 0x0f)?;
        let length = match number((step >> 4) & 0x07)? {
            0 => 0x1_0000,
            length => length,
        };
        made.extend_from_slice(base.get(start..start.checked_add(length)?)?);
        if made.len() > to {
            return None;
        }
    }
    (made.len() == to).then_some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_new_bytes_are_put_together() {
        // "abcdef": the four bytes from the second on, two new ones, the first byte.
        let delta = [6, 7, 0b1001_0001, 1, 4, 2, b'X', b'Y', 0b1001_0000, 1];
        assert_eq!(apply(b"abcdef", &delta).as_deref(), Some(&b"bcdeXYa"[..]));
        assert_eq!(result_size(&delta), Some(7));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for delta in [
            &[][..],
            &[6],
            &[5, 1, 0b1001_0000, 1],
            &[6, 2, 0b1001_0000, 1],
            &[6, 9, 0b1001_0001, 1, 9],
            &[6, 1, 0],
            &[6, 3, 3, b'a'],
            &[6, 1, 0b1000_0001],
            &[0xff; 20],
            // Makes a terabyte.
            &[6, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0b1001_0000, 6],
        ] {
            assert_eq!(apply(b"abcdef", delta), None, "{delta:?}");
        }
    }
}
