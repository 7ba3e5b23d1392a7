//! Which commits mend a security fault: an advisory says so, or the subject does in words that leave no doubt. The word "security" alone
//! says nothing: text overflows in style sheets, security policies and security contexts of pods have it too.

use std::sync::LazyLock;

use regex::Regex;

use super::advisory;

/// The number of an advisory, which is enough anywhere in a message; the title GitHub gives to what was mended in private; and what Renovate
/// puts behind an update that mends an advisory.
pub const ADVISORY: &str =
    r"(?i)\b(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})\b|^Merge commit from fork\b|\[SECURITY\]\s*(\(#\d+\))?$";

/// A fault of memory or of trust that a subject says is mended, in either order.
pub const FAULT: &str = r"(?i)\b(fix\w*|prevent\w*|avoid\w*|patch\w*|mitigat\w*|harden\w*|resolv\w*)\b.*\b(vulnerab\w*|exploit\w*|((stack|heap)[- ])?buffer[- ](over|under)flow|heap[- ]overflow|use[- ]after[- ]free|double[- ]free|out[- ]of[- ]bounds|arbitrary (code|file)|(remote )?code execution|(path|directory) traversal|(sql|command|code|header|html|script) injection|xss|csrf|ssrf|privilege escalation|auth\w* bypass)\b";

/// A crash that a subject says is mended.
pub const CRASH: &str = r"(?i)\b(fix\w*|prevent\w*|avoid\w*|handl\w*|resolv\w*|guard\w*)\b.*\b(panics?|panick?ing|crash(es|ed|ing)?|segfaults?|segmentation fault|deadlock\w*|hangs?|hung|infinite loop|data races?|data loss|(data|memory) corruption|stack overflow|(null|nil)[- ]?(pointer|deref\w*)|oom)\b";

static ADVISORIES: LazyLock<Regex> = LazyLock::new(|| Regex::new(ADVISORY).expect("a constant pattern"));
static FAULTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(FAULT).expect("a constant pattern"));

/// Whether a commit mends a security fault.
pub(super) fn mends(subject: &str, message: &str) -> bool {
    ADVISORIES.is_match(subject) || !advisory::named(message).is_empty() || FAULTS.is_match(subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_mended_not_merely_named() {
        let crash = Regex::new(CRASH).expect("a pattern");
        for (subject, is) in [
            ("Fix panic in prompt token truncation logic (#1678)", true),
            ("fix(core): avoid a deadlock", true),
            ("Fix server hang with mcp (#1706)", true),
            ("Add crash reporter", false),
            ("Document what hangs", false),
            ("Fix leaks in the docs", false),
        ] {
            assert_eq!(crash.is_match(subject), is, "{subject}");
        }
    }

    #[test]
    fn an_advisory_or_a_plain_fault_is_one() {
        for (subject, message, is) in [
            ("Fix stack buffer overflow in cuda topk_softmax (#1825)", "", true),
            ("Apply patches for CVE-2024-31228", "", true),
            ("Merge commit from fork", "Limits the size", true),
            ("Check lengths", "Check lengths\n\nThis is GHSA-9mj9-xx53-qmxm.", true),
            ("fix(proxy): prevent path traversal", "", true),
            ("Fix text overflow in the sidebar", "", false),
            ("plugin: fix gosec G115 integer overflow warnings", "", false),
            ("Update dependency concurrent-ruby to v1.3.7 [SECURITY] (#39543)", "", true),
            ("[Security] Sort the settings", "", false),
            ("Trim SECURITY.md", "", false),
            ("Use the old security context", "", false),
            ("Add dependency injection", "", false),
            ("Fix injection of services", "", false),
        ] {
            assert_eq!(mends(subject, message), is, "{subject}");
        }
    }
}
