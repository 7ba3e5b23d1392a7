// Follows the documents as a new user does, on a machine that has nothing but git and the binary: the commands of the README's section
// "Four commands to a rehearsal" one by one, and between its two blocks those of docs/src/running.md, "For a trial: a token". What each
// prints is held against PRINTS.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ACTION, FORK, UPSTREAM, UPTAKE, USERS, World } from "./world.mjs";

/** What each command prints, the first time and again; of the others nothing is expected. `…` is anything, a line of its own any lines. */
const PRINTS = {
  "uptake survey": [
    `
Survey
  upstream …, fork …, common ancestor …
  4 commits and 0 merges behind; 4 files changed upstream, 1 in the fork, 1 in both
…
The ways to catch up, and what each asks of a person
…
Commits, in upstream's order
  …  2025-09-01  clean   low     fix: do not overflow in add (#1)
  …  2025-09-01  decide  medium  fix: round half down (#2)
  …  2025-09-01  clean   low     docs: say more (#3)
  …  2025-09-01  clean   low     feat: add double (#4)
…
`,
  ],
  "uptake init": [
    `
Wrote /fork/.github/uptake.yml. Next: read it, then uptake plan.
…
`,
  ],
  "uptake run --forge folder:../preview": [
    `
Made 11 changes
  create branch main at …
…
  create branch uptake/line-… at … (1 pick)
  open pull request "Uptake: Upstream 1 September, 1 unit" (uptake/line-… into main)
…
Branches are in ../preview/branches.git, pull requests beside it.
`,
  ],
  "uptake run --forge github --dry-run": [
    `
Would make 10 changes
…
`,
    `
Nothing to change

4 picks in 2 phases: 3 clean, 1 decide; 0 left out, 0 in no phase
…
`,
  ],
  "uptake run --forge github": [
    `
Made 10 changes
…
  create branch uptake/line-… at … (1 pick)
  open pull request "Uptake: Upstream 1 September, 1 unit" (uptake/line-… into main)
  create branch uptake/line-… at … (2 picks)
  open pull request "Uptake: Upstream 1 September, 3 units" (uptake/line-… into uptake/line-…)
  open the dashboard "Uptake: upstream status"

4 picks in 2 phases: 3 clean, 1 decide; 0 left out, 0 in no phase
3 picks, 3 files compared line by line: every line of these picks is there
All phases together give the same files as git's own merge. 1 file that git cannot merge cleanly is not compared.
Pull requests are on https://github.com/maintainer/engine/pulls.
`,
    `
Nothing to change: nothing is new: …
…
`,
  ],
  "uptake init --workflows --action OWNER/uptake@TAG": [
    `
Wrote /fork/.github/workflows/uptake.yml
Wrote /fork/.github/workflows/uptake-comments.yml
Wrote /fork/.github/workflows/uptake-tests.yml
Next:
  1. Read them, commit them to the fork's branch, and push.
  2. On GitHub, Actions: switch workflows on (they are off in a new fork), the schedule of \`Uptake\` too.
  3. Settings, Actions, General: allow GitHub Actions to create and approve pull requests.
     …
  4. Actions, Uptake, Run workflow: the first run. Then it runs daily, and on comments, pushes and test results.
  5. \`uptake doctor\` says what is still missing.
`,
  ],
};

const HERE = dirname(fileURLToPath(import.meta.url));

