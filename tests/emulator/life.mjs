// The life of a fork's pull requests on the emulator, from the installation of the App to its obeying a comment. Every step asks
// the emulator what stands there now.

import assert from "node:assert/strict";
import { join } from "node:path";
import { BOT, FORK, UPSTREAM, World } from "./world.mjs";

const CONFIG = `
fork: { repository: ${FORK}, branch: main }
upstream: { repository: ${UPSTREAM}, branch: main }
stacking: fork
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: docs, title: Documentation, priority: 2, rules: [{ subject: ^Docs }] }
  - { id: features, title: Features, priority: 3, rules: [{ subject: ^Add }] }
  - { id: cleanup, title: Cleanup, priority: 4, rules: [{ subject: ^Remove }] }
`;

const world = await World.start();
const { host } = world;
const begun = Date.now();
let steps = 0;

async function step(name, work) {
  host.writes();
  const from = Date.now();
  try {
    await work();
  } catch (error) {
    console.error(`\nFAILED: ${name}\n${error.stack}\n\nThe pull requests:\n${(await world.stand()).join("\n")}`);
    process.exit(1);
  }
  steps += 1;
  console.log(`ok  ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
}

/** One run; returns what it says on both outputs. */
async function publish(options) {
  const { out, error } = await world.uptake(["run", "--forge", "github"], options);
  return out + error;
}

/** That another run has nothing to do, and sends nothing that could change anything. */
async function still() {
  host.writes();
  const told = await publish();
  assert.match(told, /Nothing to change/);
  assert.deepEqual(host.writes(), []);
}

async function upstreamMoves(...commits) {
  const made = [];
  for (const [message, files] of commits) made.push(await world.commit(upstream, message, files));
  await world.git(upstream, ["push", "--quiet", "origin", "main"]);
  return made;
}

/** The fork's branch in the clone that Uptake runs in. */
const pulled = () => world.git(work, ["pull", "--quiet", "--ff-only", "origin", "main"]);
const labels = ({ labels }) => labels.map(({ name }) => name).sort();
const lastToken = async () => (await world.ask("GET", "/_emulate/installation-tokens")).installation_tokens.at(-1);
const ledger = () => world.file("uptake/ledger", "decisions.yml");

// Upstream, and a fork of it that has gone its own way in b.rs.
const upstream = await world.clone(UPSTREAM, "upstream");
await world.git(upstream, ["switch", "--quiet", "--create", "main"]);
await world.commit(upstream, "Start", { "src/a.rs": "a\n", "src/b.rs": "b\n", "src/old.rs": "old\n", "README.md": "engine\n" });
await world.git(upstream, ["push", "--quiet", "origin", "main"]);
const work = await world.clone(FORK, "maintainer", "work");
await world.git(work, ["remote", "add", "upstream", world.url(UPSTREAM, "maintainer")]);
await world.git(work, ["pull", "--quiet", "upstream", "main"]);
await world.git(work, ["branch", "--move", "main"]);
await world.commit(work, "Ours: another b", { "src/b.rs": "our b\n" });
await world.commit(work, "Set Uptake up", { ".github/uptake.yml": CONFIG });
await world.git(work, ["push", "--quiet", "origin", "main"]);
const [fixA, fixB, , addC, addD] = await upstreamMoves(
  ["Fix a (#1)\n\nFixes #1. Thanks to @octocat.", { "src/a.rs": "A\n" }],
  ["Fix b (#2)", { "src/b.rs": "B\n" }],
  ["Docs: say more (#3)", { "README.md": "engine\n\nMore.\n" }],
  ["Add c (#4)", { "src/c.rs": "c\n" }],
  ["Add d (#5)", { "src/d.rs": "d\n" }],
  ["Remove old (#6)", { "src/old.rs": "" }],
);

await step("install: the App shows its key and is given a token for this fork alone", async () => {
  const told = await publish({ env: { UPTAKE_APP_ID: "4712" }, codes: [1] });
  assert.match(told, /401/);
  const dry = await world.uptake(["run", "--forge", "github", "--dry-run"]);
  assert.match(dry.out, /Would make \d+ changes/);
  assert.deepEqual(host.writes(), []);
  const minted = await lastToken();
  const fork = await world.ask("GET", `/repos/${FORK}`);
  assert.deepEqual(minted.repository_ids, [fork.id]);
  assert.equal(minted.repository_selection, "selected");
  assert.equal(minted.permissions.contents, "read", "a dry run writes nothing");
  const doctor = await world.uptake(["doctor"], { codes: [1] });
  for (const part of ["upstream: fetched", "key: the App pick-bot, installed on the fork", "permissions: all that a run needs", `repository: ${FORK} can be written to`]) {
    assert.ok(doctor.out.includes(`right    ${part}`), `${part} in\n${doctor.out}`);
  }
  assert.match(doctor.out, /wrong {4}workflows: there is no uptake\.yml/);
});

await step("first run: a pull request per phase, the dashboard, and nothing on upstream", async () => {
  await publish();
  const minted = await lastToken();
  assert.equal(minted.permissions.contents, "write");
  assert.equal(minted.permissions.workflows, undefined, "no pick touches a workflow");
  assert.deepEqual(await world.stand(), [
    "#1 open: uptake/fixes into main: Uptake: Fixes",
    "#2 open: uptake/docs into main: Uptake: Documentation",
    "#3 open: uptake/features into main: Uptake: Features",
    "#4 open: uptake/cleanup into main: Uptake: Cleanup",
  ]);
  for (const pull of await world.pulls()) {
    assert.equal(pull.user.login, BOT);
    assert.equal(pull.head.sha, await world.head(pull.head.ref));
    assert.equal(pull.base.sha, await world.head("main"));
    assert.ok(pull.body.length <= 65_536);
    assert.doesNotMatch(pull.body, /@octocat|\bFixes #|(^|\s)#\d/);
  }
  const [fixes, docs] = await world.pulls();
  assert.deepEqual(labels(fixes), ["conflicts", "phase:fixes", fixes.labels.find(({ name }) => name.startsWith("risk:")).name].sort());
  assert.ok(labels(docs).includes("phase:docs") && !labels(docs).includes("conflicts"));
  assert.match(fixes.body, new RegExp(`${host.url}/${UPSTREAM}/commit/${fixB.slice(0, 9)}`));
  assert.match(fixes.body, /our b/);
  assert.match((await world.dashboard()).body, /Decisions, the cheapest first: 1 pick/);
  assert.equal(await world.file("uptake/fixes", "src/a.rs"), "A\n");
  const made = await world.ask("GET", `/repos/${FORK}/git/commits/${fixes.head.sha}`);
  assert.match(made.message, new RegExp(`\\(cherry picked from commit ${fixA}\\)`));
  assert.doesNotMatch(made.message, /@octocat|Fixes #1/);
  const all = await world.ask("GET", `/repos/${FORK}/labels?per_page=100`);
  for (const { name, color, description } of all) assert.ok(/^[0-9a-f]{6}$/.test(color) && description, `label ${name}`);
  assert.equal((await world.ask("GET", `/repos/${UPSTREAM}/pulls?state=all`)).length, 0);
});

await step("second run: not a single write", still);

await step("a merge: the phase has landed, its branch goes, the others stay where they are, since they merge cleanly still", async () => {
  const others = ["uptake/fixes", "uptake/features", "uptake/cleanup"];
  const before = await Promise.all(others.map((branch) => world.head(branch)));
  const docs = await world.pull("uptake/docs");
  await world.act("PUT", `/repos/${FORK}/pulls/${docs.number}/merge`, {});
  await pulled();
  await publish();
  assert.equal(await world.head("uptake/docs"), undefined);
  assert.equal((await world.stand())[1], "#2 merged: uptake/docs into main: Uptake: Documentation");
  assert.deepEqual(await Promise.all(others.map((branch) => world.head(branch))), before);
  assert.match(await world.file("uptake/ledger", "phases/docs.yml"), /landed/);
  await still();
});

await step("upstream moves: the same pull requests say more, a landed phase goes on in a new one", async () => {
  await upstreamMoves(["Fix e (#7)", { "src/e.rs": "e\n" }], ["Docs: say still more (#8)", { "README.md": "engine\n\nMore. Still more.\n" }]);
  const before = await world.pull("uptake/fixes");
  await publish();
  const after = await world.pull("uptake/fixes");
  assert.equal(after.number, before.number);
  assert.doesNotMatch(before.body, /Fix e/);
  assert.match(after.body, /Fix e/);
  assert.equal(await world.file("uptake/fixes", "src/e.rs"), "e\n");
  assert.equal((await world.stand()).at(-1), "#6 open: uptake/docs-2 into main: Uptake: Documentation (round 2)");
  await still();
});

await step("a squash merge with a message of its own: known all the same", async () => {
  const docs = await world.pull("uptake/docs-2");
  const title = "Bring the documentation up to date";
  await world.act("PUT", `/repos/${FORK}/pulls/${docs.number}/merge`, { merge_method: "squash", commit_title: title });
  await pulled();
  assert.equal(await world.git(work, ["log", "-1", "--format=%s"]), title);
  await publish();
  assert.equal(await world.head("uptake/docs-2"), undefined);
  assert.equal((await world.pulls("open")).filter(({ head }) => head.ref.startsWith("uptake/docs")).length, 0);
  assert.match((await world.dashboard()).body, /Documentation.*the fork has all of it/);
  await still();
});

let person;
await step("a person's commit on a phase's branch: it stays, whatever upstream does, and is said once", async () => {
  await world.git(work, ["fetch", "--quiet", "origin", "uptake/features"]);
  await world.git(work, ["switch", "--quiet", "--detach", "FETCH_HEAD"]);
  person = await world.commit(work, "Make c ours", { "src/c.rs": "our c\n" });
  await world.git(work, ["push", "--quiet", "origin", "HEAD:refs/heads/uptake/features"]);
  await world.git(work, ["switch", "--quiet", "main"]);
  await upstreamMoves(["Add f (#9)", { "src/f.rs": "f\n" }]);
  const told = await publish();
  assert.match(told, /uptake\/features holds commits by people/);
  assert.equal(await world.head("uptake/features"), person);
  assert.match((await world.dashboard()).body, /people, whose commits are on its branch/);
  await still();
});

await step("a pull request that a person closes stays closed", async () => {
  const cleanup = await world.pull("uptake/cleanup");
  await world.act("PATCH", `/repos/${FORK}/pulls/${cleanup.number}`, { state: "closed" });
  await publish();
  await upstreamMoves(["Remove nothing much (#10)", { "src/old.rs": "\n" }]);
  await publish();
  assert.equal((await world.pulls()).filter(({ head, state }) => head.ref.startsWith("uptake/cleanup") && state === "open").length, 0);
  assert.match((await world.dashboard()).body, /Cleanup.*a person, who closed it/);
  await still();
});

await step("a box ticked in the dashboard leaves a commit out, and unticked takes it again", async () => {
  const tick = async (from, to) => {
    const { number, body } = await world.dashboard();
    const box = `- [${from}] <!-- uptake:skip=${fixB} -->`;
    assert.ok(body.includes(box), `a box of ${fixB} in\n${body}`);
    await world.act("PATCH", `/repos/${FORK}/issues/${number}`, { body: body.replace(box, `- [${to}] <!-- uptake:skip=${fixB} -->`) });
    await publish();
  };
  await tick(" ", "x");
  assert.match(await ledger(), new RegExp(`do: skip[^]*${fixB}|${fixB}[^]*do: skip`));
  const without = await world.pull("uptake/fixes");
  assert.doesNotMatch(without.body, /## Decisions/);
  assert.deepEqual(labels(without).filter((name) => name === "conflicts"), []);
  await still();
  await tick("x", " ");
  assert.match((await world.pull("uptake/fixes")).body, /## Decisions/);
  await still();
});

await step("a comment leads to the decision, the rebuild, the edited body and the answer", async () => {
  const fixes = await world.pull("uptake/fixes");
  const before = await world.head("uptake/fixes");
  const say = (body, who) => world.act("POST", `/repos/${FORK}/issues/${fixes.number}/comments`, { body }, who);
  const refused = await say(`/skip ${fixA.slice(0, 9)} nobody needs it`, "stranger");
  const said = await say(`We have our own.\n\n/skip ${fixA.slice(0, 9)} ours is better\n/why ${fixB.slice(0, 9)}\n`, "reviewer");
  await publish();
  assert.match(await ledger(), /ours is better/);
  assert.doesNotMatch(await ledger(), /nobody needs it/);
  assert.notEqual(await world.head("uptake/fixes"), before);
  const body = (await world.pull("uptake/fixes")).body;
  assert.match(body, /skipped by reviewer/);
  const signs = (id) => host.reactions.filter(({ comment }) => comment === id).map(({ content }) => content);
  assert.deepEqual(signs(said.id), ["eyes", "rocket"]);
  assert.deepEqual(signs(refused.id), ["eyes", "-1"]);
  const answers = (await world.comments(fixes.number)).filter(({ user }) => user.login === BOT).map(({ body }) => body);
  assert.ok(answers.some((text) => text.startsWith(`\`/why ${fixB.slice(0, 9)}\``)), answers.join("\n---\n"));
  assert.ok(answers.some((text) => text.startsWith("**Decided in this conversation**")), answers.join("\n---\n"));
  await still();
});

