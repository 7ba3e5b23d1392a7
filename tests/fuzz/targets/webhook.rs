//! Any bytes as a webhook that was signed: it is read without a panic, and what is written down of it names no folder but its own.
//!
//! The first byte chooses the event, the second whether the delivery's id is right.
#![no_main]

use aws_lc_rs::hmac;
use libfuzzer_sys::fuzz_target;
use uptake::action::{EVENTS, Mode, decide};
use uptake::serve::{Asked, Delivery, Secret, read};

fuzz_target!(|bytes: &[u8]| {
    let [event, id, body @ ..] = bytes else { return };
    // One more than there are: an event that is not acted on.
    let name = EVENTS.get(usize::from(*event) % (EVENTS.len() + 1)).copied().unwrap_or("ping");
    let id = if *id < 128 { "72d3162e-cc78-11e3-81ab-4c9367dc0958" } else { "../../etc/passwd" };
    match read(name, id, body) {
        Ok(Asked::Run(delivery)) => written_down(&delivery),
        Ok(Asked::Nothing(why)) => harmless(&why),
        Err(why) => harmless(&why.to_string()),
    }
    // What a job in a workflow makes of the same event.
    match decide(name, body, "owner/fork") {
        Ok(Mode::Run(text) | Mode::Rest(text)) => harmless(&text),
        Ok(Mode::Ask { who, because }) => {
            assert!(!who.starts_with('-'));
            harmless(&because);
        }
        Err(error) => harmless(&error.to_string()),
    }
    let secret = Secret::new("between us").expect("a secret");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"between us"), body);
    let signed = tag.as_ref().iter().fold("sha256=".to_owned(), |text, byte| text + &format!("{byte:02x}"));
    assert!(secret.signs(&signed, body));
    assert!(!secret.signs(&String::from_utf8_lossy(body), body));
});

fn written_down(delivery: &Delivery) {
    let (owner, name) = delivery.repository.split_once('/').expect("owner/name");
    for part in [owner, name] {
        assert!(!part.is_empty() && !part.starts_with('.') && !part.contains(['/', '\\', '\0']) && part.len() <= 100);
    }
    assert_eq!(delivery.repository, delivery.name.to_ascii_lowercase());
    assert!(!delivery.id.contains(['/', '.', '\\']) && !delivery.id.is_empty());
    harmless(&delivery.because);
    let json = serde_json::to_vec(delivery).expect("JSON");
    assert_eq!(serde_json::from_slice::<Delivery>(&json).expect("read"), *delivery);
}

/// Nothing in a line of a log moves the cursor, begins another line, or tells a runner what to do.
fn harmless(text: &str) {
    assert!(!text.chars().any(|sign| sign.is_control()), "{text:?}");
    assert!(!text.trim_start().starts_with("::"), "{text:?}");
}
