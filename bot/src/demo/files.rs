//! The files of the demo's story, in each of their states.

pub(super) const MANIFEST: &str = "[workspace]\nmembers = [\n    \"core\",\n    \"server\",\n]\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\ncudarc = \"0.16\"\nserde = \"1\"\n\n[workspace.metadata]\ncuda = [\"12.9\", \"13.0\"]\n";
pub(super) const MANIFEST_17: &str = "[workspace]\nmembers = [\n    \"core\",\n    \"server\",\n]\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\ncudarc = \"0.17\"\nserde = \"1\"\n\n[workspace.metadata]\ncuda = [\"12.9\", \"13.0\"]\n";
pub(super) const MANIFEST_19: &str = "[workspace]\nmembers = [\n    \"core\",\n    \"server\",\n]\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\ncudarc = \"0.19\"\nserde = \"1\"\n\n[workspace.metadata]\ncuda = [\"12.9\", \"13.0\"]\n";
pub(super) const MANIFEST_13: &str = "[workspace]\nmembers = [\n    \"core\",\n    \"server\",\n]\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\ncudarc = \"0.19\"\nserde = \"1\"\n\n[workspace.metadata]\ncuda = [\"12.9\", \"13.0\", \"13.1\"]\n";
pub(super) const MANIFEST_TUI: &str = "[workspace]\nmembers = [\n    \"core\",\n    \"server\",\n    \"tui\",\n]\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\ncudarc = \"0.16\"\nserde = \"1\"\n\n[workspace.metadata]\ncuda = [\"12.9\", \"13.0\"]\n";
pub(super) const MANIFEST_FEATURES: &str = "[workspace]\nmembers = [\n    \"core\",\n    \"server\",\n    \"tui\",\n]\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\ncudarc = { version = \"0.16\", features = [\"driver\"] }\nserde = \"1\"\n\n[workspace.metadata]\ncuda = [\"12.9\", \"13.0\"]\n";

pub(super) const LOCK: &str = "version = 4\n\n[[package]]\nname = \"core\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"cudarc\"\nversion = \"0.16.6\"\n\n[[package]]\nname = \"server\"\nversion = \"0.1.0\"\n";
pub(super) const LOCK_17: &str = "version = 4\n\n[[package]]\nname = \"core\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"cudarc\"\nversion = \"0.17.8\"\n\n[[package]]\nname = \"server\"\nversion = \"0.1.0\"\n";
pub(super) const LOCK_19: &str = "version = 4\n\n[[package]]\nname = \"core\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"cudarc\"\nversion = \"0.19.1\"\n\n[[package]]\nname = \"server\"\nversion = \"0.1.0\"\n";
pub(super) const LOCK_TUI: &str = "version = 4\n\n[[package]]\nname = \"core\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"cudarc\"\nversion = \"0.16.6\"\n\n[[package]]\nname = \"server\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"tui\"\nversion = \"0.1.0\"\n";

pub(super) const README: &str = "# Lantern\n\nA small infernce engine.\n";
pub(super) const README_SPELT: &str = "# Lantern\n\nA small inference engine.\n";

pub(super) const GUIDE: &str = "# Guide\n\nStart the server and ask it something.\n";
pub(super) const GUIDE_CACHE: &str = "# Guide\n\nStart the server and ask it something.\n\n## The cache\n\nKeys and values are kept in blocks of 16 tokens.\n";

pub(super) const LIB: &str = "pub mod attention;\npub mod sampler;\n\npub const BLOCK: usize = 16;\n";
pub(super) const LIB_CACHE: &str =
    "pub mod attention;\npub mod cache;\npub mod sampler;\n\npub const BLOCK: usize = 16;\n";

pub(super) const CACHE: &str = "use crate::BLOCK;\n\npub struct Cache {\n    blocks: Vec<[f32; BLOCK]>,\n}\n\nimpl Cache {\n    pub fn push(&mut self, block: [f32; BLOCK]) {\n        self.blocks.push(block);\n    }\n}\n";
pub(super) const CACHE_EVICT: &str = "use crate::BLOCK;\n\npub struct Cache {\n    blocks: Vec<[f32; BLOCK]>,\n    most: usize,\n}\n\nimpl Cache {\n    pub fn push(&mut self, block: [f32; BLOCK]) {\n        if self.blocks.len() == self.most {\n            self.blocks.remove(0);\n        }\n        self.blocks.push(block);\n    }\n}\n";

pub(super) const SAMPLER: &str = "pub fn sample(logits: &[f32], greedy: bool) -> usize {\n    if !greedy {\n        best(logits)\n    } else {\n        random(logits)\n    }\n}\n\nfn best(logits: &[f32]) -> usize {\n    let mut at = 0;\n    for (index, logit) in logits.iter().enumerate() {\n        if *logit > logits[at] {\n            at = index;\n        }\n    }\n    at\n}\n\nfn random(logits: &[f32]) -> usize {\n    logits.len() / 2\n}\n";
pub(super) const SAMPLER_FIXED: &str = "pub fn sample(logits: &[f32], greedy: bool) -> usize {\n    if greedy {\n        best(logits)\n    } else {\n        random(logits)\n    }\n}\n\nfn best(logits: &[f32]) -> usize {\n    let mut at = 0;\n    for (index, logit) in logits.iter().enumerate() {\n        if *logit > logits[at] {\n            at = index;\n        }\n    }\n    at\n}\n\nfn random(logits: &[f32]) -> usize {\n    logits.len() / 2\n}\n";
/// As the fork took it, with a remark of its own: no patch-id finds this again.
pub(super) const SAMPLER_FIXED_OURS: &str = "pub fn sample(logits: &[f32], greedy: bool) -> usize {\n    // Greedy means: take the best.\n    if greedy {\n        best(logits)\n    } else {\n        random(logits)\n    }\n}\n\nfn best(logits: &[f32]) -> usize {\n    let mut at = 0;\n    for (index, logit) in logits.iter().enumerate() {\n        if *logit > logits[at] {\n            at = index;\n        }\n    }\n    at\n}\n\nfn random(logits: &[f32]) -> usize {\n    logits.len() / 2\n}\n";