/** The blocks of a document's section that are marked `console`, each the list of its commands: a line with `$ ` is one. */
async function blocks(document, section) {
  const text = await readFile(join(HERE, "../..", document), "utf8");
  const [, rest] = text.split(`\n## ${section}\n`);
  assert.ok(rest, `${document} has a section "${section}"`);
  const found = rest.split(/\n## /)[0].matchAll(/^```console\n([^]*?)^```$/gm);
  return [...found].map(([, block]) => block.split("\n").filter((line) => line.startsWith("$ ")).map((line) => line.slice(2)));
}

/** A pattern for what a command is to print. */
function pattern(lines) {
  const line = (text) => text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  const all = lines.map((text) => (text.trim() === "…" ? "(?:.*\\n)*?" : `${line(text)}\\n`));
  return new RegExp(`^${all.join("")}$`);
}

const world = await World.start();
const home = join(world.folder, "home");
await mkdir(join(home, "bin"), { recursive: true });
await symlink(UPTAKE, join(home, "bin/uptake"));
// What the README calls github.com is the host here; and somebody who has cloned before is known to git.
const known = world.url("", "maintainer").replace(/\.git$/, "");
await writeFile(
  join(home, ".gitconfig"),
  `[url "${known}"]\n\tinsteadOf = https://github.com/\n[user]\n\tname = Maintainer\n\temail = maintainer@example.org\n[advice]\n\tdetachedHead = false\n`,
);

// Upstream, and a fork of it that has gone its own way.
const upstream = await world.clone(UPSTREAM, "upstream");
await world.git(upstream, ["switch", "--quiet", "--create", "main"]);
const half = (how) => ({ "src/half.rs": `pub fn half(a: i32) -> i32 {\n    ${how}\n}\n` });
const add = (how) => ({ "src/add.rs": `pub fn add(a: i32, b: i32) -> i32 {\n    ${how}\n}\n` });
await world.commit(upstream, "Start", { "README.md": "# Engine\n", ...half("a / 2"), ...add("a + b") });
const fork = await world.clone(FORK, "maintainer", "maintainer");
await world.git(fork, ["pull", "--quiet", upstream, "main"]);
await world.git(fork, ["branch", "--move", "main"]);
await world.commit(fork, "Halve by shifting", half("a >> 1"));
await world.git(fork, ["push", "--quiet", "origin", "main"]);
await world.commit(upstream, "fix: do not overflow in add (#1)", add("a.wrapping_add(b)"));
await world.commit(upstream, "fix: round half down (#2)", half("a.div_euclid(2)"));
await world.commit(upstream, "docs: say more (#3)", { "README.md": "# Engine\n\nMore.\n" });
await world.commit(upstream, "feat: add double (#4)", { "src/double.rs": "pub fn double(a: i32) -> i32 {\n    a * 2\n}\n" });
await world.git(upstream, ["push", "--quiet", "origin", "main"]);

// The repository this program is from, with a tag.
const action = await world.clone(ACTION, "OWNER", "action");
await world.git(action, ["switch", "--quiet", "--create", "main"]);
await world.commit(action, "Release", { "action.yml": "name: Uptake\n" });
await world.git(action, ["tag", "TAG"]);
await world.git(action, ["push", "--quiet", "origin", "main", "TAG"]);

const shell = spawn("bash", ["--norc", "-s"], {
  cwd: home,
  env: {
    HOME: home,
    PATH: `${join(home, "bin")}:${process.env.PATH}`,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_DATE: "2025-09-02T10:00:00Z",
    GIT_COMMITTER_DATE: "2025-09-02T10:00:00Z",
    LC_ALL: "C.UTF-8",
    GITHUB_API_URL: world.host.api,
    GITHUB_SERVER_URL: world.host.url,
  },
});
let output = "";
let heard = () => {};
for (const stream of [shell.stdout, shell.stderr]) {
  stream.on("data", (data) => {
    output += data;
    heard();
  });
}

/** Runs a command in the one shell, and returns what it printed on both outputs, and how it ended. */
async function type(command) {
  const end = /\u0001(\d+)\n$/;
  output = "";
  shell.stdin.write(`{ ${command}\n} 2>&1 </dev/null; printf '\\001%s\\n' $?\n`);
  while (!end.test(output)) await new Promise((done) => (heard = done));
  const [, code] = output.match(end);
  return { code: Number(code), printed: output.replace(end, "") };
}

const [rehearsal, publishing] = await blocks("README.md", "Four commands to a rehearsal");
const [trial] = await blocks("docs/src/running.md", "For a trial: a token");
const begin = ["git clone --quiet https://github.com/maintainer/engine.git fork", "cd fork"];
const all = [...begin, ...rehearsal, ...trial, ...publishing].map((line) => line.replace(/ {2,}#.*/, ""));
const asked = new Map();
for (const command of all) {
  // The one thing that the documents cannot name.
  const { code, printed } = await type(command.replace("github_pat_…", USERS.maintainer));
  const told = printed.replaceAll(world.host.url, "https://github.com").replaceAll(home, "");
  const time = asked.get(command) ?? 0;
  asked.set(command, time + 1);
  const prints = PRINTS[command]?.[time] ?? "";
  // 3: done, and conflicts wait for a person.
  const right = [0, 3].includes(code) && pattern(prints.split("\n").slice(1, -1)).test(told);
  if (process.env.SHOW) console.log(`$ ${command}\n${told}`);
  if (!right) {
    console.error(`FAILED: $ ${command}\nended with ${code} and printed\n${told}\nand was to print\n${prints}`);
    if (!process.env.SHOW) process.exit(1);
  }
}
shell.stdin.end();

// What the new user has in the end.
const stand = await world.stand();
assert.deepEqual(stand.map((line) => line.replace(/line-[0-9a-f]{9}/g, "line-…")), [
  "#1 open: uptake/line-… into main: Uptake: Upstream 1 September, 1 unit",
  "#2 open: uptake/line-… into uptake/line-…: Uptake: Upstream 1 September, 3 units",
]);
await world.dashboard();
await world.stop();
console.log(`ok  README.md and docs/src/running.md: ${all.length} commands print what they are to print, and lead to ${stand.length} pull requests`);
