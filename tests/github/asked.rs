//! What a comment costs whose author may not belong to the repository.

use super::hosted::{Host, world};
use super::state::FORK;
use crate::serve::client::comment;

const CONFIG: &str = "upstream: { repository: up/mistral.rs, branch: upstream }\nphases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }\n";

#[test]
fn a_stranger_s_comment_costs_a_host_three_requests_and_no_clone() {
    let (world, server) = world(CONFIG);
    let mut host = Host::start(&world, &server);
    let mut event: serde_json::Value = serde_json::from_str(&comment(FORK)).expect("JSON");
    event["comment"]["author_association"] = "NONE".into();
    event["comment"]["user"]["login"] = "stranger".into();
    let line = host.deliver_this("one", &event.to_string());
    assert_eq!(
        line,
        "fork/mistral.rs: a comment by stranger on #7: nothing to do, for nobody asked who may (1 delivery)"
    );
    host.end();
    // That which looks for lost webhooks is none of them.
    let asked = server.whole_log().into_iter().map(|logged| logged.request);
    let asked: Vec<String> = asked
        .filter(|request| !request.path.contains("/hook/"))
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    insta::assert_snapshot!(asked.join("\n"), @r"
    GET /api/repos/fork/mistral.rs/installation
    POST /api/app/installations/7/access_tokens
    GET /api/repos/fork/mistral.rs/collaborators/stranger/permission
    ");
    let clones = std::fs::read_dir(world.folder().join("clones")).expect("a folder").count();
    assert_eq!(clones, 0);
}