await step("/rebuild and /reopen: what a person kept or closed is the bot's again", async () => {
  const features = await world.pull("uptake/features");
  const { number } = await world.dashboard();
  await world.act("POST", `/repos/${FORK}/issues/${features.number}/comments`, { body: "/rebuild" });
  await world.act("POST", `/repos/${FORK}/issues/4/comments`, { body: "/reopen" });
  await world.act("POST", `/repos/${FORK}/issues/${number}/comments`, { body: "/status" });
  await publish();
  assert.notEqual(await world.head("uptake/features"), person);
  assert.equal(await world.file("uptake/features", "src/c.rs"), "c\n");
  assert.equal(await world.file("uptake/features", "src/f.rs"), "f\n");
  const cleanup = (await world.pulls("open")).filter(({ head }) => head.ref.startsWith("uptake/cleanup"));
  assert.equal(cleanup.length, 1, (await world.stand()).join("\n"));
  await still();
});

await step("tests with three CUDA versions: the emulator can hold no workflow; that is said, and all else is done", async () => {
  const runs = await world.ask("GET", `/repos/${FORK}/actions/workflows`);
  assert.equal(runs.total_count, 0, "the emulator has workflows by now: dispatch them here");
  const more = `${CONFIG}ci: { cuda: ["12.9", "13.0", "13.1"], validate: [make test], workflow: uptake-gpu.yml }\n`;
  await world.commit(work, "Test with CUDA", { ".github/uptake.yml": more });
  await world.git(work, ["push", "--quiet", "origin", "main"]);
  const told = await publish();
  assert.match(told, /uptake-gpu\.yml/);
  const { body } = await world.pull("uptake/fixes");
  assert.match(body, /no workflow uptake-gpu\.yml/);
  for (const version of ["12.9", "13.0", "13.1"]) assert.match(body, new RegExp(`\\| ${version} \\|`));
});

await world.stop();
console.log(`\n${steps} steps in ${Math.round((Date.now() - begun) / 1000)} s.`);