pub(super) const ATTENTION: &str = "pub fn attend(query: &[f32], key: &[f32]) -> f32 {\n    check(query, key);\n    let mut sum = 0.0;\n    for (q, k) in query.iter().zip(key) {\n        sum += q * k;\n    }\n    scale(sum, query.len())\n}\n\nfn check(query: &[f32], key: &[f32]) {\n    assert_eq!(query.len(), key.len());\n}\n\nfn scale(sum: f32, len: usize) -> f32 {\n    sum / (len as f32).sqrt()\n}\n";
pub(super) const ATTENTION_TILED: &str = "pub fn attend(query: &[f32], key: &[f32]) -> f32 {\n    check(query, key);\n    let mut sum = 0.0;\n    for (q, k) in query.chunks(8).zip(key.chunks(8)) {\n        sum += q.iter().zip(k).map(|(q, k)| q * k).sum::<f32>();\n    }\n    scale(sum, query.len())\n}\n\nfn check(query: &[f32], key: &[f32]) {\n    assert_eq!(query.len(), key.len());\n}\n\nfn scale(sum: f32, len: usize) -> f32 {\n    sum / (len as f32).sqrt()\n}\n";
pub(super) const ATTENTION_LOGGED: &str = "pub fn attend(query: &[f32], key: &[f32]) -> f32 {\n    check(query, key);\n    let mut sum = 0.0;\n    for (q, k) in query.iter().zip(key) {\n        sum += q * k;\n    }\n    scale(sum, query.len())\n}\n\nfn check(query: &[f32], key: &[f32]) {\n    log::debug!(\"attend {} {}\", query.len(), key.len());\n    assert_eq!(query.len(), key.len());\n}\n\nfn scale(sum: f32, len: usize) -> f32 {\n    sum / (len as f32).sqrt()\n}\n";

pub(super) const TOPK: &str = "#define SCRATCH 32\n\n__global__ void topk(const float *in, float *out, int k) {\n    float best[SCRATCH];\n    for (int i = 0; i < k; i++) {\n        best[i] = in[i];\n    }\n    for (int i = 0; i < k; i++) {\n        out[i] = best[i];\n    }\n}\n";
pub(super) const TOPK_SAFE: &str = "#define SCRATCH 32\n\n__global__ void topk(const float *in, float *out, int k) {\n    float best[SCRATCH];\n    k = min(k, SCRATCH);\n    for (int i = 0; i < k; i++) {\n        best[i] = in[i];\n    }\n    for (int i = 0; i < k; i++) {\n        out[i] = best[i];\n    }\n}\n";
pub(super) const TOPK_13: &str = "#define SCRATCH 32\n\n__global__ void topk(const float *__restrict__ in, float *out, int k) {\n    float best[SCRATCH];\n    k = min(k, SCRATCH);\n    for (int i = 0; i < k; i++) {\n        best[i] = in[i];\n    }\n    for (int i = 0; i < k; i++) {\n        out[i] = best[i];\n    }\n}\n";

pub(super) const TOOLS: &str = "pub fn call(tool: &str) -> String {\n    let answer = run(tool);\n    answer.join().unwrap_or_default()\n}\n\nfn run(tool: &str) -> std::thread::JoinHandle<String> {\n    let tool = tool.to_owned();\n    std::thread::spawn(move || tool)\n}\n";
pub(super) const TOOLS_FIXED: &str = "pub fn call(tool: &str) -> Option<String> {\n    let answer = run(tool);\n    answer.is_finished().then(|| answer.join().unwrap_or_default())\n}\n\nfn run(tool: &str) -> std::thread::JoinHandle<String> {\n    let tool = tool.to_owned();\n    std::thread::spawn(move || tool)\n}\n";

pub(super) const SERVER: &str = "mod tools;\n\nfn main() {\n    loop {\n        let question = listen();\n        answer(question);\n    }\n}\n\nfn listen() -> String {\n    String::new()\n}\n\nfn answer(question: String) {\n    println!(\"{question}\");\n}\n";
pub(super) const SERVER_RETRY: &str = "mod tools;\n\nfn main() {\n    loop {\n        let question = listen();\n        retry(3, || answer(question.clone()));\n    }\n}\n\nfn listen() -> String {\n    String::new()\n}\n\nfn answer(question: String) {\n    println!(\"{question}\");\n}\n\nfn retry(times: usize, work: impl Fn()) {\n    (0..times).for_each(|_| work());\n}\n";
pub(super) const SERVER_STREAM: &str = "mod tools;\n\nfn main() {\n    loop {\n        let question = listen();\n        for word in answer(question) {\n            println!(\"{word}\");\n        }\n    }\n}\n\nfn listen() -> String {\n    String::new()\n}\n\nfn answer(question: String) -> Vec<String> {\n    question.split(' ').map(str::to_owned).collect()\n}\n";
